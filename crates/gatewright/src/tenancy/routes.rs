//! Who belongs to the tenant, and what they may do.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::authz::permissions::{Member, members};
use crate::authz::{Grant, member, protect};
use crate::error::{Error, Result};
use crate::http::{Api, Json, PageQuery};
use crate::store::{FieldValue, List, Row, UnexpectedValue};

pub(crate) fn register(api: &mut Api) {
    api.get("/api/members", protect(members::Read, list_members));
    api.get("/api/me/permissions", member(my_permissions));
}

#[derive(Serialize)]
struct MyPermissions {
    tenant: String,
    roles: Vec<String>,
    permissions: Vec<&'static str>,
}

async fn my_permissions(grant: Grant<Member>) -> Json<MyPermissions> {
    let model = grant.access::<Member>().unit().runtime().model;
    let held = model
        .permissions
        .iter()
        .map(|permission| permission.slug)
        .filter(|slug| grant.can(slug));
    let mut roles = grant.roles().to_vec();
    roles.sort();
    Json(MyPermissions {
        tenant: grant.tenant_slug().to_owned(),
        roles,
        permissions: held.collect(),
    })
}

#[derive(Serialize)]
struct MemberView {
    id: Uuid,
    user_id: Uuid,
    email: String,
    name: String,
    status: String,
    roles: Vec<String>,
    created_at: Timestamp,
}

/// Who belongs to the tenant in `$1`, after the membership in `$2`.
const MEMBERS: &str = "
    SELECT m.id, m.user_id, u.email, u.name, m.status, m.created_at
    FROM user_tenants m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND m.id > $2
    ORDER BY m.id LIMIT $3";

/// The roles of the members in `$1` whose memberships lie after `$2`, up to `$3`: those of one page.
const ROLES: &str = "
    SELECT m.user_id, r.name
    FROM user_tenants m
    JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id
    JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
    WHERE m.tenant_id = $1 AND m.id > $2 AND m.id <= $3
    ORDER BY r.name";

async fn list_members(grant: Grant<members::Read>, query: PageQuery) -> Result<List<MemberView>> {
    let unit = grant.access::<members::Read>().unit();
    let cursors = &unit.runtime().cursors;
    let tenant = grant.tenant_id();
    let after = query
        .after(cursors, tenant, "members")?
        .unwrap_or(Uuid::nil());
    let args = [
        tenant.into_value(),
        after.into_value(),
        query.one_more().into_value(),
    ];
    let rows = unit.run(MEMBERS, &args).await?;

    let mut members = rows
        .into_iter()
        .map(view)
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::internal)?;
    let next_cursor = query.next(cursors, tenant, "members", &mut members, |member| member.id)?;
    if let Some(last) = members.last() {
        let args = [
            tenant.into_value(),
            after.into_value(),
            last.id.into_value(),
        ];
        let rows = unit.run(ROLES, &args).await?;
        let mut roles = roles_by_user(rows).map_err(Error::internal)?;
        for member in &mut members {
            member.roles = roles.remove(&member.user_id).unwrap_or_default();
        }
    }
    Ok(List::new(members, next_cursor))
}

fn roles_by_user(rows: Vec<Row>) -> Result<HashMap<Uuid, Vec<String>>, UnexpectedValue> {
    let mut roles: HashMap<Uuid, Vec<String>> = HashMap::new();
    for mut row in rows {
        roles.entry(row.next()?).or_default().push(row.next()?);
    }
    Ok(roles)
}

fn view(mut row: Row) -> Result<MemberView, UnexpectedValue> {
    Ok(MemberView {
        id: row.next()?,
        user_id: row.next()?,
        email: row.next()?,
        name: row.next()?,
        status: row.next()?,
        created_at: row.next()?,
        roles: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
