//! `GET /platform/tenants`, `PATCH /platform/tenants/{id}`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, json};
use uuid::Uuid;

use super::list::ListQuery;
use super::log::{self, Entry};
use super::users::require_in_office;
use super::{Status, Suspension};
use crate::audit::{self, Action, Actor, Author, Change};
use crate::authz::{PlatformGrant, ReadTenants, SuspendTenants, platform};
use crate::error::{Error, Result};
use crate::http::{Api, Json, Path};
use crate::store::{FieldValue, List, Mode, Row, Scope, UnexpectedValue};

pub(super) fn register(api: &mut Api) {
    api.get("/platform/tenants", platform(ReadTenants, list));
    api.patch("/platform/tenants/{id}", platform(SuspendTenants, suspend));
}

#[derive(Serialize)]
struct TenantView {
    id: Uuid,
    slug: String,
    name: String,
    status: String,
    members: i64,
    created_at: Timestamp,
}

/// The tenants after `$1` of status `$3` whose slug or name holds `$4`.
const TENANTS: &str = r"
    SELECT t.id, t.slug, t.name, t.status, t.created_at,
        (SELECT count(*) FROM user_tenants m WHERE m.tenant_id = t.id)
    FROM tenants t
    WHERE t.id > $1 AND t.status LIKE $3
        AND (t.slug LIKE $4 ESCAPE '\' OR lower(t.name) LIKE $4 ESCAPE '\')
    ORDER BY t.id LIMIT $2";

const TENANT: &str = "
    SELECT t.id, t.slug, t.name, t.status, t.created_at,
        (SELECT count(*) FROM user_tenants m WHERE m.tenant_id = t.id)
    FROM tenants t
    WHERE t.id = $1";

async fn list(grant: PlatformGrant<ReadTenants>, query: ListQuery) -> Result<List<TenantView>> {
    query.only(&["q", "status"])?;
    let runtime = grant.runtime();
    let (cursors, name) = (&runtime.cursors, query.name("tenants"));
    let after = query.page.after(cursors, Uuid::nil(), &name)?;
    let args = [
        after.unwrap_or(Uuid::nil()).into_value(),
        query.page.one_more().into_value(),
        query.status()?.to_owned().into_value(),
        query.pattern().into_value(),
    ];
    let mut transaction = runtime.database.begin(Scope::Platform, Mode::Read).await?;
    let rows = transaction.run(TENANTS, &args).await?;
    transaction.commit().await?;
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>();
    let mut tenants = views.map_err(Error::internal)?;
    let next = query
        .page
        .next(cursors, Uuid::nil(), &name, &mut tenants, |tenant| {
            tenant.id
        })?;
    Ok(List::new(tenants, next))
}

/// Closes a tenant to all its members from the next request on, or opens it again.
async fn suspend(
    grant: PlatformGrant<SuspendTenants>,
    Path(id): Path<Uuid>,
    Json(asked): Json<Suspension>,
) -> Result<Json<TenantView>> {
    let reason = asked.reason()?;
    let context = grant.account().context();
    let actor = grant.account().user_id();
    let database = &grant.runtime().database;
    let (word, action) = match asked.status {
        Status::Suspended => ("suspend", "platform.tenant_suspended"),
        Status::Active => ("reactivate", "platform.tenant_reactivated"),
    };
    let mut transaction = database.begin(Scope::Tenant(id), Mode::Write).await?;
    require_in_office(&mut transaction, actor).await?;
    let args = [
        id.into_value(),
        asked.status.as_str().to_owned().into_value(),
    ];
    let changed = transaction
        .run(
            "UPDATE tenants SET status = $2 WHERE id = $1 AND status <> $2 RETURNING id",
            &args,
        )
        .await?;
    if !changed.is_empty() {
        let change = Change {
            resource: "tenant",
            action: Action::Other(word),
            record_id: id,
            changes: Map::from_iter([
                ("status".to_owned(), json!({ "new": asked.status.as_str() })),
                ("reason".to_owned(), json!({ "new": reason })),
            ]),
        };
        let author = Author::new(Actor::Platform(actor), Some(context));
        audit::record_in(&mut transaction, id, author, change).await?;
        let entry = Entry {
            actor: Some(actor),
            action,
            refused: false,
            target: Some(format!("tenant {id}")),
            reason: Some(reason),
        };
        log::write(&mut transaction, context, entry).await?;
    }
    transaction.commit().await?;

    let mut transaction = database.begin(Scope::Platform, Mode::Read).await?;
    let rows = transaction.run(TENANT, &[id.into_value()]).await?;
    transaction.commit().await?;
    let row = rows.into_iter().next().ok_or_else(Error::not_found)?;
    view(row).map(Json).map_err(Error::internal)
}

fn view(mut row: Row) -> Result<TenantView, UnexpectedValue> {
    Ok(TenantView {
        id: row.next()?,
        slug: row.next()?,
        name: row.next()?,
        status: row.next()?,
        created_at: row.next()?,
        members: row.next()?,
    })
}
