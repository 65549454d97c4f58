//! `GET /auth/sessions` and `DELETE /auth/sessions/{id}`: where an account is signed in, and an end to
//! one of these places.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::audit::{self, Event};
use super::logout;
use super::session::Transport;
use crate::authz::Account;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Json, Path};
use crate::store::{FieldValue, Mode, Row, Scope, StoreError};

/// The most sessions that the list shows. Whoever has more of them ends all at once.
const MOST: usize = 500;

#[derive(Serialize)]
pub(super) struct Sessions {
    data: Vec<SessionView>,
}

/// One place where the account is signed in.
#[derive(Serialize)]
pub(super) struct SessionView {
    pub(super) id: Uuid,
    pub(super) created_at: Timestamp,
    /// Of the sign-in or the latest refresh.
    pub(super) last_used_at: Timestamp,
    /// The absolute end.
    expires_at: Timestamp,
    pub(super) transport: Transport,
    /// What the client said of itself when it signed in.
    pub(super) user_agent: Option<String>,
    /// From where it signed in.
    pub(super) address: Option<String>,
    /// The slug of the tenant on whose host it is, or that its bearer means by default.
    pub(super) tenant: Option<String>,
    /// Whether it is the one that asks.
    pub(super) current: bool,
}

impl SessionView {
    fn read(mut row: Row, current: Uuid) -> Result<Self, StoreError> {
        let id = row.next()?;
        Ok(Self {
            id,
            created_at: row.next()?,
            last_used_at: row.next()?,
            expires_at: row.next()?,
            transport: Transport::parse(&row.next::<String>()?)?,
            user_agent: row.next()?,
            address: row.next()?,
            tenant: row.next()?,
            current: id == current,
        })
    }
}

pub(super) async fn list(account: Account) -> Result<Json<Sessions>> {
    let data = alive(&account).await?;
    Ok(Json(Sessions { data }))
}

/// Those that are alive, the newest first.
pub(super) async fn alive(account: &Account) -> Result<Vec<SessionView>> {
    let (session, context) = (account.session(), account.context());
    let runtime = &context.runtime;
    let sql = format!(
        "SELECT s.id, s.created_at, COALESCE(s.last_used_at, s.created_at), s.expires_at, s.transport, \
           s.user_agent, s.address, t.slug \
         FROM sessions s LEFT JOIN tenants t ON t.id = s.host_tenant \
         WHERE s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 \
           AND COALESCE(s.last_used_at, s.created_at) > $3 \
         ORDER BY s.created_at DESC, s.id DESC LIMIT {MOST}"
    );
    let now = clock::now();
    let args = [
        session.user.id.into_value(),
        now.into_value(),
        super::idle_since(runtime, now).into_value(),
    ];
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction.run(&sql, &args).await?;
    transaction.commit().await?;
    let views = rows
        .into_iter()
        .map(|row| SessionView::read(row, session.id));
    Ok(views.collect::<Result<_, StoreError>>()?)
}

/// Ends one, from its next request on. Somebody else's is not there, as one that is over is not.
pub(super) async fn end(account: Account, Path(id): Path<Uuid>) -> Result<Response> {
    let (session, context) = (account.session(), account.context());
    let runtime = &context.runtime;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let now = clock::now();
    let rows = transaction
        .run(
            "UPDATE sessions SET revoked_at = $3 \
             WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 \
               AND COALESCE(last_used_at, created_at) > $4 RETURNING id",
            &[
                id.into_value(),
                session.user.id.into_value(),
                now.into_value(),
                super::idle_since(runtime, now).into_value(),
            ],
        )
        .await?;
    if rows.is_empty() {
        return Err(Error::not_found());
    }
    let event = Event::SessionEnded {
        user_id: session.user.id,
        session_id: id,
    };
    audit::record(&mut transaction, context, event).await?;
    transaction.commit().await?;
    if id == session.id {
        return logout::forgotten(session);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
