//! `/auth/login`: the sign-in.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};

use super::notices::notice_of;
use super::{next, next_of, providers, require_cookie};
use crate::authn::login::{self, LoginRequest};
use crate::error::{Error, Result};
use crate::http::{Context, Json, Submitted, SubmittedForm, html};
use crate::model::Signup;
use crate::templates::{Form, Login};

pub(super) async fn show(context: Context, uri: Uri) -> Response {
    let form = Form::new(Login::FIELDS);
    let view = view(&context, form, next_of(&uri), notice_of(&uri));
    html::page(&context, StatusCode::OK, &view)
}

pub(super) async fn submit(context: Context, submitted: Submitted<LoginRequest>) -> Response {
    match submitted {
        Submitted::Json(request) => login::login(context, Json(request)).await.into_response(),
        Submitted::Form(form) => answer(&context, form).await,
    }
}

async fn answer(context: &Context, form: SubmittedForm<LoginRequest>) -> Response {
    let next = next(form.next());
    let SubmittedForm { asked, fields } = form;
    match sign_in(context, asked, &next).await {
        Ok(response) => response,
        Err(error) => {
            let form = match error.code() {
                "unauthenticated" => {
                    let wrong = "Address and password do not belong together.".to_owned();
                    Form::refused(Login::FIELDS, &fields, &error, wrong)
                }
                _ => html::refused_form(Login::FIELDS, &fields, &error),
            };
            html::refused(context, &error, &view(context, form, next, None))
        }
    }
}

async fn sign_in(
    context: &Context,
    asked: Result<LoginRequest>,
    next: &str,
) -> Result<Response, Error> {
    let request = asked?;
    require_cookie(request.transport)?;
    let (_, tokens) = login::sign_in(context, request).await?;
    let mut response = html::see_other(next);
    tokens.put_into(response.headers_mut())?;
    Ok(response)
}

fn view(context: &Context, form: Form, next: String, notice: Option<&'static str>) -> Login {
    Login {
        form,
        notice,
        passwords: context.runtime.model.auth.passwords,
        providers: providers(context, &next),
        next,
        recovery: true,
        signup: context.runtime.model.auth.signup == Signup::Open,
    }
}
