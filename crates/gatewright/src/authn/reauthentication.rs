//! `POST /auth/reauthenticate`: whoever has a session proves again that it is theirs.

use serde::Deserialize;

use super::audit::{self, Event};
use super::guessing::{self, AccountKey, Verdict};
use super::password_policy::Password;
use super::session::Session;
use super::stored_password;
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::store::{Mode, Scope};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReauthenticateRequest {
    password: Password,
}

/// Notes that whoever has the session knows its account's password now.
pub(super) async fn prove(account: &Account, request: ReauthenticateRequest) -> Result<()> {
    prove_password(account, "password", request.password).await?;
    let (session, context) = (account.session(), account.context());
    let database = &context.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    if !Session::authenticate_again(&mut transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    audit::record(
        &mut transaction,
        context,
        Event::Reauthenticated(session.user.id),
    )
    .await?;
    transaction.commit().await?;
    Ok(())
}

/// Verifies the password of a session's account, which came in `field`, and answers its hash. A thief of the session has
/// no more guesses than anybody at the sign-in.
///
/// # Errors
/// 409 `no_password`, 422 `incorrect` on the field, 429.
pub(super) async fn prove_password(
    account: &Account,
    field: &'static str,
    password: Password,
) -> Result<String> {
    let (session, context) = (account.session(), account.context());
    let user = &session.user;
    let runtime = &context.runtime;
    let hash = stored_password::find(&runtime.database, user.id)
        .await?
        .ok_or_else(Error::no_password)?;
    let passwords = runtime.passwords.clone();
    let verify = async move {
        Ok(match passwords.verify(password, Some(&hash)).await? {
            true => Verdict::Right(hash),
            false => Verdict::Wrong(()),
        })
    };
    match guessing::attempt(context, &AccountKey::of_text(&user.email), verify).await? {
        Verdict::Right(hash) => Ok(hash),
        Verdict::Wrong(()) => {
            audit::record_refusal(context, Event::PasswordRejected(user.id)).await?;
            Err(incorrect(field))
        }
    }
}

/// Asks for the password of a session's account; of an account without one, for a sign-in of the last ten minutes.
///
/// # Errors
/// As [`prove_password`]; 422 `required` on `password`, 403 `reauthentication_required`.
pub(super) async fn require_proof(account: &Account, password: Option<Password>) -> Result<()> {
    if let Some(password) = password {
        return prove_password(account, "password", password)
            .await
            .map(drop);
    }
    let session = account.session();
    let database = &account.context().runtime.database;
    if stored_password::find(database, session.user.id)
        .await?
        .is_some()
    {
        return Err(Error::invalid(
            "password",
            "required",
            "This field is required.",
        ));
    }
    session.require_recent()
}

pub(super) fn incorrect(field: &'static str) -> Error {
    Error::invalid(
        field,
        "incorrect",
        "This is not the password of your account.",
    )
}
