//! `GET` and `POST /auth/verify-email`: a pending registration becomes an account.
//!
//! Reading the mail is not enough: whoever verifies must know the password that the registration was made
//! with. Else a stranger could sign up with your address and a password of theirs, wait for you to
//! click the link, and sign in to what you take for your account.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};

use super::audit::{self, Event};
use super::guessing::{self, AccountKey, Verdict};
use super::opaque_token::{OpaqueToken, Purpose};
use super::password_policy::{Owner, Password};
use super::registration::{self, Pending, Registration};
use crate::error::{Error, Result};
use crate::http::html::{self, token_of};
use crate::http::{Context, Json, Submitted, SubmittedForm};
use crate::store::{Mode, Scope};
use crate::templates::{Action, Fields, Form, VerifyEmail};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyRequest {
    token: String,
    password: Password,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

/// Shows the form. Mail scanners follow links too, so this spends nothing.
pub(super) async fn show_form(context: Context, uri: Uri) -> Response {
    let token = token_of(&uri);
    let form = Form::new(VerifyEmail::FIELDS);
    match view(&context, token, form).await {
        Ok(view) => html::page(&context, StatusCode::OK, &view),
        Err(error) => refuse(&context, &error),
    }
}

/// The page of a link that can be used.
async fn view(context: &Context, token: String, form: Form) -> Result<VerifyEmail> {
    let (_, pending) = find(context, &token).await?;
    let registration = pending.registration;
    Ok(VerifyEmail {
        form,
        token,
        email: registration.email.as_given().to_owned(),
        chooses: registration.password_hash.is_none() && pending.existing.is_none(),
    })
}

/// A page that says why a link cannot be used.
fn refuse(context: &Context, error: &Error) -> Response {
    let said = match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => (
            "This link cannot be used",
            "It is not valid, or not any more: a link is good once and for 24 hours. Sign up again to get another.",
        ),
        StatusCode::CONFLICT => (
            "This is taken by now",
            "While your registration waited, the address got an account or the tenant's name went to somebody else. \
             Sign in, or sign up again with another name.",
        ),
        _ => return html::error_page(context, error),
    };
    let action = Action {
        href: "/auth/login".to_owned(),
        label: "Go to the sign-in",
    };
    html::message(context, error, said, Some(action))
}

pub(super) async fn verify_email(
    context: Context,
    submitted: Submitted<VerifyRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => {
            verify(&context, request).await?;
            return Ok(Json(Answer { status: "verified" }).into_response());
        }
        Submitted::Form(form) => form,
    };
    let verified = async { verify(&context, asked?).await };
    Ok(match verified.await {
        Ok(()) => html::see_other("/auth/login?notice=verified"),
        Err(error) => again(&context, &fields, &error).await,
    })
}

/// The form once more, where the link is as good as before and something else is wrong.
async fn again(context: &Context, sent: &Fields, error: &Error) -> Response {
    if error.status() == StatusCode::CONFLICT {
        return refuse(context, error);
    }
    let token = sent.get("token").unwrap_or_default().to_owned();
    let form = html::refused_form(VerifyEmail::FIELDS, sent, error);
    match view(context, token, form).await {
        Ok(view) => html::refused(context, error, &view),
        Err(error) => refuse(context, &error),
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
