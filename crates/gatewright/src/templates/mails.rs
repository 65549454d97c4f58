//! The mails there are, and what the templates of each are told.

use super::{Shown, Templates, Values, sentence};
use crate::authn::Email;
use crate::error::{Error, Result};
use crate::mail::Message;
use crate::runtime::Runtime;

/// What templates are rendered with at the start.
const LINK: (&str, Sample) = ("link", Sample::Link("https://app.example/sample?token=x"));
const ORIGIN: (&str, Sample) = ("origin", Sample::Link("https://app.example"));
const TIME: (&str, Sample) = ("time", Sample::Text("2026-01-31 12:00 UTC"));

/// One mail: `mails/<name>.subject.txt.jinja`, `.txt.jinja` and `.html.jinja`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    name: &'static str,
    /// What its templates are told, besides `app`.
    values: &'static [(&'static str, Sample)],
}

#[derive(Debug, PartialEq, Eq)]
enum Sample {
    Text(&'static str),
    /// A template must show it.
    Link(&'static str),
}

pub(crate) const VERIFY_ADDRESS: Mail = Mail {
    name: "verify_address",
    values: &[LINK],
};

pub(crate) const ALREADY_REGISTERED: Mail = Mail {
    name: "already_registered",
    values: &[ORIGIN],
};

pub(crate) const INVITATION: Mail = Mail {
    name: "invitation",
    values: &[
        LINK,
        ("sender", Sample::Text("Ada Lovelace")),
        ("sender_address", Sample::Text("ada@example.com")),
        ("tenant", Sample::Text("Acme")),
    ],
};

pub(crate) const RESET_PASSWORD: Mail = Mail {
    name: "reset_password",
    values: &[LINK],
};

pub(crate) const PASSWORD_CHANGED: Mail = Mail {
    name: "password_changed",
    values: &[ORIGIN, TIME],
};

pub(crate) const NEW_DEVICE: Mail = Mail {
    name: "new_device",
    values: &[
        ORIGIN,
        TIME,
        ("device", Sample::Text("Firefox on Linux")),
        ("address", Sample::Text("192.0.2.1")),
    ],
};

pub(crate) const CONFIRM_NEW_ADDRESS: Mail = Mail {
    name: "confirm_new_address",
    values: &[LINK],
};

pub(crate) const ADDRESS_CHANGED: Mail = Mail {
    name: "address_changed",
    values: &[
        ORIGIN,
        TIME,
        ("new_address", Sample::Text("ada@example.com")),
    ],
};

pub(crate) const ACCOUNT_DELETED: Mail = Mail {
    name: "account_deleted",
    values: &[TIME],
};

pub(super) const ALL: [&Mail; 9] = [
    &VERIFY_ADDRESS,
    &ALREADY_REGISTERED,
    &INVITATION,
    &RESET_PASSWORD,
    &PASSWORD_CHANGED,
    &NEW_DEVICE,
    &CONFIRM_NEW_ADDRESS,
    &ADDRESS_CHANGED,
    &ACCOUNT_DELETED,
];

impl Mail {
    /// The mail to an address.
    ///
    /// # Errors
    /// 500 where a template fails on these values, or is not told all that it was tried with at the start.
    pub(crate) fn to<const N: usize>(
        &self,
        recipient: &Email,
        runtime: &Runtime,
        values: [(&'static str, Shown); N],
    ) -> Result<Message> {
        let mut told: Values = values
            .into_iter()
            .map(|(name, value)| (name, value.into_value()))
            .collect();
        if !self.values.iter().all(|(name, _)| told.contains_key(name)) {
            return Err(Error::internal(format!(
                "the mail {} is not told all of its values",
                self.name
            )));
        }
        told.insert("app", runtime.model.app.into());
        let render = |kind: &str| {
            let path = self.path(kind);
            let text = runtime.templates.render(&path, &told);
            text.map_err(|error| Error::internal(sentence(&path, &error)))
        };
        Ok(Message {
            recipient: recipient.as_given().to_owned(),
            subject: one_line(&render("subject.txt")?),
            body: render("txt")?,
            html: Some(render("html")?),
        })
    }

    fn path(&self, kind: &str) -> String {
        format!("mails/{}.{kind}.jinja", self.name)
    }

    /// What is wrong with its templates, by rendering them with samples.
    pub(super) fn check(&self, templates: &Templates) -> Vec<String> {
        let mut values: Values = self
            .values
            .iter()
            .map(|(name, sample)| match sample {
                Sample::Text(text) => (*name, Shown::Fact((*text).to_owned()).into_value()),
                Sample::Link(link) => (*name, Shown::Link((*link).to_owned()).into_value()),
            })
            .collect();
        values.insert("app", "Sample".into());
        let kinds = ["subject.txt", "txt", "html"];
        kinds
            .iter()
            .filter_map(|kind| {
                let path = self.path(kind);
                let text = match templates.render(&path, &values) {
                    Ok(text) => text,
                    Err(error) => return Some(sentence(&path, &error)),
                };
                let lost = self.values.iter().find_map(|(name, sample)| match sample {
                    Sample::Link(link) if !text.contains(link) => Some(name),
                    _ => None,
                });
                match (*kind, lost) {
                    ("subject.txt", _) if text.trim().is_empty() => {
                        Some(format!("templates/{path}:1: the subject is empty"))
                    }
                    ("subject.txt", _) | (_, None) => None,
                    (_, Some(name)) => Some(format!(
                        "templates/{path}:1: `{{{{ {name} }}}}` is missing, which the mail is for"
                    )),
                }
            })
            .collect()
    }
}

/// A subject's template ends in a line's end, and may break lines elsewhere.
fn one_line(subject: &str) -> String {
    let words: Vec<&str> = subject.split_whitespace().collect();
    words.join(" ")
}
