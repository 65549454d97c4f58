//! The ways back in: another password, and another mail to confirm an address.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};

use crate::authn::password_reset::{self, ForgotRequest, ResetRequest};
use crate::authn::resend_verification::{self, ResendRequest};
use crate::error::{Error, Result};
use crate::http::html::{self, token_of};
use crate::http::{Context, Json, Submitted, SubmittedForm};
use crate::templates::{Action, ForgotPassword, Form, ResendVerification, ResetPassword};

pub(super) async fn show_forgot(context: Context) -> Response {
    let form = Form::new(ForgotPassword::FIELDS);
    html::page(&context, StatusCode::OK, &ForgotPassword { form })
}

pub(super) async fn forgot(
    context: Context,
    submitted: Submitted<ForgotRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => {
            let answer = password_reset::forgot(context, Json(request)).await?;
            return Ok(answer);
        }
        Submitted::Form(form) => form,
    };
    let asked = asked.and_then(|request| password_reset::ask(&context, &request.email));
    Ok(match asked {
        Ok(()) => html::see_other("/auth/login?notice=reset_sent"),
        Err(error) => {
            let form = html::refused_form(ForgotPassword::FIELDS, &fields, &error);
            html::refused(&context, &error, &ForgotPassword { form })
        }
    })
}

pub(super) async fn show_resend(context: Context) -> Response {
    let form = Form::new(ResendVerification::FIELDS);
    html::page(&context, StatusCode::OK, &ResendVerification { form })
}

pub(super) async fn resend(
    context: Context,
    submitted: Submitted<ResendRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => {
            let answer = resend_verification::resend(context, Json(request)).await?;
            return Ok(answer);
        }
        Submitted::Form(form) => form,
    };
    let asked = asked.and_then(|request| resend_verification::ask(&context, &request.email));
    Ok(match asked {
        Ok(()) => html::see_other("/auth/login?notice=verification_resent"),
        Err(error) => {
            let form = html::refused_form(ResendVerification::FIELDS, &fields, &error);
            html::refused(&context, &error, &ResendVerification { form })
        }
    })
}

/// Shows the form of a link that can be used. Mail scanners follow links too, so this spends nothing.
pub(super) async fn show_reset(context: Context, uri: Uri) -> Response {
    let token = token_of(&uri);
    match password_reset::find(&context, &token).await {
        Ok(_) => {
            let form = Form::new(ResetPassword::FIELDS);
            html::page(&context, StatusCode::OK, &ResetPassword { form, token })
        }
        Err(error) => refuse(&context, &error),
    }
}

pub(super) async fn reset(
    context: Context,
    submitted: Submitted<ResetRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => {
            let answer = password_reset::reset(context, Json(request)).await?;
            return Ok(answer.into_response());
        }
        Submitted::Form(form) => form,
    };
    let set = async { password_reset::set_password(&context, asked?).await };
    let error = match set.await {
        Ok(()) => return Ok(html::see_other("/auth/login?notice=password_reset")),
        Err(error) => error,
    };
    let wrong = &error.extra().errors;
    if wrong.iter().any(|wrong| wrong.field == "token") {
        return Ok(refuse(&context, &error));
    }
    let form = html::refused_form(ResetPassword::FIELDS, &fields, &error);
    let token = fields.get("token").unwrap_or_default().to_owned();
    Ok(html::refused(
        &context,
        &error,
        &ResetPassword { form, token },
    ))
}

fn refuse(context: &Context, error: &Error) -> Response {
    if error.status() != StatusCode::UNPROCESSABLE_ENTITY {
        return html::error_page(context, error);
    }
    let said = (
        "This link cannot be used",
        "It is not valid, or not any more: a link is good once and for an hour.",
    );
    let action = Action {
        href: "/auth/password/forgot".to_owned(),
        label: "Get another link",
    };
    html::message(context, error, said, Some(action))
}
