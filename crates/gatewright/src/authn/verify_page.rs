//! The pages of `/auth/verify-email`: no script, no style, nothing from elsewhere.

use axum::response::Response;
use http::StatusCode;

use super::registration::Pending;
use crate::error::Error;
use crate::http::html::{Escaped, document};

/// A page that only says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Verified,
    BadLink,
    Taken,
    BrokenForm,
    TooManyGuesses,
    Unavailable,
    Failed,
}

impl Page {
    pub(super) fn of_error(error: &Error) -> Self {
        match error.status() {
            StatusCode::UNPROCESSABLE_ENTITY => Self::BadLink,
            StatusCode::CONFLICT => Self::Taken,
            StatusCode::BAD_REQUEST => Self::BrokenForm,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyGuesses,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            _ => Self::Failed,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Verified => StatusCode::OK,
            Self::BadLink => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Taken => StatusCode::CONFLICT,
            Self::BrokenForm => StatusCode::BAD_REQUEST,
            Self::TooManyGuesses => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Verified => (
                "Your account is ready",
                "Your address is confirmed. You can sign in now.",
            ),
            Self::BadLink => (
                "This link cannot be used",
                "It is not valid, or not any more: a link is good once and for 24 hours. Sign up again to get another.",
            ),
            Self::Taken => (
                "This is taken by now",
                "While your registration waited, the address got an account or the tenant's name went to somebody else. \
                 Sign in, or sign up again with another name.",
            ),
            Self::BrokenForm => (
                "This form is not complete",
                "Open the link in your mail again.",
            ),
            Self::TooManyGuesses => (
                "Too many wrong passwords",
                "Wait a while, then open the link in your mail again; it stays good.",
            ),
            Self::Unavailable => (
                "We cannot answer now",
                "Try again shortly; the link stays good.",
            ),
            Self::Failed => (
                "Something went wrong on our side",
                "Try again; the link stays good.",
            ),
        }
    }
}

/// A page that only says something.
pub(super) fn message(app: &str, page: Page) -> Response {
    let (title, text) = page.text();
    document(
        page.status(),
        app,
        title,
        format_args!("<p>{}</p>", Escaped(text)),
    )
}

/// The form that spends a link; again with what was wrong.
pub(super) fn form(app: &str, token: &str, pending: &Pending, error: Option<&Error>) -> Response {
    let registration = &pending.registration;
    let chooses = registration.password_hash.is_none() && pending.existing.is_none();
    let (label, autocomplete) = match chooses {
        true => ("Choose a password", "new-password"),
        false => ("Your password", "current-password"),
    };
    let wrong = error.and_then(|error| error.extra().errors.first());
    let alert = wrong
        .map(|wrong| wrong.message.as_str())
        .unwrap_or_default();
    let main = format_args!(
        "<p>Confirm <strong>{email}</strong> for {app}.</p>\n\
         <form method=\"post\" action=\"/auth/verify-email\">\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <p role=\"alert\">{alert}</p>\n\
         <p><label for=\"password\">{label}</label></p>\n\
         <p><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"{autocomplete}\" required autofocus></p>\n\
         <p><button type=\"submit\">Confirm</button></p>\n\
         </form>",
        email = Escaped(registration.email.as_given()),
        app = Escaped(app),
        token = Escaped(token),
        alert = Escaped(alert),
    );
    document(
        error.map_or(StatusCode::OK, Error::status),
        app,
        "Confirm your address",
        main,
    )
}
