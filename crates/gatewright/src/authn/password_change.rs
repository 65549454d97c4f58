//! `POST /auth/password/change`.

use serde::Deserialize;

use super::account_row::{AccountRow, Hold};
use super::audit::{self, Event};
use super::mails;
use super::one_time_token;
use super::password_policy::{Owner, Password};
use super::reauthentication::{incorrect, prove_password};
use super::session::{self, Session};
use super::stored_password;
use crate::authn::Email;
use crate::authz::Account;
use crate::clock;
use crate::error::{Error, FieldError, Result};
use crate::store::{Mode, Scope};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRequest {
    current_password: Password,
    new_password: Password,
}

/// Gives the account another password. Every other session ends with the old one, and whatever links and codes were
/// made for the account: who knew the old password may have made them.
pub(super) async fn set(account: &Account, request: ChangeRequest) -> Result<()> {
    let (session, context) = (account.session(), account.context());
    let (runtime, user) = (&context.runtime, &session.user);
    let email = Email::parse(&user.email).ok();
    let owner = Owner::new(email.as_ref(), Some(&user.name), runtime.model.app);
    let chosen = runtime
        .passwords
        .choose(request.new_password, owner)
        .await?
        .map_err(|wrong| {
            let FieldError { code, message, .. } = wrong;
            Error::invalid("new_password", code, message)
        })?;
    let known = prove_password(account, "current_password", request.current_password).await?;
    // Outside the transaction, which must not wait for a hash.
    let hash = runtime.passwords.hash(chosen).await?;

    let database = &runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    // Before what belongs to the account, as everybody does who changes more than one thing of it.
    AccountRow::hold(&mut transaction, user.id, Hold::Change).await?;
    // Of two changes at once the second was proven by a password that is not the account's any more.
    if !stored_password::change(&mut transaction, user.id, &known, &hash).await? {
        return Err(incorrect("current_password"));
    }
    if !Session::authenticate_again(&mut transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    // Codes before sessions: one that is being spent just now has made its session by then.
    one_time_token::forget_all(&mut transaction, user.id).await?;
    session::end_others(&mut transaction, user.id, Some(session.id)).await?;
    audit::record(&mut transaction, context, Event::PasswordChanged(user.id)).await?;
    if let Some(email) = &email {
        let message = mails::password_changed(runtime, email, clock::now())?;
        runtime.outbox.queue(&mut transaction, message).await?;
    }
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}
