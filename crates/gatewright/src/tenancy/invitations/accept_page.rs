//! The pages of `/auth/invitations/accept`.

use axum::response::Response;
use http::StatusCode;

use super::accept::{Found, Joined};
use crate::error::Error;
use crate::http::html::{Escaped, document};

/// A page that only says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    BadLink,
    Closed,
    Suspended,
    Another,
    SignInAgain,
    Taken,
    BrokenForm,
    TooManyGuesses,
    Unavailable,
    Failed,
}

impl Page {
    pub(super) fn of_error(error: &Error) -> Self {
        match (error.status(), error.code()) {
            (StatusCode::UNPROCESSABLE_ENTITY, _) => Self::BadLink,
            (StatusCode::NOT_FOUND, _) => Self::Closed,
            (_, "tenant_suspended") => Self::Suspended,
            (StatusCode::FORBIDDEN, _) => Self::Another,
            (StatusCode::UNAUTHORIZED, _) => Self::SignInAgain,
            (StatusCode::CONFLICT, _) => Self::Taken,
            (StatusCode::BAD_REQUEST, _) => Self::BrokenForm,
            (StatusCode::TOO_MANY_REQUESTS, _) => Self::TooManyGuesses,
            (StatusCode::SERVICE_UNAVAILABLE, _) => Self::Unavailable,
            _ => Self::Failed,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::BadLink => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Closed => StatusCode::NOT_FOUND,
            Self::Suspended | Self::Another => StatusCode::FORBIDDEN,
            Self::SignInAgain => StatusCode::UNAUTHORIZED,
            Self::Taken => StatusCode::CONFLICT,
            Self::BrokenForm => StatusCode::BAD_REQUEST,
            Self::TooManyGuesses => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::BadLink => (
                "This invitation cannot be used",
                "It is not valid, or not any more: a link is good once and for 7 days. Ask whoever invited you for another.",
            ),
            Self::Closed => (
                "There is no account for this address",
                "New accounts are not made here. Ask whoever invited you.",
            ),
            Self::Suspended => (
                "This tenant is suspended",
                "Nobody can join it now; the link stays good until it expires.",
            ),
            Self::Another => (
                "This invitation is for another address",
                "You are signed in as somebody else. Sign out, then open the link in your mail again.",
            ),
            Self::SignInAgain => (
                "Your session is over",
                "Sign in again, or sign out, then open the link in your mail again.",
            ),
            Self::Taken => (
                "This address has an account by now",
                "Open the link in your mail again, and enter the password of that account.",
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
    let main = format_args!("<p>{}</p>", Escaped(text));
    document(page.status(), app, title, main)
}

/// What whoever has joined reads.
pub(super) fn joined(app: &str, tenant: &Joined) -> Response {
    let main = format_args!(
        "<p>You are a member of <strong>{}</strong>. <a href=\"/\">Continue</a></p>",
        Escaped(&tenant.name)
    );
    document(StatusCode::OK, app, "You have joined", main)
}

/// The form that spends a link; again with what was wrong.
pub(super) fn form(app: &str, token: &str, found: &Found, error: Option<&Error>) -> Response {
    let known = found.invited.has_account();
    let (label, autocomplete) = match known {
        true => ("Your password", "current-password"),
        false => ("Choose a password", "new-password"),
    };
    let name = match known {
        true => "",
        false => {
            "<p><label for=\"name\">Your name</label></p>\n\
             <p><input id=\"name\" name=\"name\" autocomplete=\"name\"></p>\n"
        }
    };
    let wrong = error.and_then(|error| error.extra().errors.first());
    let alert = wrong
        .map(|wrong| wrong.message.as_str())
        .unwrap_or_default();
    let main = format_args!(
        "<p>Join <strong>{tenant}</strong> as <strong>{email}</strong>.</p>\n\
         <form method=\"post\" action=\"/auth/invitations/accept\">\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <p role=\"alert\">{alert}</p>\n\
         {name}\
         <p><label for=\"password\">{label}</label></p>\n\
         <p><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"{autocomplete}\" required autofocus></p>\n\
         <p><button type=\"submit\">Join</button></p>\n\
         </form>",
        tenant = Escaped(&found.tenant.name),
        email = Escaped(found.invited.email.as_given()),
        token = Escaped(token),
        alert = Escaped(alert),
    );
    document(
        error.map_or(StatusCode::OK, Error::status),
        app,
        "Accept your invitation",
        main,
    )
}
