//! `/auth/signup`: an account, and a tenant of its own for who wants one.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};

use super::{next, next_of, providers, require_cookie};
use crate::authn::signup::{self, SignedUp, SignupRequest};
use crate::error::{Error, Result};
use crate::http::{Context, Json, Submitted, SubmittedForm, html};
use crate::model;
use crate::templates::{Form, Signup};

pub(super) async fn show(context: Context, uri: Uri) -> Response {
    let view = view(&context, Form::new(Signup::FIELDS), next_of(&uri));
    html::page(&context, StatusCode::OK, &view)
}

pub(in crate::authn) async fn submit(
    context: Context,
    submitted: Submitted<SignupRequest>,
) -> Response {
    match submitted {
        Submitted::Json(request) => signup::signup(context, Json(request)).await.into_response(),
        Submitted::Form(form) => answer(&context, form).await,
    }
}

async fn answer(context: &Context, form: SubmittedForm<SignupRequest>) -> Response {
    let next = next(form.next());
    let SubmittedForm { asked, fields } = form;
    match sign_up(context, asked, &next).await {
        Ok(response) => response,
        Err(error) => {
            let form = html::refused_form(Signup::FIELDS, &fields, &error);
            html::refused(context, &error, &view(context, form, next))
        }
    }
}

async fn sign_up(
    context: &Context,
    asked: Result<SignupRequest>,
    next: &str,
) -> Result<Response, Error> {
    let policy = context.runtime.model.auth.signup;
    if policy != model::Signup::Open {
        return Err(Error::not_found());
    }
    let request = asked?;
    require_cookie(request.transport)?;
    match signup::sign_up(context, request).await? {
        SignedUp::Applied => Ok(html::see_other("/auth/login?notice=verification_sent")),
        SignedUp::Registered(_, tokens) => {
            let mut response = html::see_other(next);
            tokens.put_into(response.headers_mut())?;
            Ok(response)
        }
    }
}

fn view(context: &Context, form: Form, next: String) -> Signup {
    Signup {
        form,
        signup: context.runtime.model.auth.signup,
        passwords: context.runtime.model.auth.passwords,
        providers: providers(context, &next),
        next,
    }
}
