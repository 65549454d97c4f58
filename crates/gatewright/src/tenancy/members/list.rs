//! `GET /api/members` and `GET /api/members/{id}`

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::statements::{MEMBERS, ROLE_NAMES, find};
use crate::authz::permissions::members;
use crate::authz::{Grant, protect};
use crate::error::{Error, Result};
use crate::http::{Api, Json, PageQuery, Path};
use crate::store::{FieldValue, List, Row, UnexpectedValue};

pub(super) fn register(api: &mut Api) {
    api.get("/api/members", protect(members::Read, list));
    api.get("/api/members/{id}", protect(members::Read, show));
}

/// A member as answers show them. `id` is the membership's.
#[derive(Debug, Serialize)]
pub(super) struct MemberView {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) roles: Vec<String>,
    pub(super) created_at: Timestamp,
}

async fn list(grant: Grant<members::Read>, query: PageQuery) -> Result<List<MemberView>> {
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
        let rows = unit.run(ROLE_NAMES, &args).await?;
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

async fn show(grant: Grant<members::Read>, Path(id): Path<Uuid>) -> Result<Json<MemberView>> {
    let unit = grant.access::<members::Read>().unit();
    let member = find(unit, id).await?;
    Ok(Json(member.view()))
}
