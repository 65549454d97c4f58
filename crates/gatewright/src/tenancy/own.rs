//! The tenant itself: made by an account, seen, renamed and closed by its members.
//!
//! A slug is for good. Hosts, links in mails and cookies name a tenant by it, and a slug that is
//! given up would lead those to whoever takes it next.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use uuid::Uuid;

use super::Authority;
use super::onboarding::{self, NewTenant};
use crate::audit::{self, Action, Author, Change};
use crate::authn::PlatformRole;
use crate::authz::permissions::tenant;
use crate::authz::{Account, Grant, Permission, protect, signed_in};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Api, Json, given};
use crate::model::Signup;
use crate::store::{FieldValue, Mode, Row, Scope, UnexpectedValue, Unit};

pub(crate) fn register(api: &mut Api) {
    api.post("/api/tenants", signed_in(create));
    api.get("/api/tenant", protect(tenant::Read, show));
    api.patch("/api/tenant", protect(tenant::Update, rename));
    api.post("/api/tenant/suspend", protect(tenant::Suspend, suspend));
}

#[derive(Serialize)]
struct TenantView {
    id: Uuid,
    slug: String,
    name: String,
    /// `active` or `suspended`.
    status: String,
    created_at: Timestamp,
    /// Who of the platform's staff is in the tenant now.
    platform_access: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    /// The address of the account.
    by: String,
    reason: String,
    since: Timestamp,
    until: Timestamp,
}

const TENANT: &str = "SELECT id, slug, name, status, created_at FROM tenants WHERE id = $1";

/// The entries of the tenant in `$1` that hold at `$2`.
const ENTRIES: &str = "
    SELECT u.email, e.reason, e.created_at, e.expires_at
    FROM platform_entries e
    JOIN users u ON u.id = e.user_id
    JOIN platform_roles p ON p.user_id = e.user_id
    WHERE e.tenant_id = $1 AND e.ended_at IS NULL AND e.expires_at > $2 AND u.status = 'active'
    ORDER BY e.created_at, e.id";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateTenant {
    name: String,
    slug: String,
}

/// Makes a tenant that the account owns, where anybody may have one; elsewhere for the super admin alone.
async fn create(account: Account, Json(request): Json<CreateTenant>) -> Result<Response> {
    let context = account.context();
    let runtime = &context.runtime;
    let staff = account.session().platform_role == Some(PlatformRole::SuperAdmin);
    match runtime.model.auth.signup {
        Signup::Open => {}
        // Somebody has to make the first tenant.
        Signup::InviteOnly | Signup::Closed if staff => {}
        Signup::InviteOnly | Signup::Closed => return Err(Error::not_found()),
    }
    let new = NewTenant::parse(&request.name, &request.slug)?;
    let owner = account.user_id();
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let author = Author::user(owner, Some(context));
    let id =
        onboarding::create_tenant(&mut transaction, runtime.model, &new, owner, author).await?;
    let rows = transaction.run(TENANT, &[id.into_value()]).await?;
    let view = read(rows, Vec::new())?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

async fn show(grant: Grant<tenant::Read>) -> Result<Json<TenantView>> {
    let access = grant.access::<tenant::Read>();
    view(access.unit(), grant.tenant_id()).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatchTenant {
    /// A tenant has a name: `null` is none.
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
}

async fn rename(
    grant: Grant<tenant::Update>,
    Json(patch): Json<PatchTenant>,
) -> Result<Json<TenantView>> {
    let access = grant.access::<tenant::Update>();
    let (unit, id) = (access.unit(), grant.tenant_id());
    if let Some(name) = patch.name {
        let name =
            onboarding::parse_name(&name).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
        let authority = Authority::take(unit, grant.standing()).await?;
        authority.require(tenant::Update::SLUG)?;
        let old = read(unit.run(TENANT, &[id.into_value()]).await?, Vec::new())?.name;
        if name != old {
            let args = [id.into_value(), name.clone().into_value()];
            unit.run("UPDATE tenants SET name = $2 WHERE id = $1", &args)
                .await?;
            let changes = Map::from_iter([("name".to_owned(), json!({ "old": old, "new": name }))]);
            record(unit, id, Action::Update, changes).await?;
        }
    }
    view(unit, id).await
}

/// Closes the tenant to everybody in it; the platform alone opens it again.
async fn suspend(grant: Grant<tenant::Suspend>) -> Result<Json<TenantView>> {
    let access = grant.access::<tenant::Suspend>();
    let (unit, id) = (access.unit(), grant.tenant_id());
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(tenant::Suspend::SLUG)?;
    let suspended = unit
        .run(
            "UPDATE tenants SET status = 'suspended' WHERE id = $1 AND status = 'active' RETURNING id",
            &[id.into_value()],
        )
        .await?;
    if !suspended.is_empty() {
        let changes = json!({ "old": "active", "new": "suspended" });
        let changes = Map::from_iter([("status".to_owned(), changes)]);
        record(unit, id, Action::Other("suspend"), changes).await?;
    }
    view(unit, id).await
}

async fn record(
    unit: &Unit,
    id: Uuid,
    action: Action,
    changes: Map<String, serde_json::Value>,
) -> Result<()> {
    let change = Change {
        resource: "tenant",
        action,
        record_id: id,
        changes,
    };
    audit::record(unit, change).await
}

async fn view(unit: &Unit, id: Uuid) -> Result<Json<TenantView>> {
    let now = clock::now();
    let entries = unit
        .run(ENTRIES, &[id.into_value(), now.into_value()])
        .await?;
    let entries = entries.into_iter().map(entry).collect::<Result<_, _>>();
    let entries = entries.map_err(Error::internal)?;
    read(unit.run(TENANT, &[id.into_value()]).await?, entries).map(Json)
}

fn entry(mut row: Row) -> Result<Entry, UnexpectedValue> {
    Ok(Entry {
        by: row.next()?,
        reason: row.next()?,
        since: row.next()?,
        until: row.next()?,
    })
}

fn read(rows: Vec<Row>, platform_access: Vec<Entry>) -> Result<TenantView> {
    // It was there when the gate looked.
    let mut row = rows
        .into_iter()
        .next()
        .ok_or_else(Error::tenant_forbidden)?;
    let tenant = || -> Result<TenantView, UnexpectedValue> {
        Ok(TenantView {
            id: row.next()?,
            slug: row.next()?,
            name: row.next()?,
            status: row.next()?,
            created_at: row.next()?,
            platform_access,
        })
    };
    tenant().map_err(Error::internal)
}

#[cfg(test)]
mod tests;
