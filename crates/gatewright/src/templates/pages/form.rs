//! A form as its template sees it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::error::Error;

/// What a form was sent with, by name.
#[derive(Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

/// Names alone: values may be passwords.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A form: every field that it has, and what is wrong with the whole.
#[derive(Debug, Serialize)]
pub(crate) struct Form {
    alert: Option<String>,
    fields: BTreeMap<&'static str, Field>,
}

#[derive(Debug, Default, Serialize)]
struct Field {
    value: String,
    error: Option<String>,
    /// Whether the reader begins here: it is the first that is wrong.
    focus: bool,
}

impl Form {
    /// One that was not sent yet.
    pub(crate) fn new(names: &'static [&'static str]) -> Self {
        let fields = names.iter().map(|name| (*name, Field::default()));
        Self {
            alert: None,
            fields: fields.collect(),
        }
    }

    /// With a value to begin with.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(field) = self.fields.get_mut(name) {
            value.clone_into(&mut field.value);
        }
        self
    }

    /// One that was refused: with what was sent, and what is wrong beside the field that it is about, or
    /// `otherwise` where it is about none. Passwords are typed anew: a page that holds one may be kept
    /// by whatever shows it.
    pub(crate) fn refused(
        names: &'static [&'static str],
        sent: &Fields,
        error: &Error,
        otherwise: String,
    ) -> Self {
        let mut form = Self::new(names);
        for (name, field) in &mut form.fields {
            if !name.contains("password") {
                field.value = sent.get(name).unwrap_or_default().to_owned();
            }
        }
        let wrong = &error.extra().errors;
        let mut elsewhere: Vec<&str> = Vec::new();
        for wrong in wrong {
            match form.fields.get_mut(wrong.field.as_str()) {
                Some(field) => field.error = Some(wrong.message.clone()),
                None => elsewhere.push(&wrong.message),
            }
        }
        let first = names.iter().find(|name| {
            let field = form.fields.get(*name);
            field.is_some_and(|field| field.error.is_some())
        });
        if let Some(field) = first.and_then(|name| form.fields.get_mut(name)) {
            field.focus = true;
        }
        form.alert = Some(match (first, elsewhere.as_slice()) {
            (_, [_, ..]) => elsewhere.join(" "),
            (Some(_), []) => "Look at what is marked below.".to_owned(),
            (None, []) => otherwise,
        });
        form
    }

    /// One with everything that a form can show.
    pub(super) fn sample(names: &'static [&'static str]) -> Self {
        let mut form = Self::new(names);
        form.alert = Some("Something is wrong.".to_owned());
        for field in form.fields.values_mut() {
            *field = Field {
                value: "x".to_owned(),
                error: Some("This is wrong.".to_owned()),
                focus: true,
            };
        }
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FieldError;

    const NAMES: &[&str] = &["email", "password"];

    fn sent() -> Fields {
        let fields = [("email", "a@b"), ("password", "secret"), ("other", "x")];
        Fields(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    fn refused(error: &Error) -> Form {
        Form::refused(NAMES, &sent(), error, "Otherwise.".to_owned())
    }

    #[test]
    fn values_are_kept_and_passwords_are_not() {
        let error = Error::unauthenticated();
        let form = refused(&error);
        assert_eq!(form.fields["email"].value, "a@b");
        assert_eq!(form.fields["password"].value, "");
        assert_eq!(form.fields.len(), 2);
        assert_eq!(form.alert.as_deref(), Some("Otherwise."));
        assert!(!format!("{:?}", sent()).contains("secret"));
    }

    #[test]
    fn an_error_stands_beside_its_field_and_the_first_is_where_the_reader_begins() {
        let error = Error::invalid_input(vec![
            FieldError::new("password", "too_short", "Longer."),
            FieldError::new("email", "invalid", "No address."),
        ]);
        let form = refused(&error);
        assert_eq!(form.fields["email"].error.as_deref(), Some("No address."));
        assert!(form.fields["email"].focus && !form.fields["password"].focus);
        assert_eq!(form.fields["password"].error.as_deref(), Some("Longer."));
        let error = Error::invalid("elsewhere", "unknown_field", "No such field.");
        assert_eq!(refused(&error).alert.as_deref(), Some("No such field."));
    }
}
