//! Refresh tokens: rotated at each use, and a thief's undoing when one comes twice (RFC 9700 section 4.14.2).
//!
//! A session has one unused token at a time. Using it marks it used and brings the next. A used one
//! that comes again is in two hands, and which of them is the thief's cannot be told, so the whole
//! session ends: its newest descendant too.

use jiff::Timestamp;
use uuid::Uuid;

use super::opaque_token::{OpaqueToken, Purpose};
use super::session::{Session, Transport};
use crate::clock;
use crate::error::Error;
use crate::http::Host;
use crate::store::{Database, Mode, Scope, StoreError, Transaction, Value};

/// What presenting a refresh token came to.
#[derive(Debug)]
pub(super) enum Rotation {
    /// It was the session's unused one; it is used now.
    Rotated(Rotated),
    /// It was used before. The session ended with this statement, so exactly one caller sees this.
    Reused { session_id: Uuid, user_id: Uuid },
    /// Unknown, or of a session that is over, or of the other transport.
    Refused,
}

/// The session that goes on.
#[derive(Debug)]
pub(super) struct Rotated {
    pub(super) session_id: Uuid,
    pub(super) user_id: Uuid,
    /// The session's absolute end.
    pub(super) expires_at: Timestamp,
    pub(super) next: OpaqueToken,
}

/// Makes a session's next token.
pub(super) async fn create(
    transaction: &mut Transaction,
    session_id: Uuid,
) -> Result<OpaqueToken, Error> {
    let token = OpaqueToken::generate(Purpose::Refresh)?;
    transaction
        .run(
            "INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES ($1, $2, $3)",
            &[
                Value::Text(token.hash()),
                Value::Uuid(session_id),
                Value::Timestamp(clock::now()),
            ],
        )
        .await?;
    Ok(token)
}

/// Whether a token is one of a session that was not ended. What is not cannot be spent, nor can it
/// end anything; what is may still be used or expired, which [`rotate`] decides.
pub(super) async fn is_of_a_session(
    database: &Database,
    token: &OpaqueToken,
) -> Result<bool, StoreError> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction
        .run(
            "SELECT s.id FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id \
             WHERE r.token_hash = $1 AND s.revoked_at IS NULL",
            &[Value::Text(token.hash())],
        )
        .await?;
    transaction.commit().await?;
    Ok(!rows.is_empty())
}

/// Spends a token. The caller commits, whatever the answer: a detected reuse must last although its
/// request is refused.
pub(super) async fn rotate(
    transaction: &mut Transaction,
    token: &OpaqueToken,
    transport: Transport,
    host: &Host,
) -> Result<Rotation, Error> {
    let Some((session_id, user_id, expires_at)) =
        spend(transaction, token, transport, host).await?
    else {
        return Ok(match end_family_of_used(transaction, token).await? {
            Some((session_id, user_id)) => Rotation::Reused {
                session_id,
                user_id,
            },
            None => Rotation::Refused,
        });
    };
    let next = create(transaction, session_id).await?;
    Ok(Rotation::Rotated(Rotated {
        session_id,
        user_id,
        expires_at,
        next,
    }))
}

/// One statement decides, so of two who race with one token, one wins; the other meets a used token.
/// A browser's token is good on the host of its session alone.
///
/// The session is looked up by the token's row: a list of good sessions (`IN`) SQLite would make whole,
/// of every session that there is, before it looks at the one.
async fn spend(
    transaction: &mut Transaction,
    token: &OpaqueToken,
    transport: Transport,
    host: &Host,
) -> Result<Option<(Uuid, Uuid, Timestamp)>, StoreError> {
    let rows = transaction
        .run(
            "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND EXISTS (\
               SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN tenants t ON t.id = s.host_tenant \
               WHERE s.id = refresh_tokens.session_id AND s.revoked_at IS NULL AND s.expires_at > $2 \
                 AND s.transport = $3 AND u.status = 'active' \
                 AND (s.transport = 'bearer' OR COALESCE(t.slug, '') = $4)) \
             RETURNING session_id, \
               (SELECT user_id FROM sessions WHERE id = session_id), \
               (SELECT expires_at FROM sessions WHERE id = session_id)",
            &[
                Value::Text(token.hash()),
                Value::Timestamp(clock::now()),
                Value::Text(transport.as_str().to_owned()),
                Value::Text(host.tenant().unwrap_or_default().to_owned()),
            ],
        )
        .await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some((row.next()?, row.next()?, row.next()?)))
}

async fn end_family_of_used(
    transaction: &mut Transaction,
    token: &OpaqueToken,
) -> Result<Option<(Uuid, Uuid)>, StoreError> {
    let rows = transaction
        .run(
            "SELECT s.id, s.user_id, COALESCE(s.origin_id, s.id) FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id \
             WHERE r.token_hash = $1 AND r.used_at IS NOT NULL",
            &[Value::Text(token.hash())],
        )
        .await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (session_id, user_id) = (row.next()?, row.next()?);
    let origin: Uuid = row.next()?;
    if !Session::revoke(transaction, session_id).await? {
        return Ok(None);
    }
    // And all that was handed over from the same sign-in: a thief may have gone to another host.
    transaction
        .run(
            "UPDATE sessions SET revoked_at = $2 \
             WHERE (id = $1 OR origin_id = $1) AND revoked_at IS NULL",
            &[Value::Uuid(origin), Value::Timestamp(clock::now())],
        )
        .await?;
    Ok(Some((session_id, user_id)))
}
