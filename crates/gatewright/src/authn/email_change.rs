//! `POST /auth/email/change` and `POST /auth/email/confirm`: another address for an account, once whoever asks has shown
//! that they read its mail.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::account_row::{AccountRow, Hold};
use super::audit::{self, Event};
use super::email::Email;
use super::mail_pause::{self, Mailing};
use super::mailed_token::{self, Mailed};
use super::mails;
use super::one_time_token;
use super::opaque_token::{OpaqueToken, Purpose};
use super::password_policy::Password;
use super::reauthentication::require_proof;
use super::registration;
use super::session::{self, Session};
use crate::authz::Account;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Context, Json, NoContent, given};
use crate::store::{FieldValue, Mode, Scope, StoreError, Transaction};

/// How long the link in the mail can be used.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRequest {
    pub(super) email: String,
    /// The account's, if it has one.
    #[serde(default, deserialize_with = "given")]
    pub(super) password: Option<Password>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmRequest {
    pub(super) token: String,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

pub(super) async fn change(
    account: Account,
    Json(request): Json<ChangeRequest>,
) -> Result<Response> {
    ask(&account, request).await?;
    let status = "confirmation_sent";
    Ok((StatusCode::ACCEPTED, Json(Answer { status })).into_response())
}

pub(super) async fn confirm(
    context: Context,
    Json(request): Json<ConfirmRequest>,
) -> Result<NoContent> {
    set_address(&context, &request.token).await?;
    Ok(NoContent)
}

/// Mails a link to the new address. Until it is used the account has the old one. An address that another account has
/// is told that instead, and whoever asks sees no difference.
///
/// # Errors
/// 422 on `email` and `password`, 403 `reauthentication_required`, 429.
pub(super) async fn ask(account: &Account, request: ChangeRequest) -> Result<()> {
    let (session, context) = (account.session(), account.context());
    let runtime = &context.runtime;
    let email = Email::parse(&request.email).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
    require_proof(account, request.password).await?;

    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let user = AccountRow::hold(&mut transaction, session.user.id, Hold::Change).await?;
    let user = user.ok_or_else(Error::unauthenticated)?;
    // It may have ended since it was proven, by a change of the password that was given.
    if !Session::is_alive(&mut transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    if user.email.normalized() == email.normalized() {
        return Err(Error::invalid(
            "email",
            "unchanged",
            "This is the address of your account.",
        ));
    }
    let mailing = Mailing::confirmation(user.id, &email);
    if mail_pause::may_mail(&mut transaction, &mailing).await? {
        let mailed = Mailed {
            user_id: user.id,
            session_id: Some(session.id),
            email: email.as_given().to_owned(),
        };
        let token =
            mailed_token::replace(&mut transaction, Purpose::ChangeEmail, &mailed, LIFETIME)
                .await?;
        let to_owner = mails::confirm_new_address(runtime, &email, &token)?;
        let to_another = mails::already_registered(runtime, &email)?;
        let taken = registration::is_registered(&mut transaction, &email).await?;
        let message = if taken { to_another } else { to_owner };
        runtime.outbox.queue(&mut transaction, message).await?;
        let event = Event::AddressChangeAsked(user.id);
        audit::record(&mut transaction, context, event).await?;
    }
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}

/// Unknown, expired, superseded, spent, and asked for by a session that is over: one answer.
fn bad_token() -> Error {
    Error::invalid(
        "token",
        "invalid",
        "This link is not valid, or not any more. Change your address again to get another.",
    )
}

/// Gives the account of a link the address that the link was mailed to. The other sessions end, but for the one that
/// asked, and so do the links and codes that were made for the account: what was mailed to the old address opens it no
/// more.
///
/// # Errors
/// 422 on `token`, the same for all that are not good; 409 on `email` when another account has got the address.
pub(super) async fn set_address(context: &Context, token: &str) -> Result<()> {
    let runtime = &context.runtime;
    let purpose = Purpose::ChangeEmail;
    let token = OpaqueToken::parse(purpose, token).ok_or_else(bad_token)?;
    let asked = mailed_token::find(&runtime.database, purpose, &token).await?;
    let asked = asked.ok_or_else(bad_token)?;

    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let account = AccountRow::hold(&mut transaction, asked.user_id, Hold::Change).await?;
    let account = account.ok_or_else(bad_token)?;
    let spent = mailed_token::spend(&mut transaction, purpose, &token).await?;
    let Some(Mailed {
        session_id: Some(session_id),
        email,
        ..
    }) = spent.filter(|spent| spent.user_id == account.id)
    else {
        return Err(bad_token());
    };
    // Whoever ends a session wants none of what it began.
    if !Session::is_alive(&mut transaction, session_id).await? {
        return Err(bad_token());
    }
    let email = Email::parse(&email).map_err(|wrong| Error::internal(wrong.message))?;
    store(&mut transaction, &account, &email).await?;
    registration::forget_pending(&mut transaction, &email).await?;
    // Codes before sessions: one that is being spent just now has made its session by then.
    one_time_token::forget_all(&mut transaction, account.id).await?;
    session::end_others(&mut transaction, account.id, Some(session_id)).await?;
    audit::record(&mut transaction, context, Event::AddressChanged(account.id)).await?;
    let message = mails::address_changed(runtime, &account.email, &email, clock::now())?;
    runtime.outbox.queue(&mut transaction, message).await?;
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}

async fn store(transaction: &mut Transaction, account: &AccountRow, email: &Email) -> Result<()> {
    let sql =
        "UPDATE users SET email = $2, email_normalized = $3, email_verified_at = $4 WHERE id = $1";
    let args = [
        account.id.into_value(),
        email.as_given().to_owned().into_value(),
        email.normalized().to_owned().into_value(),
        clock::now().into_value(),
    ];
    let stored = transaction.run(sql, &args).await;
    stored.map(drop).map_err(|error| match error {
        StoreError::Unique(_) => {
            Error::conflict("email", "taken", "Another account has this address by now.")
                .caused_by(error)
        }
        other => other.into(),
    })
}
