//! Refresh tokens: rotated at each use, and a thief's undoing when one comes twice (RFC 9700 section 4.14.2).
//!
//! A session has one unused token at a time. Using it marks it used and brings the next. A used one
//! that comes again is in two hands, and which of them is the thief's cannot be told, so the whole
//! session ends: its newest descendant too.
//!
//! Two tabs of one browser share their cookies, and both may renew them at once with one token. So a
//! browser's used token is answered for a few seconds with the successor that the first tab was given,
//! for as long as nobody used that. A program has no tabs, and no such seconds.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::opaque_token::{OpaqueToken, Purpose};
use super::session::{Session, Transport};
use crate::clock;
use crate::error::Error;
use crate::http::Host;
use crate::sealed::{SealingKey, derive};
use crate::store::{Database, Dialect, Mode, Scope, StoreError, Transaction, Value};

/// How long after its use a browser's token still brings the successor that it brought.
pub(super) const WINDOW: Duration = Duration::from_secs(10);

/// Of the keys that used tokens seal their successors with.
const LABEL: &str = "gatewright refresh successor v1";

/// A refresh token as it was presented.
#[derive(Debug, Clone, Copy)]
pub(super) struct Presented<'a> {
    pub(super) token: &'a OpaqueToken,
    /// The transport that its session must have.
    pub(super) transport: Transport,
    pub(super) host: &'a Host,
    pub(super) now: Timestamp,
    /// A session that was last used before this is over.
    pub(super) idle_since: Timestamp,
}

/// What presenting a refresh token came to.
#[derive(Debug)]
pub(super) enum Rotation {
    /// It was the session's unused one, and is used now; or it was that a moment ago, in another tab.
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
    presented: Presented<'_>,
) -> Result<Rotation, Error> {
    if let Some((session_id, user_id, expires_at)) = spend(transaction, presented).await? {
        let next = create(transaction, session_id).await?;
        forget_successors(transaction, session_id).await?;
        if presented.transport == Transport::Cookie {
            keep_successor(transaction, presented.token, &next).await?;
        }
        Session::touch(transaction, session_id, presented.now).await?;
        return Ok(Rotation::Rotated(Rotated {
            session_id,
            user_id,
            expires_at,
            next,
        }));
    }
    if let Some(rotated) = successor(transaction, presented).await? {
        return Ok(Rotation::Rotated(rotated));
    }
    Ok(
        match end_family_of_used(transaction, presented.token).await? {
            Some((session_id, user_id)) => Rotation::Reused {
                session_id,
                user_id,
            },
            None => Rotation::Refused,
        },
    )
}

/// One statement decides, so of two who race with one token, one wins; the other meets a used token.
/// A browser's token is good on the host of its session alone.
///
/// The session is looked up by the token's row: a list of good sessions (`IN`) SQLite would make whole,
/// of every session that there is, before it looks at the one.
async fn spend(
    transaction: &mut Transaction,
    presented: Presented<'_>,
) -> Result<Option<(Uuid, Uuid, Timestamp)>, StoreError> {
    let rows = transaction
        .run(
            "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND EXISTS (\
               SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN tenants t ON t.id = s.host_tenant \
               WHERE s.id = refresh_tokens.session_id AND s.revoked_at IS NULL AND s.expires_at > $2 \
                 AND COALESCE(s.last_used_at, s.created_at) > $5 \
                 AND s.transport = $3 AND u.status = 'active' \
                 AND (s.transport = 'bearer' OR COALESCE(t.slug, '') = $4)) \
             RETURNING session_id, \
               (SELECT user_id FROM sessions WHERE id = session_id), \
               (SELECT expires_at FROM sessions WHERE id = session_id)",
            &[
                Value::Text(presented.token.hash()),
                Value::Timestamp(presented.now),
                Value::Text(presented.transport.as_str().to_owned()),
                Value::Text(presented.host.tenant().unwrap_or_default().to_owned()),
                Value::Timestamp(presented.idle_since),
            ],
        )
        .await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some((row.next()?, row.next()?, row.next()?)))
}

/// Once a token is used, the one before it brings nothing any more.
async fn forget_successors(
    transaction: &mut Transaction,
    session_id: Uuid,
) -> Result<(), StoreError> {
    let sql = "UPDATE refresh_tokens SET successor = NULL WHERE session_id = $1 AND successor IS NOT NULL";
    let args = [Value::Uuid(session_id)];
    transaction.run(sql, &args).await.map(drop)
}

/// Keeps the successor where the used token alone can read it: the key is made of that token, of which
/// the database has no more than a hash.
async fn keep_successor(
    transaction: &mut Transaction,
    used: &OpaqueToken,
    next: &OpaqueToken,
) -> Result<(), Error> {
    let hash = used.hash();
    let sealed = successor_key(used)?.seal(&hash, next.reveal().as_bytes())?;
    let sql = "UPDATE refresh_tokens SET successor = $2 WHERE token_hash = $1";
    let args = [Value::Text(hash), Value::Text(sealed)];
    transaction.run(sql, &args).await?;
    Ok(())
}

fn successor_key(used: &OpaqueToken) -> Result<SealingKey, Error> {
    SealingKey::new(&derive(used.reveal().as_bytes(), LABEL)?)
}

/// The session of a browser's token that was used a moment ago, with the successor that it brought.
/// The session, its user and the host are asked as [`spend`] asks; a successor that was used is gone.
async fn successor(
    transaction: &mut Transaction,
    presented: Presented<'_>,
) -> Result<Option<Rotated>, Error> {
    if presented.transport != Transport::Cookie {
        return Ok(None);
    }
    let hash = presented.token.hash();
    // Whoever uses the successor meanwhile is waited for: then it is gone. SQLite has one writer.
    let lock = match transaction.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE OF r",
    };
    let sql = format!(
        "SELECT r.successor, s.id, s.user_id, s.expires_at \
         FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id \
           JOIN users u ON u.id = s.user_id LEFT JOIN tenants t ON t.id = s.host_tenant \
         WHERE r.token_hash = $1 AND r.successor IS NOT NULL AND r.used_at > $3 \
           AND s.revoked_at IS NULL AND s.expires_at > $2 AND COALESCE(s.last_used_at, s.created_at) > $5 \
           AND s.transport = 'cookie' AND u.status = 'active' AND COALESCE(t.slug, '') = $4{lock}"
    );
    let args = [
        Value::Text(hash.clone()),
        Value::Timestamp(presented.now),
        Value::Timestamp(clock::before(presented.now, WINDOW)),
        Value::Text(presented.host.tenant().unwrap_or_default().to_owned()),
        Value::Timestamp(presented.idle_since),
    ];
    let rows = transaction.run(&sql, &args).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let sealed: String = row.next().map_err(Error::internal)?;
    let opened = successor_key(presented.token)?.open(&hash, &sealed);
    let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(next) = text.and_then(|text| OpaqueToken::parse(Purpose::Refresh, &text)) else {
        // Sealed under another token, so not by us.
        return Ok(None);
    };
    Ok(Some(Rotated {
        session_id: row.next().map_err(Error::internal)?,
        user_id: row.next().map_err(Error::internal)?,
        expires_at: row.next().map_err(Error::internal)?,
        next,
    }))
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
