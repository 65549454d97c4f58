//! `GET` and `POST /auth/verify-email`: a pending registration becomes an account.
//!
//! Reading the mail is not enough: whoever verifies must know the password that the registration was made
//! with. Else a stranger could sign up with your address and a password of theirs, wait for you to
//! click the link, and sign in to what you take for your account.

use axum::extract::{Form, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::Uri;
use serde::{Deserialize, Serialize};

use super::audit::{self, Event};
use super::guessing::{self, AccountKey, Verdict};
use super::opaque_token::{OpaqueToken, Purpose};
use super::password_policy::{Owner, Password};
use super::registration::{self, Pending, Registration};
use super::verify_page::{self, Page};
use crate::error::{Error, Result};
use crate::http::html::{is_form, token_of, with_retry_after};
use crate::http::{Context, Json, log_error};
use crate::store::{Mode, Scope};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyRequest {
    token: String,
    password: Password,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

/// Shows the form. Mail scanners follow links too, so this spends nothing.
pub(super) async fn show_form(context: Context, uri: Uri) -> Response {
    show(&context, &token_of(&uri), None).await
}

/// The form of a link that can be used, with what was wrong before; else the page that says why not.
async fn show(context: &Context, token: &str, wrong: Option<&Error>) -> Response {
    match find(context, token).await {
        Ok((_, pending)) => verify_page::form(context.runtime.model.app, token, &pending, wrong),
        Err(error) => refuse(context, &error),
    }
}

/// A page that says what is wrong; the cause goes to the log, as any error's does.
fn refuse(context: &Context, error: &Error) -> Response {
    log_error(error, context.request_id);
    let page = verify_page::message(context.runtime.model.app, Page::of_error(error));
    with_retry_after(page, error)
}

/// Answers a form with a page and JSON with JSON.
pub(super) async fn verify_email(context: Context, request: Request) -> Response {
    if !is_form(request.headers()) {
        return match Json::<VerifyRequest>::from_request(request, &()).await {
            Ok(Json(request)) => match verify(&context, request).await {
                Ok(()) => Json(Answer { status: "verified" }).into_response(),
                Err(error) => error.into_response(),
            },
            Err(error) => error.into_response(),
        };
    }
    let app = context.runtime.model.app;
    let Ok(Form(request)) = Form::<VerifyRequest>::from_request(request, &()).await else {
        // The cause would quote the form.
        let error = Error::bad_request("broken_form", "The form is not complete.");
        return refuse(&context, &error);
    };
    let token = request.token.clone();
    match verify(&context, request).await {
        Ok(()) => verify_page::message(app, Page::Verified),
        Err(error)
            if error
                .extra()
                .errors
                .iter()
                .any(|error| error.field == "password") =>
        {
            log_error(&error, context.request_id);
            show(&context, &token, Some(&error)).await
        }
        Err(error) => refuse(&context, &error),
    }
}

/// Unknown, expired and spent are one answer.
fn bad_token() -> Error {
    Error::invalid(
        "token",
        "invalid",
        "This link is not valid, or not any more. Sign up again to get another.",
    )
}

async fn find(context: &Context, token: &str) -> Result<(OpaqueToken, Pending)> {
    let token = OpaqueToken::parse(Purpose::VerifyEmail, token).ok_or_else(bad_token)?;
    let pending = registration::find_pending(&context.runtime.database, &token)
        .await?
        .ok_or_else(bad_token)?;
    Ok((token, pending))
}

async fn verify(context: &Context, request: VerifyRequest) -> Result<()> {
    let runtime = &context.runtime;
    let (token, pending) = find(context, &request.token).await?;
    // Before the token is spent, so that a typing error does not cost the link; and outside the
    // transaction, which must not wait for a hash.
    let password_hash = prove_password(context, &pending, request.password).await?;

    let Pending {
        registration,
        existing,
    } = pending;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    if !registration::spend(&mut transaction, &token).await? {
        return Err(bad_token());
    }
    match (registration.platform_role, existing) {
        (Some(role), Some(account)) => {
            registration::grant_platform_role(&mut transaction, account.user_id, role).await?;
            audit::record(
                &mut transaction,
                context,
                Event::PlatformRoleGranted(account.user_id),
            )
            .await?;
        }
        (role, _) => {
            let user = registration::create_account(
                &mut transaction,
                runtime.model,
                &registration,
                Some(&password_hash),
                Some(context),
            )
            .await?;
            audit::record(&mut transaction, context, Event::Registered(user.id)).await?;
            if role.is_some() {
                audit::record(
                    &mut transaction,
                    context,
                    Event::PlatformRoleGranted(user.id),
                )
                .await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// The hash of the account to be. The password is the one that was chosen at sign-up; for an operator's
/// link the existing account's, or else the one that is being chosen now.
async fn prove_password(
    context: &Context,
    pending: &Pending,
    password: Password,
) -> Result<String> {
    let registration = &pending.registration;
    let existing = pending
        .existing
        .as_ref()
        .filter(|_| registration.platform_role.is_some());
    let expected = match existing {
        // Without a password it is nobody's to guess.
        Some(account) => account.password_hash.clone(),
        None => match &registration.password_hash {
            Some(chosen) => Some(chosen.clone()),
            None => return choose_password(context, registration, password).await,
        },
    };
    let passwords = context.runtime.passwords.clone();
    let verify = async move {
        let right = passwords.verify(password, expected.as_deref()).await?;
        Ok(match expected.filter(|_| right) {
            Some(hash) => Verdict::Right(hash),
            None => Verdict::Wrong(()),
        })
    };
    let account = AccountKey::of(&registration.email);
    match guessing::attempt(context, &account, verify).await? {
        Verdict::Right(hash) => Ok(hash),
        Verdict::Wrong(()) => Err(Error::invalid(
            "password",
            "incorrect",
            "This is not the password that was chosen at sign-up.",
        )),
    }
}

async fn choose_password(
    context: &Context,
    registration: &Registration,
    password: Password,
) -> Result<String> {
    let runtime = &context.runtime;
    let Registration { email, name, .. } = registration;
    let owner = Owner::new(Some(email), Some(name), runtime.model.app);
    let password = runtime
        .passwords
        .choose(password, owner)
        .await?
        .map_err(|error| Error::invalid_input(vec![error]))?;
    runtime.passwords.hash(password).await
}
