//! The pages of `/auth/invitations/accept`.

use axum::response::Response;
use http::StatusCode;

use super::accept::Found;
use crate::error::{Error, Result};
use crate::http::{Context, html};
use crate::templates::{AcceptInvitation, Action, Fields, Form};

/// The form of a link, or why it cannot be used.
pub(super) fn form(context: &Context, token: String, found: Result<Found>) -> Response {
    match found {
        Ok(found) => {
            let form = Form::new(AcceptInvitation::FIELDS);
            html::page(context, StatusCode::OK, &view(token, &found, form))
        }
        Err(error) => refuse(context, &error),
    }
}

/// The form once more, with what was wrong.
pub(super) fn form_again(
    context: &Context,
    token: String,
    found: Result<Found>,
    sent: &Fields,
    error: &Error,
) -> Response {
    match found {
        Ok(found) => {
            let form = html::refused_form(AcceptInvitation::FIELDS, sent, error);
            html::refused(context, error, &view(token, &found, form))
        }
        Err(error) => refuse(context, &error),
    }
}

fn view(token: String, found: &Found, form: Form) -> AcceptInvitation {
    AcceptInvitation {
        form,
        token,
        email: found.invited.email.as_given().to_owned(),
        tenant: found.tenant.name.clone(),
        known: found.invited.has_account(),
    }
}

/// Whether an error is about what was typed, and leaves the link as good as before.
pub(super) fn is_for_the_form(error: &Error) -> bool {
    match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => {
            let wrong = &error.extra().errors;
            wrong.iter().all(|wrong| wrong.field != "token")
        }
        StatusCode::TOO_MANY_REQUESTS => true,
        _ => false,
    }
}

/// What whoever has joined sees next.
pub(super) fn joined(signed_in: bool) -> Response {
    html::see_other(match signed_in {
        true => "/account?notice=member",
        false => "/auth/login?notice=joined",
    })
}

/// A page that says why an invitation cannot be accepted.
pub(super) fn refuse(context: &Context, error: &Error) -> Response {
    let said = match (error.status(), error.code()) {
        (StatusCode::UNPROCESSABLE_ENTITY, _) => (
            "This invitation cannot be used",
            "It is not valid, or not any more: a link is good once and for 7 days. Ask whoever invited you for another.",
        ),
        (StatusCode::NOT_FOUND, _) => (
            "There is no account for this address",
            "New accounts are not made here. Ask whoever invited you.",
        ),
        (_, "tenant_suspended") => (
            "This tenant is suspended",
            "Nobody can join it now; the link stays good until it expires.",
        ),
        (_, "invitation_for_another") => {
            let said = (
                "This invitation is for another address",
                "You are signed in as somebody else. Sign out, then open the link in your mail again.",
            );
            let action = Action {
                href: "/account".to_owned(),
                label: "Go to your account",
            };
            return html::message(context, error, said, Some(action));
        }
        (StatusCode::UNAUTHORIZED, _) => {
            ("Your session is over", "Open the link in your mail again.")
        }
        (StatusCode::CONFLICT, _) => (
            "This address has an account by now",
            "Open the link in your mail again, and enter the password of that account.",
        ),
        _ => return html::error_page(context, error),
    };
    html::message(context, error, said, None)
}
