//! Templates: the runtime's own, and in place of each the team's, where its `templates/` has one of the same path.
//!
//! | file | |
//! | --- | --- |
//! | `own` | the runtime's own, embedded |
//! | `mails` | the mails there are, and what each is told |
//! | `pages` | the pages there are, and what each is told |
//! | `shown` | values, and how much of a stranger's text a reader may take for the application's |
//!
//! What a team's template gets wrong is found at the start: all mails and pages are rendered once, with samples.

mod mails;
mod own;
mod pages;
mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

pub(crate) use mails::{
    ACCOUNT_DELETED, ADDRESS_CHANGED, ALREADY_REGISTERED, CONFIRM_NEW_ADDRESS, INVITATION,
    NEW_DEVICE, PASSWORD_CHANGED, RESET_PASSWORD, VERIFY_ADDRESS,
};
pub(crate) use own::Source;
pub(crate) use pages::{
    AcceptInvitation, Account, Action, ConfirmEmail, Fields, ForgotPassword, Form, Login, Message,
    Page, Person, Provider, Reauthenticate, ResendVerification, ResetPassword, SessionRow,
    Sessions, Signup, TenantRow, VerifyEmail,
};
pub(crate) use shown::Shown;

use crate::digest::sha256_hex;

/// Everything that a template may ask for, by name.
type Values = BTreeMap<&'static str, Value>;

/// All templates of one application.
#[derive(Debug)]
pub(crate) struct Templates {
    environment: Environment<'static>,
    pub(crate) style: Style,
}

/// The sheet of all pages: a file like the templates, but no template.
#[derive(Debug)]
pub(crate) struct Style {
    pub(crate) css: &'static str,
    /// Names what it holds, so that a browser may keep it for as long as it likes.
    pub(crate) address: String,
}

impl Style {
    /// Where it is served.
    pub(crate) const PATH: &'static str = "/auth/style.css";

    fn new(css: &'static str) -> Self {
        let hash = sha256_hex(css.as_bytes());
        let hash = hash.get(..16).unwrap_or(&hash);
        Self {
            css,
            address: format!("{}?v={hash}", Self::PATH),
        }
    }
}

/// What is wrong with a team's templates: a sentence for each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongTemplates(BTreeSet<String>);

impl fmt::Display for WrongTemplates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences: Vec<&str> = self.0.iter().map(String::as_str).collect();
        f.write_str(&sentences.join("\n       "))
    }
}

impl std::error::Error for WrongTemplates {}

impl Templates {
    /// The runtime's own, and `of_the_team` in their place.
    ///
    /// # Errors
    /// Where one of the team's replaces nothing, is no template, asks for what it is not told, or loses the
    /// link that its mail is for or a form that its page is for.
    pub(crate) fn new(of_the_team: &[Source]) -> Result<Self, WrongTemplates> {
        let mut wrong = BTreeSet::new();
        let environment = environment();
        let mut environment =
            environment.map_err(|error| WrongTemplates([error.to_string()].into()))?;
        let mut style = own::STYLE.1;
        for (path, source) in own::templates() {
            add(&mut environment, path, source, &mut wrong);
        }
        for &(path, source) in of_the_team {
            if path == own::STYLE.0 {
                style = source;
            } else if own::templates().any(|(own, _)| own == path) {
                add(&mut environment, path, source, &mut wrong);
            } else {
                wrong.insert(format!(
                    "templates/{path} replaces no template of gatewright's; `gatewright eject --list` names them"
                ));
            }
        }
        let templates = Self {
            environment,
            style: Style::new(style),
        };
        // A template that is missing would be reported once more for each that includes it.
        if wrong.is_empty() {
            for mail in mails::ALL {
                wrong.extend(mail.check(&templates));
            }
            wrong.extend(pages::check(&templates));
        }
        match wrong.is_empty() {
            true => Ok(templates),
            false => Err(WrongTemplates(wrong)),
        }
    }

    /// Fills a template in.
    fn render(&self, path: &str, values: &Values) -> Result<String, minijinja::Error> {
        self.environment.get_template(path)?.render(values)
    }
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    // Tags on lines of their own leave no trace.
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    // A misspelt name is an error, not a hole in the text.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|path| match path.ends_with(".html.jinja") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    Ok(environment)
}

fn add(
    environment: &mut Environment<'static>,
    path: &'static str,
    source: &'static str,
    wrong: &mut BTreeSet<String>,
) {
    if let Err(error) = environment.add_template(path, source) {
        wrong.insert(sentence(path, &error));
    }
}

/// What is wrong where, as a line that editors and terminals can follow.
fn sentence(path: &str, error: &minijinja::Error) -> String {
    // An error in a part is told with the part's name; where it was included is its source.
    let cause = innermost(error);
    let path = cause.name().unwrap_or(path);
    let line = cause.line().unwrap_or(1);
    let what = cause.detail().map_or_else(
        || cause.kind().to_string(),
        |detail| format!("{}: {detail}", cause.kind()),
    );
    format!("templates/{path}:{line}: {what}")
}

fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref()) {
        Some(inner) => innermost(inner),
        None => error,
    }
}

#[cfg(test)]
mod tests;
