//! Sessions: what a sign-in makes and each request reads.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::device::Device;
use crate::clock;
use crate::error::Error;
use crate::store::{StoreError, Transaction, Value};

/// How long a proof of who somebody is counts as recent.
const RECENT: Duration = Duration::from_secs(10 * 60);

/// One sign-in of one user, alive when it was read.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) user: User,
    /// For cookies the tenant on whose host it was made; for bearer tokens the tenant that a request
    /// means when it names none.
    pub(crate) host_tenant: Option<Uuid>,
    pub(crate) transport: Transport,
    pub(crate) platform_role: Option<PlatformRole>,
    /// When its user last proved who they are: at the sign-in, or by giving the password again.
    pub(crate) authenticated_at: Option<Timestamp>,
}

/// An account, as far as requests need it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    /// As its owner writes it.
    pub(crate) email: String,
    pub(crate) name: String,
}

/// How a session's credentials travel. A session has one for life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transport {
    /// Two host-only cookies; no script ever sees a token.
    #[default]
    Cookie,
    /// Tokens in bodies and in the `Authorization` header; no cookie.
    Bearer,
}

/// The two roles above all tenants. No tenant's role leads to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlatformRole {
    /// Everything on the platform.
    SuperAdmin,
    /// Reading, to help.
    Support,
}

impl Transport {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "cookie" => Ok(Self::Cookie),
            "bearer" => Ok(Self::Bearer),
            other => Err(Value::unlisted(other).into()),
        }
    }
}

impl PlatformRole {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Support => "support",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "super_admin" => Ok(Self::SuperAdmin),
            "support" => Ok(Self::Support),
            other => Err(Value::unlisted(other).into()),
        }
    }
}

/// Whether there is an account of this id that is not suspended.
pub(crate) async fn is_active(
    transaction: &mut Transaction,
    user_id: Uuid,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM users WHERE id = $1 AND status = 'active'";
    let rows = transaction.run(sql, &[Value::Uuid(user_id)]).await?;
    Ok(!rows.is_empty())
}

/// What a sign-in decided, to be stored.
#[derive(Debug, Clone)]
pub(super) struct NewSession {
    pub(super) user_id: Uuid,
    pub(super) host_tenant: Option<Uuid>,
    pub(super) transport: Transport,
    /// The session of the sign-in that it was handed over from, if it was.
    pub(super) origin: Option<Uuid>,
    /// Absolute: refreshing does not move it.
    pub(super) expires_at: Timestamp,
    pub(super) device: Device,
}

impl Session {
    /// The session of this id if it still lives: not logged out, not past its end, used since
    /// `idle_since`, its user not suspended.
    pub(super) async fn find(
        transaction: &mut Transaction,
        id: Uuid,
        idle_since: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let rows = transaction
            .run(
                "SELECT s.user_id, u.email, u.name, s.host_tenant, s.transport, p.role, s.authenticated_at \
                 FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN platform_roles p ON p.user_id = u.id \
                 WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 \
                   AND COALESCE(s.last_used_at, s.created_at) > $3 AND u.status = 'active'",
                &[
                    Value::Uuid(id),
                    Value::Timestamp(clock::now()),
                    Value::Timestamp(idle_since),
                ],
            )
            .await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            user: User {
                id: row.next()?,
                email: row.next()?,
                name: row.next()?,
            },
            host_tenant: row.next()?,
            transport: Transport::parse(&row.next::<String>()?)?,
            platform_role: row
                .next::<Option<String>>()?
                .as_deref()
                .map(PlatformRole::parse)
                .transpose()?,
            authenticated_at: row.next()?,
        }))
    }

    /// Stores a new session and answers its id.
    pub(super) async fn create(
        transaction: &mut Transaction,
        new: &NewSession,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        let now = clock::now();
        let authenticated_at = match new.origin {
            // What is handed over is no newer proof than the sign-in that it comes from.
            Some(origin) => authenticated_at(transaction, origin).await?,
            None => Some(now),
        };
        let [user_agent, address] = new.device.values();
        transaction
            .run(
                "INSERT INTO sessions (id, user_id, host_tenant, transport, created_at, last_used_at, expires_at, \
                   origin_id, user_agent, address, authenticated_at) \
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)",
                &[
                    Value::Uuid(id),
                    Value::Uuid(new.user_id),
                    new.host_tenant.map_or(Value::Null, Value::Uuid),
                    Value::Text(new.transport.as_str().to_owned()),
                    Value::Timestamp(now),
                    Value::Timestamp(new.expires_at),
                    new.origin.map_or(Value::Null, Value::Uuid),
                    user_agent,
                    address,
                    authenticated_at.map_or(Value::Null, Value::Timestamp),
                ],
            )
            .await?;
        Ok(id)
    }

    /// Remembers that a session was used, which its idle lifetime counts from.
    pub(super) async fn touch(
        transaction: &mut Transaction,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET last_used_at = $2 WHERE id = $1";
        let args = [Value::Uuid(id), Value::Timestamp(now)];
        transaction.run(sql, &args).await.map(drop)
    }

    /// Notes that the user of a living session proved again who they are. `false` when it has ended.
    pub(super) async fn authenticate_again(
        transaction: &mut Transaction,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET authenticated_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id";
        let args = [Value::Uuid(id), Value::Timestamp(clock::now())];
        Ok(!transaction.run(sql, &args).await?.is_empty())
    }

    /// Whether a session can be used still, by the transaction's own sight.
    pub(super) async fn is_alive(
        transaction: &mut Transaction,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM sessions WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2";
        let args = [Value::Uuid(id), Value::Timestamp(clock::now())];
        Ok(!transaction.run(sql, &args).await?.is_empty())
    }

    /// Asks whether the user proved lately who they are, for what a stolen session must not reach.
    ///
    /// # Errors
    /// 403 `reauthentication_required`.
    pub(crate) fn require_recent(&self) -> Result<(), Error> {
        let oldest = clock::before(clock::now(), RECENT);
        match self.authenticated_at {
            Some(at) if at > oldest => Ok(()),
            Some(_) | None => Err(Error::reauthentication_required()),
        }
    }

    /// Ends a session, and with it every token of its family. `false` when it had ended before.
    pub(super) async fn revoke(
        transaction: &mut Transaction,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let rows = transaction
            .run(
                "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id",
                &[Value::Uuid(id), Value::Timestamp(clock::now())],
            )
            .await?;
        Ok(!rows.is_empty())
    }
}

async fn authenticated_at(
    transaction: &mut Transaction,
    id: Uuid,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT authenticated_at FROM sessions WHERE id = $1";
    let rows = transaction.run(sql, &[Value::Uuid(id)]).await?;
    let row = rows.into_iter().next();
    Ok(row.map(|mut row| row.next()).transpose()?.flatten())
}

/// Ends the sessions of a user, but for the one to `keep`, and answers how many those were.
pub(super) async fn end_others(
    transaction: &mut Transaction,
    user_id: Uuid,
    keep: Option<Uuid>,
) -> Result<u64, StoreError> {
    let rows = transaction
        .run(
            "UPDATE sessions SET revoked_at = $2 \
             WHERE user_id = $1 AND id <> $3 AND revoked_at IS NULL RETURNING id",
            &[
                Value::Uuid(user_id),
                Value::Timestamp(clock::now()),
                // No session has the nil id.
                Value::Uuid(keep.unwrap_or_default()),
            ],
        )
        .await?;
    Ok(rows.len() as u64)
}
