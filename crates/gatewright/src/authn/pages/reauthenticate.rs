//! The password again, for what a stolen session must not reach.

use axum::response::{IntoResponse, Response};

use super::next;
use crate::authn::reauthentication::{self, ReauthenticateRequest};
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::http::{NoContent, Submitted, SubmittedForm, html};
use crate::templates::{Form, Reauthenticate};

/// Asks for it in place of what was refused without it; `next` is where that form stands.
pub(super) fn ask(account: &Account, error: &Error, next: &str) -> Response {
    let form = Form::new(Reauthenticate::FIELDS);
    html::refused(account.context(), error, &view(account, form, next))
}

pub(super) async fn submit(
    account: Account,
    submitted: Submitted<ReauthenticateRequest>,
) -> Result<Response> {
    let form = match submitted {
        Submitted::Json(request) => {
            reauthentication::prove(&account, request).await?;
            return Ok(NoContent.into_response());
        }
        Submitted::Form(form) => form,
    };
    let next = next(form.next());
    let SubmittedForm { asked, fields } = form;
    let proven = async { reauthentication::prove(&account, asked?).await };
    match proven.await {
        Ok(()) if next == super::ACCOUNT => Ok(html::see_other("/account?notice=confirmed")),
        Ok(()) => Ok(html::see_other(&next)),
        Err(error) if error.code() == "unauthenticated" => Err(error),
        Err(error) => {
            let form = html::refused_form(Reauthenticate::FIELDS, &fields, &error);
            let view = view(&account, form, &next);
            Ok(html::refused(account.context(), &error, &view))
        }
    }
}

fn view(account: &Account, form: Form, next: &str) -> Reauthenticate {
    Reauthenticate {
        form,
        next: next.to_owned(),
        email: account.email().to_owned(),
    }
}
