//! Tokens that are mailed to an account (`one_time_tokens`): one of each purpose at a time, and bound to the address
//! that the mail went to.

use std::time::Duration;

use uuid::Uuid;

use super::opaque_token::{OpaqueToken, Purpose};
use crate::clock;
use crate::error::Result;
use crate::store::{Database, FieldValue, Mode, Row, Scope, StoreError, Transaction, Value};

/// What a token proves: that whoever has it reads the mail of an address, in the matter of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailed {
    pub(super) user_id: Uuid,
    /// The session that asked, if one did.
    pub(super) session_id: Option<Uuid>,
    /// As its owner writes it.
    pub(super) email: String,
}

const SUPERSEDE: &str = "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2";

const INSERT: &str = "
    INSERT INTO one_time_tokens (token_hash, purpose, user_id, session_id, email, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

const FIND: &str = "
    SELECT user_id, session_id, email FROM one_time_tokens
    WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 AND email IS NOT NULL";

/// Takes the row away, so of all who race with a token one finds it.
const SPEND: &str = "
    DELETE FROM one_time_tokens
    WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 AND email IS NOT NULL
    RETURNING user_id, session_id, email";

/// Makes a token in the place of those of its purpose that the account has. Whoever calls holds the account's row.
pub(super) async fn replace(
    transaction: &mut Transaction,
    purpose: Purpose,
    mailed: &Mailed,
    lifetime: Duration,
) -> Result<OpaqueToken> {
    let token = OpaqueToken::generate(purpose)?;
    let word = purpose.word().to_owned().into_value();
    let account = mailed.user_id.into_value();
    transaction
        .run(SUPERSEDE, &[account.clone(), word.clone()])
        .await?;
    let now = clock::now();
    let args = [
        token.hash().into_value(),
        word,
        account,
        mailed.session_id.into_value(),
        mailed.email.clone().into_value(),
        now.into_value(),
        clock::after(now, lifetime).into_value(),
    ];
    transaction.run(INSERT, &args).await?;
    Ok(token)
}

/// What a token is for. It stays unspent.
pub(super) async fn find(
    database: &Database,
    purpose: Purpose,
    token: &OpaqueToken,
) -> Result<Option<Mailed>, StoreError> {
    let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = look.run(FIND, &key(purpose, token)).await?;
    look.commit().await?;
    read(rows)
}

/// Spends a token: `None` for one that is unknown, spent, expired, superseded or of another purpose.
pub(super) async fn spend(
    transaction: &mut Transaction,
    purpose: Purpose,
    token: &OpaqueToken,
) -> Result<Option<Mailed>, StoreError> {
    read(transaction.run(SPEND, &key(purpose, token)).await?)
}

fn key(purpose: Purpose, token: &OpaqueToken) -> [Value; 3] {
    [
        token.hash().into_value(),
        purpose.word().to_owned().into_value(),
        clock::now().into_value(),
    ]
}

fn read(rows: Vec<Row>) -> Result<Option<Mailed>, StoreError> {
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Mailed {
        user_id: row.next()?,
        session_id: row.next()?,
        email: row.next()?,
    }))
}
