//! `GET /platform/audit-log`: the platform's own log; with `tenant=` one tenant's, with `tenants=all`
//! those of all. Reading what is tenants' is itself written to the platform's log.

use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::list::ListQuery;
use super::log::{self, Entry};
use super::{entered_as, entry, reaches};
use crate::audit;
use crate::authn::PlatformRole;
use crate::authz::{PlatformGrant, ReadAudit, platform};
use crate::error::{Error, Result};
use crate::http::Api;
use crate::store::{FieldValue, List, Mode, Row, Scope, UnexpectedValue};

pub(super) fn register(api: &mut Api) {
    api.get("/platform/audit-log", platform(ReadAudit, list));
}

/// An entry of the platform's own log.
#[derive(Serialize)]
struct PlatformEntry {
    id: Uuid,
    at: Timestamp,
    actor_id: Option<Uuid>,
    action: String,
    outcome: String,
    target: Option<String>,
    reason: Option<String>,
    request_id: Option<Uuid>,
    address: Option<String>,
}

/// An entry of a tenant's log.
#[derive(Serialize)]
struct TenantEntry {
    id: Uuid,
    /// The tenant's slug.
    tenant: String,
    at: Timestamp,
    actor_id: Option<Uuid>,
    actor_kind: String,
    action: String,
    outcome: String,
    resource: String,
    record_id: Option<Uuid>,
    changes: Option<serde_json::Value>,
    request_id: Option<Uuid>,
    address: Option<String>,
}

/// The entries before `$1`, newest first.
const OWN: &str = "
    SELECT id, at, actor_id, action, outcome, target, reason, request_id, address
    FROM platform_audit_log
    WHERE id < $1
    ORDER BY id DESC LIMIT $2";

/// The entries of all tenants before `$1`, newest first. Read as the platform's own database role.
const OF_ALL: &str = "
    SELECT a.id, t.slug, a.at, a.actor_id, a.actor_kind, a.action, a.outcome, a.resource, a.record_id,
        a.changes, a.request_id, a.address
    FROM audit_log a JOIN tenants t ON t.id = a.tenant_id
    WHERE a.id < $1
    ORDER BY a.id DESC, a.tenant_id LIMIT $2";

/// The same of the tenant in `$3`.
const OF_ONE: &str = "
    SELECT a.id, t.slug, a.at, a.actor_id, a.actor_kind, a.action, a.outcome, a.resource, a.record_id,
        a.changes, a.request_id, a.address
    FROM audit_log a JOIN tenants t ON t.id = a.tenant_id
    WHERE a.tenant_id = $3 AND a.id < $1
    ORDER BY a.id DESC LIMIT $2";

async fn list(grant: PlatformGrant<ReadAudit>, query: ListQuery) -> Result<Response> {
    query.only(&["tenant", "tenants"])?;
    match (query.get("tenant"), query.get("tenants")) {
        (None, None) => own(&grant, &query).await,
        (Some(slug), None) => {
            let tenant = tenant(&grant, slug).await?;
            of_tenants(&grant, &query, Some(tenant)).await
        }
        (None, Some("all")) => of_tenants(&grant, &query, None).await,
        _ => Err(Error::invalid_query(
            "tenants",
            "Send `tenant=<slug>` or `tenants=all`.",
        )),
    }
}

async fn own(grant: &PlatformGrant<ReadAudit>, query: &ListQuery) -> Result<Response> {
    let runtime = grant.runtime();
    let (cursors, name) = (&runtime.cursors, query.name("platform_audit_log"));
    let before = query.page.after(cursors, Uuid::nil(), &name)?;
    let args = [
        before.unwrap_or(Uuid::max()).into_value(),
        query.page.one_more().into_value(),
    ];
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction.run(OWN, &args).await?;
    transaction.commit().await?;
    let views = rows
        .into_iter()
        .map(own_entry)
        .collect::<Result<Vec<_>, _>>();
    let mut entries = views.map_err(Error::internal)?;
    let next = query
        .page
        .next(cursors, Uuid::nil(), &name, &mut entries, |entry| entry.id)?;
    Ok(List::new(entries, next).into_response())
}

async fn tenant(grant: &PlatformGrant<ReadAudit>, slug: &str) -> Result<Uuid> {
    let database = &grant.runtime().database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let sql = "SELECT id FROM tenants WHERE slug = $1";
    let rows = transaction
        .run(sql, &[slug.to_owned().into_value()])
        .await?;
    transaction.commit().await?;
    let row = rows.into_iter().next();
    let unknown = || Error::invalid_query("tenant", "There is no such tenant.");
    row.ok_or_else(unknown)?.next().map_err(Error::internal)
}

async fn of_tenants(
    grant: &PlatformGrant<ReadAudit>,
    query: &ListQuery,
    tenant: Option<Uuid>,
) -> Result<Response> {
    let runtime = grant.runtime();
    tell(grant, tenant).await?;
    let (cursors, name) = (&runtime.cursors, query.name("audit_log"));
    let before = query.page.after(cursors, Uuid::nil(), &name)?;
    let mut args = vec![
        before.unwrap_or(Uuid::max()).into_value(),
        query.page.one_more().into_value(),
    ];
    let (sql, scope) = match tenant {
        None => (OF_ALL, Scope::Platform),
        Some(id) => {
            args.push(id.into_value());
            (OF_ONE, Scope::Tenant(id))
        }
    };
    let mut transaction = runtime.database.begin(scope, Mode::Read).await?;
    let rows = transaction.run(sql, &args).await?;
    // Support sees what was done; what the values were, only where the tenant knows that it looks.
    let sees_values = match (grant.account().session().platform_role, tenant) {
        (Some(PlatformRole::SuperAdmin), _) => true,
        (Some(PlatformRole::Support), Some(id)) => {
            let (sql, args) = entry(id, grant.account().user_id());
            entered_as(transaction.run(sql, &args).await?)?.is_some()
        }
        (Some(PlatformRole::Support), None) | (None, _) => false,
    };
    transaction.commit().await?;
    let views = rows.into_iter().map(tenant_entry);
    let views = views.collect::<Result<Vec<_>, _>>();
    let mut entries = views.map_err(Error::internal)?;
    // Support reads, but does not see guarded fields: nor their old values.
    let role = grant.account().session().platform_role;
    let passes = |slug: &str| {
        let mut permissions = runtime.model.permissions.iter();
        let permission = permissions.find(|permission| permission.slug == slug);
        role.zip(permission)
            .is_some_and(|(role, permission)| reaches(role, permission.kind))
    };
    for entry in &mut entries {
        let changes = entry.changes.take();
        let changes = changes.filter(|_| sees_values);
        entry.changes = audit::seen(runtime.model, &entry.resource, changes, passes);
    }
    let next = query
        .page
        .next(cursors, Uuid::nil(), &name, &mut entries, |entry| entry.id)?;
    Ok(List::new(entries, next).into_response())
}

/// Notes who looks into whose log, before they see anything.
async fn tell(grant: &PlatformGrant<ReadAudit>, tenant: Option<Uuid>) -> Result<()> {
    let context = grant.account().context();
    let database = &grant.runtime().database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let entry = Entry {
        actor: Some(grant.account().user_id()),
        action: "platform.audit_read",
        refused: false,
        target: Some(tenant.map_or("all tenants".to_owned(), |id| format!("tenant {id}"))),
        reason: None,
    };
    log::write(&mut transaction, context, entry).await?;
    transaction.commit().await?;
    Ok(())
}

fn own_entry(mut row: Row) -> Result<PlatformEntry, UnexpectedValue> {
    Ok(PlatformEntry {
        id: row.next()?,
        at: row.next()?,
        actor_id: row.next()?,
        action: row.next()?,
        outcome: row.next()?,
        target: row.next()?,
        reason: row.next()?,
        request_id: row.next()?,
        address: row.next()?,
    })
}

fn tenant_entry(mut row: Row) -> Result<TenantEntry, UnexpectedValue> {
    Ok(TenantEntry {
        id: row.next()?,
        tenant: row.next()?,
        at: row.next()?,
        actor_id: row.next()?,
        actor_kind: row.next()?,
        action: row.next()?,
        outcome: row.next()?,
        resource: row.next()?,
        record_id: row.next()?,
        changes: row.next()?,
        request_id: row.next()?,
        address: row.next()?,
    })
}
