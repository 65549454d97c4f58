//! `POST /auth/password/forgot` and `POST /auth/password/reset`: another password for whoever reads the account's mail.
//!
//! The mail proves the address. Where nobody had proved it before, whoever made the account may have been a stranger
//! with a password of theirs (pre-hijacking, arXiv 2205.10174): so what they attached to it goes as well.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::account_row::{AccountRow, Hold};
use super::audit::{self, Event};
use super::email::Email;
use super::guessing::{self, AccountKey};
use super::mail_pause::{self, Mailing};
use super::mailed_token::{self, Mailed};
use super::mails;
use super::one_time_token;
use super::opaque_token::{OpaqueToken, Purpose};
use super::password_policy::Password;
use super::session;
use super::stored_password;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Context, Json, NoContent};
use crate::store::{FieldValue, Mode, Scope, Transaction};

/// How long the link in the mail can be used.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForgotRequest {
    pub(super) email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetRequest {
    pub(super) token: String,
    pub(super) password: Password,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

pub(super) async fn forgot(
    context: Context,
    Json(request): Json<ForgotRequest>,
) -> Result<Response> {
    ask(&context, &request.email)?;
    let status = "reset_sent";
    Ok((StatusCode::ACCEPTED, Json(Answer { status })).into_response())
}

pub(super) async fn reset(
    context: Context,
    Json(request): Json<ResetRequest>,
) -> Result<NoContent> {
    set_password(&context, request).await?;
    Ok(NoContent)
}

/// Sees to it that the account of the address is mailed a link, if there is one. Whether there is, the request does
/// not wait to know.
///
/// # Errors
/// 404 where nobody has a password, 422 for what is no address, 503 when too much waits already.
pub(super) fn ask(context: &Context, email: &str) -> Result<()> {
    context.runtime.model.auth.require_passwords()?;
    let email = Email::parse(email).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
    let work = mail_link(context.clone(), email);
    context.runtime.afterwards.run(context.request_id, work)
}

/// The mail goes out when the worker looks for work the next time, and is not hurried: nothing that is told apart from
/// outside follows this request alone.
async fn mail_link(context: Context, email: Email) -> Result<()> {
    let runtime = &context.runtime;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let may = mail_pause::may_mail(&mut transaction, &Mailing::reset(&email)).await?;
    let account = AccountRow::hold_by_address(&mut transaction, &email).await?;
    if let Some(account) = account.filter(|_| may) {
        let mailed = Mailed {
            user_id: account.id,
            session_id: None,
            email: account.email.as_given().to_owned(),
        };
        let token =
            mailed_token::replace(&mut transaction, Purpose::ResetPassword, &mailed, LIFETIME)
                .await?;
        // To the address as its owner writes it, not as whoever asks does.
        let message = mails::reset_password(runtime, &account.email, &token)?;
        runtime.outbox.queue(&mut transaction, message).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Unknown, expired, superseded and spent are one answer.
fn bad_token() -> Error {
    Error::invalid(
        "token",
        "invalid",
        "This link is not valid, or not any more. Ask for another.",
    )
}

/// Whose password a link can set; it stays unspent.
pub(super) async fn find(context: &Context, token: &str) -> Result<(OpaqueToken, AccountRow)> {
    let purpose = Purpose::ResetPassword;
    let database = &context.runtime.database;
    let token = OpaqueToken::parse(purpose, token).ok_or_else(bad_token)?;
    let mailed = mailed_token::find(database, purpose, &token).await?;
    let mailed = mailed.ok_or_else(bad_token)?;
    let account = AccountRow::find(database, mailed.user_id).await?;
    Ok((token, account.ok_or_else(bad_token)?))
}

/// Gives the account of a link its password. Every session ends, and whatever links and codes were made for the account.
///
/// # Errors
/// 422 on `token`, the same for all that are not good; 422 on `password`, which leaves the link as it is.
pub(super) async fn set_password(context: &Context, request: ResetRequest) -> Result<()> {
    let runtime = &context.runtime;
    runtime.model.auth.require_passwords()?;
    // Before the hash, which nobody gets for a token of their own making; and the hash before the transaction, which
    // must not wait for it.
    let (token, account) = find(context, &request.token).await?;
    let owner = account.owner(runtime.model.app);
    let chosen = runtime
        .passwords
        .choose(request.password, owner)
        .await?
        .map_err(|wrong| Error::invalid_input(vec![wrong]))?;
    let hash = runtime.passwords.hash(chosen).await?;

    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let account = AccountRow::hold(&mut transaction, account.id, Hold::Change).await?;
    let account = account.ok_or_else(bad_token)?;
    let spent = mailed_token::spend(&mut transaction, Purpose::ResetPassword, &token).await?;
    // A link proves the address that it was mailed to, and no other that the account has had since.
    let proven =
        |mailed: &Mailed| mailed.user_id == account.id && mailed.email == account.email.as_given();
    spent.filter(proven).ok_or_else(bad_token)?;
    stored_password::store(&mut transaction, account.id, &hash).await?;
    // Codes before sessions: one that is being spent just now has made its session by then.
    one_time_token::forget_all(&mut transaction, account.id).await?;
    session::end_others(&mut transaction, account.id, None).await?;
    if !account.verified {
        verify(&mut transaction, &account).await?;
    }
    // Who forgot a password has guessed at it, most likely.
    guessing::forgive(&mut transaction, &AccountKey::of(&account.email)).await?;
    audit::record(&mut transaction, context, Event::PasswordReset(account.id)).await?;
    let message = mails::password_changed(runtime, &account.email, clock::now())?;
    runtime.outbox.queue(&mut transaction, message).await?;
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}

/// Makes the account that of whoever reads its mail.
async fn verify(transaction: &mut Transaction, account: &AccountRow) -> Result<()> {
    let attached = "DELETE FROM identities WHERE user_id = $1";
    let user = [account.id.into_value()];
    transaction.run(attached, &user).await?;
    let sql = "UPDATE users SET email_verified_at = $2 WHERE id = $1";
    let args = [account.id.into_value(), clock::now().into_value()];
    transaction.run(sql, &args).await?;
    Ok(())
}
