//! The platform's own endpoints, across tenants.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::authz::{PlatformGrant, ReadTenants, platform};
use crate::error::{Error, Result};
use crate::http::{Api, PageQuery};
use crate::store::{FieldValue, List, Mode, Row, Scope, UnexpectedValue};

pub(crate) fn register(api: &mut Api) {
    api.get("/platform/tenants", platform(ReadTenants, list_tenants));
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

const TENANTS: &str = "
    SELECT t.id, t.slug, t.name, t.status, t.created_at,
        (SELECT count(*) FROM user_tenants m WHERE m.tenant_id = t.id)
    FROM tenants t
    WHERE t.id > $1
    ORDER BY t.id LIMIT $2";

async fn list_tenants(
    grant: PlatformGrant<ReadTenants>,
    query: PageQuery,
) -> Result<List<TenantView>> {
    let runtime = grant.runtime();
    let after = query
        .after(&runtime.cursors, Uuid::nil(), "tenants")?
        .unwrap_or(Uuid::nil());
    let mut transaction = runtime.database.begin(Scope::Platform, Mode::Read).await?;
    let rows = transaction
        .run(
            TENANTS,
            &[after.into_value(), query.one_more().into_value()],
        )
        .await?;
    transaction.commit().await?;
    let mut tenants = rows
        .into_iter()
        .map(view)
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::internal)?;
    let next_cursor = query.next(
        &runtime.cursors,
        Uuid::nil(),
        "tenants",
        &mut tenants,
        |tenant| tenant.id,
    )?;
    Ok(List::new(tenants, next_cursor))
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
