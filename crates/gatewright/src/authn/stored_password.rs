//! The table `passwords`: the hash behind an account's password. An account may have none, where
//! somebody signs in by other means alone.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::password_policy::Password;
use crate::clock;
use crate::error::Result;
use crate::http::Context;
use crate::runtime::Runtime;
use crate::store::{Database, FieldValue, Mode, Scope, StoreError, Transaction};

/// Gives an account its password, in the place of the one that it may have.
pub(super) async fn store(
    transaction: &mut Transaction,
    user_id: Uuid,
    hash: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO passwords (user_id, hash, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    let args = [
        user_id.into_value(),
        hash.to_owned().into_value(),
        clock::now().into_value(),
    ];
    transaction.run(sql, &args).await?;
    Ok(())
}

/// The hash of an account, `None` for an account without a password.
pub(super) async fn find(database: &Database, user_id: Uuid) -> Result<Option<String>, StoreError> {
    let sql = "SELECT hash FROM passwords WHERE user_id = $1";
    let mut read = database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = read.run(sql, &[user_id.into_value()]).await?;
    read.commit().await?;
    let row = rows.into_iter().next();
    Ok(row.map(|mut row| row.next()).transpose()?)
}

/// Whether an account has the password still that it was given then.
pub(super) async fn is_of(
    transaction: &mut Transaction,
    user_id: Uuid,
    changed_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM passwords WHERE user_id = $1 AND changed_at = $2";
    let args = [user_id.into_value(), changed_at.into_value()];
    Ok(!transaction.run(sql, &args).await?.is_empty())
}

/// Puts a new password in the place of the one behind `known`; `false` where that is not the account's any more.
pub(super) async fn change(
    transaction: &mut Transaction,
    user_id: Uuid,
    known: &str,
    hash: &str,
) -> Result<bool, StoreError> {
    let sql = "UPDATE passwords SET hash = $3, changed_at = $4 WHERE user_id = $1 AND hash = $2
        RETURNING user_id";
    let args = [
        user_id.into_value(),
        known.to_owned().into_value(),
        hash.to_owned().into_value(),
        clock::now().into_value(),
    ];
    Ok(!transaction.run(sql, &args).await?.is_empty())
}

/// Hashes a password that was right anew, where its hash is from before the cost was raised. Beside the request,
/// which neither waits for it nor fails with it: the next sign-in will try again.
pub(super) fn strengthen(context: &Context, user_id: Uuid, password: Password, known: String) {
    let runtime = Arc::clone(&context.runtime);
    if !runtime.passwords.is_weaker(&known) {
        return;
    }
    let request_id = context.request_id;
    tokio::spawn(async move {
        if let Err(error) = replace_hash(&runtime, user_id, password, &known).await {
            tracing::warn!(%request_id, %error, "a password could not be hashed anew; the next sign-in will try again");
        }
    });
}

async fn replace_hash(
    runtime: &Runtime,
    user_id: Uuid,
    password: Password,
    known: &str,
) -> Result<()> {
    let hash = runtime.passwords.hash_again(password).await?;
    // The password is what it was, so the time of its change stays. One that was changed meanwhile stays too.
    let sql = "UPDATE passwords SET hash = $3 WHERE user_id = $1 AND hash = $2";
    let args = [
        user_id.into_value(),
        known.to_owned().into_value(),
        hash.into_value(),
    ];
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    transaction.run(sql, &args).await?;
    transaction.commit().await?;
    Ok(())
}
