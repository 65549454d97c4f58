//! `POST` and `DELETE /platform/tenants/{id}/enter`: the staff's way into a tenant.
//!
//! An entry is of one account and one tenant, has a reason and an end, and stands in both logs. While
//! it holds, the gate takes the account for staff in that tenant. It is read for each request, with
//! the platform role of now: an account that lost the role, or was suspended, is in no tenant.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::time::Duration;
use uuid::Uuid;

use super::Reason;
use super::log::{self, Entry};
use crate::audit::{self, Action, Actor, Author, Change};
use crate::authn::{PlatformRole, Transport, handoff_location};
use crate::authz::{EnterTenants, PlatformGrant, platform};
use crate::clock;
use crate::error::{Error, FieldError, Result};
use crate::http::{Api, Json, NoContent, Path};
use crate::store::{FieldValue, Mode, Row, Scope, StoreError, Transaction, Value};
use crate::tenancy;

/// Minutes that an entry holds unless it says otherwise, and at most.
const MINUTES: u32 = 30;
const MOST_MINUTES: u32 = 60;

pub(super) fn register(api: &mut Api) {
    let path = "/platform/tenants/{id}/enter";
    api.post(path, platform(EnterTenants, enter));
    api.delete(path, platform(EnterTenants, leave));
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnterRequest {
    reason: Reason,
    minutes: Option<u32>,
}

#[derive(Serialize)]
struct EntryView {
    id: Uuid,
    /// The tenant's slug.
    tenant: String,
    expires_at: Timestamp,
    /// Where a browser goes to be signed in at the tenant's host; null for a bearer client, whose token
    /// is good there.
    location: Option<String>,
}

const ENTER: &str = "
    INSERT INTO platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Ends what an account has open in a tenant.
const LEAVE: &str = "
    UPDATE platform_entries SET ended_at = $3
    WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > $3
    RETURNING id";

/// The role of then and of now of an active account that has an entry in a tenant that holds.
const ENTRY: &str = "
    SELECT e.role, p.role
    FROM platform_entries e
    JOIN users u ON u.id = e.user_id
    JOIN platform_roles p ON p.user_id = e.user_id
    WHERE e.tenant_id = $1 AND e.user_id = $2 AND e.ended_at IS NULL AND e.expires_at > $3 AND u.status = 'active'
    ORDER BY e.id DESC LIMIT 1";

/// The question whether an account is in a tenant that it entered; to be asked in the tenant's scope, and
/// its rows to be read by [`entered_as`].
pub(crate) fn entry(tenant_id: Uuid, user_id: Uuid) -> (&'static str, Vec<Value>) {
    let args = vec![
        tenant_id.into_value(),
        user_id.into_value(),
        clock::now().into_value(),
    ];
    (ENTRY, args)
}

/// The role by which the account is there: the lesser of the one it has and the one that the tenant was
/// told of. `None` without an entry that holds.
pub(crate) fn entered_as(rows: Vec<Row>) -> Result<Option<PlatformRole>, StoreError> {
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let told = PlatformRole::parse(&row.next::<String>()?)?;
    let now = PlatformRole::parse(&row.next::<String>()?)?;
    Ok(Some(match (told, now) {
        (PlatformRole::SuperAdmin, PlatformRole::SuperAdmin) => PlatformRole::SuperAdmin,
        (PlatformRole::Support, _) | (_, PlatformRole::Support) => PlatformRole::Support,
    }))
}

async fn enter(
    grant: PlatformGrant<EnterTenants>,
    Path(id): Path<Uuid>,
    Json(asked): Json<EnterRequest>,
) -> Result<Response> {
    let (reason, minutes) = check(&asked)?;
    let (account, context) = (grant.account(), grant.account().context());
    let user_id = account.user_id();
    let role = account.session().platform_role;
    let role = role.ok_or_else(|| Error::internal("staff without a platform role"))?;
    let now = clock::now();
    let expires_at = clock::after(now, Duration::from_secs(u64::from(minutes) * 60));

    let database = &grant.runtime().database;
    let mut transaction = database.begin(Scope::Tenant(id), Mode::Write).await?;
    let rows = transaction
        .run("SELECT slug FROM tenants WHERE id = $1", &[id.into_value()])
        .await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::not_found)?;
    let slug: String = row.next().map_err(Error::internal)?;
    tenancy::lock_in(&mut transaction, id).await?;
    // One at a time: a second entry is a new reason, not a longer stay by the old one.
    let args = [id.into_value(), user_id.into_value(), now.into_value()];
    transaction.run(LEAVE, &args).await?;
    let entry_id = Uuid::now_v7();
    let args = [
        id.into_value(),
        entry_id.into_value(),
        user_id.into_value(),
        role.as_str().to_owned().into_value(),
        reason.to_owned().into_value(),
        now.into_value(),
        expires_at.into_value(),
    ];
    transaction.run(ENTER, &args).await?;
    let changes = Map::from_iter([
        ("reason".to_owned(), json!({ "new": reason })),
        ("role".to_owned(), json!({ "new": role })),
        ("until".to_owned(), json!({ "new": expires_at })),
    ]);
    let told = Told {
        word: "enter",
        action: "platform.tenant_entered",
        entry_id,
        reason: Some(reason),
        changes,
    };
    tell(&mut transaction, &grant, id, told).await?;
    transaction.commit().await?;

    let location = match account.session().transport {
        Transport::Cookie => Some(handoff_location(context, Some(&slug))),
        Transport::Bearer => None,
    };
    let view = EntryView {
        id: entry_id,
        tenant: slug,
        expires_at,
        location,
    };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

fn check(asked: &EnterRequest) -> Result<(&str, u32)> {
    let minutes = asked.minutes.unwrap_or(MINUTES);
    let mut errors = Vec::new();
    let reason = asked.reason.check().map_err(|error| errors.push(error));
    if !(1..=MOST_MINUTES).contains(&minutes) {
        let message = "Use 1 to 60.";
        errors.push(FieldError::new("minutes", "out_of_range", message));
    }
    match reason {
        Ok(reason) if errors.is_empty() => Ok((reason, minutes)),
        _ => Err(Error::invalid_input(errors)),
    }
}

async fn leave(grant: PlatformGrant<EnterTenants>, Path(id): Path<Uuid>) -> Result<NoContent> {
    let user_id = grant.account().user_id();
    let database = &grant.runtime().database;
    let mut transaction = database.begin(Scope::Tenant(id), Mode::Write).await?;
    let args = [
        id.into_value(),
        user_id.into_value(),
        clock::now().into_value(),
    ];
    let ended = transaction.run(LEAVE, &args).await?;
    let mut row = ended.into_iter().next().ok_or_else(Error::not_found)?;
    let told = Told {
        word: "leave",
        action: "platform.tenant_left",
        entry_id: row.next().map_err(Error::internal)?,
        reason: None,
        changes: Map::new(),
    };
    tell(&mut transaction, &grant, id, told).await?;
    transaction.commit().await?;
    Ok(NoContent)
}

/// What both logs are told.
struct Told<'a> {
    word: &'static str,
    action: &'static str,
    entry_id: Uuid,
    reason: Option<&'a str>,
    changes: Map<String, serde_json::Value>,
}

async fn tell(
    transaction: &mut Transaction,
    grant: &PlatformGrant<EnterTenants>,
    tenant_id: Uuid,
    told: Told<'_>,
) -> Result<()> {
    let context = grant.account().context();
    let actor = grant.account().user_id();
    let change = Change {
        resource: "platform",
        action: Action::Other(told.word),
        record_id: told.entry_id,
        changes: told.changes,
    };
    let author = Author::new(Actor::Platform(actor), Some(context));
    audit::record_in(transaction, tenant_id, author, change).await?;
    let entry = Entry {
        actor: Some(actor),
        action: told.action,
        refused: false,
        target: Some(format!("tenant {tenant_id}")),
        reason: told.reason,
    };
    log::write(transaction, context, entry).await?;
    Ok(())
}

/// How far the staff reach in a tenant that they entered: all of it, or reading.
pub(crate) fn reaches(role: PlatformRole, kind: crate::model::Kind) -> bool {
    match role {
        PlatformRole::SuperAdmin => true,
        PlatformRole::Support => kind == crate::model::Kind::Read,
    }
}
