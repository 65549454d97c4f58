//! Another address for an account: asked for on its page, and confirmed by a link in a mail to the address.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};

use super::account;
use crate::authn::email_change::{self, ChangeRequest, ConfirmRequest};
use crate::authz::Account;
use crate::error::Result;
use crate::http::html::{self, token_of};
use crate::http::{Context, Json, Submitted, SubmittedForm};
use crate::templates::{Account as View, Action, ConfirmEmail};

pub(super) async fn change(
    account: Account,
    submitted: Submitted<ChangeRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => return email_change::change(account, Json(request)).await,
        Submitted::Form(form) => form,
    };
    let changed = async { email_change::ask(&account, asked?).await };
    match changed.await {
        Ok(()) => Ok(html::see_other("/account?notice=confirmation_sent")),
        Err(error) => {
            let form = html::refused_form(View::EMAIL, &fields, &error);
            account::refused(&account, &error, |view| view.email = form).await
        }
    }
}

/// Shows the form. Mail scanners follow links too, so this spends nothing.
pub(super) async fn show_confirm(context: Context, uri: Uri) -> Response {
    let token = token_of(&uri);
    html::page(&context, StatusCode::OK, &ConfirmEmail { token })
}

pub(super) async fn confirm(
    context: Context,
    submitted: Submitted<ConfirmRequest>,
) -> Result<Response> {
    let asked = match submitted {
        Submitted::Json(request) => {
            let answer = email_change::confirm(context, Json(request)).await?;
            return Ok(answer.into_response());
        }
        Submitted::Form(form) => form.asked,
    };
    let confirmed = async { email_change::set_address(&context, &asked?.token).await };
    let error = match confirmed.await {
        Ok(()) => return Ok(html::see_other("/auth/login?notice=address_changed")),
        Err(error) => error,
    };
    let said = match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => (
            "This link cannot be used",
            "It is not valid, or not any more: a link is good once, for 24 hours, and while you stay signed in where you asked for it.",
        ),
        StatusCode::CONFLICT => (
            "Another account has this address",
            "It got one while your link waited.",
        ),
        _ => return Ok(html::error_page(&context, &error)),
    };
    let action = Action {
        href: "/account".to_owned(),
        label: "Go to your account",
    };
    Ok(html::message(&context, &error, said, Some(action)))
}
