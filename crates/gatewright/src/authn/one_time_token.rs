//! Tokens that are good once and for a short time (`one_time_tokens`), stored hashed.

use std::time::Duration;

use uuid::Uuid;

use super::opaque_token::{OpaqueToken, Purpose};
use crate::clock;
use crate::error::Result;
use crate::store::{Database, FieldValue, Mode, Scope, StoreError, Transaction, Value};

/// What a token is to prove.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) user_id: Uuid,
    /// The session that asked: the token is good no longer than it.
    pub(super) session_id: Uuid,
    /// The tenant whose host alone may spend it; `None` for the base host.
    pub(super) host_tenant: Option<Uuid>,
}

const INSERT: &str = "
    INSERT INTO one_time_tokens (token_hash, purpose, user_id, session_id, host_tenant, nonce_hash, created_at,
        expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Takes the row away, so of two who race with a token one finds it.
const SPEND: &str = "
    DELETE FROM one_time_tokens
    WHERE token_hash = $1 AND purpose = $2 AND nonce_hash = $3 AND expires_at > $4
    RETURNING user_id, session_id, host_tenant";

/// Makes a token that only whoever knows the nonce can spend. `nonce_hash` is its SHA-256 in hexadecimal.
pub(super) async fn create(
    transaction: &mut Transaction,
    purpose: Purpose,
    subject: Subject,
    nonce_hash: &str,
    lifetime: Duration,
) -> Result<OpaqueToken> {
    let token = OpaqueToken::generate(purpose)?;
    let now = clock::now();
    let args = [
        token.hash().into_value(),
        purpose.word().to_owned().into_value(),
        subject.user_id.into_value(),
        subject.session_id.into_value(),
        subject.host_tenant.into_value(),
        nonce_hash.to_owned().into_value(),
        now.into_value(),
        clock::after(now, lifetime).into_value(),
    ];
    transaction.run(INSERT, &args).await?;
    Ok(token)
}

/// Whether a token could be spent. It stays.
pub(super) async fn exists(
    database: &Database,
    purpose: Purpose,
    token: &OpaqueToken,
    nonce_hash: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM one_time_tokens
        WHERE token_hash = $1 AND purpose = $2 AND nonce_hash = $3 AND expires_at > $4";
    let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = look.run(sql, &key(purpose, token, nonce_hash)).await?;
    look.commit().await?;
    Ok(!rows.is_empty())
}

fn key(purpose: Purpose, token: &OpaqueToken, nonce_hash: &str) -> [Value; 4] {
    [
        token.hash().into_value(),
        purpose.word().to_owned().into_value(),
        nonce_hash.to_owned().into_value(),
        clock::now().into_value(),
    ]
}

/// Spends a token: `None` for one that is unknown, spent, expired, of another purpose or of another
/// nonce. A wrong nonce spends nothing.
pub(super) async fn spend(
    transaction: &mut Transaction,
    purpose: Purpose,
    token: &OpaqueToken,
    nonce_hash: &str,
) -> Result<Option<Subject>, StoreError> {
    let args = key(purpose, token, nonce_hash);
    let rows = transaction.run(SPEND, &args).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Subject {
        user_id: row.next()?,
        session_id: row.next()?,
        host_tenant: row.next()?,
    }))
}

/// Forgets whatever was made for an account, whoever may have it, and what its sessions have begun elsewhere.
pub(super) async fn forget_all(
    transaction: &mut Transaction,
    user_id: Uuid,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM one_time_tokens WHERE user_id = $1";
    transaction.run(sql, &[user_id.into_value()]).await?;
    let sql =
        "DELETE FROM oauth_flows WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)";
    transaction.run(sql, &[user_id.into_value()]).await?;
    Ok(())
}
