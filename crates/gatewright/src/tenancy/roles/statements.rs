//! What roles are read and changed by. Each statement names the tenant, in `$1`.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::authz::{Effect, Extent, Override, Role};
use crate::clock;
use crate::error::{Error, Result};
use crate::store::{FailedAt, FieldValue, Row, StoreError, UnexpectedValue, Unit, Value};

/// The roles of `$1` after the one in `$2`: which ones are on a page.
const PAGE: &str = "
    SELECT id FROM roles WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";

/// The roles of `$1` from `$2` to `$3`, each with what the tenant has changed in it.
const ROLES: &str = "
    SELECT r.id, r.name, r.template, p.permission, p.effect, p.extent, r.version, r.created_at
    FROM roles r
    LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id
    WHERE r.tenant_id = $1 AND r.id >= $2 AND r.id <= $3
    ORDER BY r.id, p.permission";

/// How many members have each of these roles.
const HOLDERS: &str = "
    SELECT role_id, COUNT(*) FROM user_tenant_roles
    WHERE tenant_id = $1 AND role_id >= $2 AND role_id <= $3
    GROUP BY role_id";

const INSERT: &str = "
    INSERT INTO roles (tenant_id, id, name, created_at, version) VALUES ($1, $2, $3, $4, 1)";

const UPDATE: &str = "
    UPDATE roles SET name = $3, version = $4 WHERE tenant_id = $1 AND id = $2";

const DELETE: &str = "
    DELETE FROM roles WHERE tenant_id = $1 AND id = $2";

const INSERT_OVERRIDE: &str = "
    INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

const DELETE_OVERRIDES: &str = "
    DELETE FROM role_permissions WHERE tenant_id = $1 AND role_id = $2";

/// A member who has the role in `$2`.
const HOLDER: &str = "
    SELECT user_id FROM user_tenant_roles WHERE tenant_id = $1 AND role_id = $2 LIMIT 1";

/// An invitation with the role in `$2` that can still be accepted.
const INVITED: &str = "
    SELECT i.id
    FROM invitation_roles a
    JOIN invitations i ON i.tenant_id = a.tenant_id AND i.id = a.invitation_id
    WHERE a.tenant_id = $1 AND a.role_id = $2
        AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $3
    LIMIT 1";

/// A role with what only its own endpoints need.
#[derive(Debug)]
pub(super) struct StoredRole {
    pub(super) role: Role,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) members: i64,
}

/// The ids of a page of roles.
pub(super) async fn page(unit: &Unit, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let args = [
        unit.caller().tenant_id.into_value(),
        after.into_value(),
        limit.into_value(),
    ];
    let rows = unit.run(PAGE, &args).await?;
    let ids = rows.into_iter().map(|mut row| row.next());
    ids.collect::<Result<_, _>>().map_err(Error::internal)
}

/// The roles from the first id to the last.
pub(super) async fn between(unit: &Unit, first: Uuid, last: Uuid) -> Result<Vec<StoredRole>> {
    let args = [
        unit.caller().tenant_id.into_value(),
        first.into_value(),
        last.into_value(),
    ];
    let roles = unit.run(ROLES, &args).await?;
    let holders = unit.run(HOLDERS, &args).await?;
    read(roles, holders).map_err(Error::internal)
}

fn read(rows: Vec<Row>, holders: Vec<Row>) -> Result<Vec<StoredRole>, UnexpectedValue> {
    let mut roles = Vec::new();
    let mut versions: Vec<(i64, Timestamp)> = Vec::new();
    for mut row in rows {
        Role::read(&mut row, &mut roles)?;
        if versions.len() < roles.len() {
            versions.push((row.next()?, row.next()?));
        }
    }
    let mut members: HashMap<Uuid, i64> = HashMap::new();
    for mut row in holders {
        members.insert(row.next()?, row.next()?);
    }
    let of = |(role, (version, created_at)): (Role, _)| StoredRole {
        members: members.get(&role.id).copied().unwrap_or_default(),
        role,
        version,
        created_at,
    };
    Ok(roles.into_iter().zip(versions).map(of).collect())
}

/// All roles of the unit's tenant.
pub(super) async fn all(unit: &Unit) -> Result<Vec<StoredRole>> {
    between(unit, Uuid::nil(), Uuid::max()).await
}

/// One role.
///
/// # Errors
/// 404.
pub(super) async fn find(unit: &Unit, id: Uuid) -> Result<StoredRole> {
    let found = between(unit, id, id).await?.into_iter().next();
    found.ok_or_else(Error::not_found)
}

/// Makes a role without permissions and answers its id.
///
/// # Errors
/// 409 on `name`.
pub(super) async fn insert(unit: &Unit, name: &str) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let args = [
        unit.caller().tenant_id.into_value(),
        id.into_value(),
        name.to_owned().into_value(),
        clock::now().into_value(),
    ];
    unit.run(INSERT, &args).await.map_err(named)?;
    Ok(id)
}

/// Gives a role its name and its next version.
///
/// # Errors
/// 409 on `name`.
pub(super) async fn update(unit: &Unit, id: Uuid, name: &str, version: i64) -> Result<()> {
    let args = [
        unit.caller().tenant_id.into_value(),
        id.into_value(),
        name.to_owned().into_value(),
        version.into_value(),
    ];
    unit.run(UPDATE, &args).await.map_err(named)?;
    Ok(())
}

fn named(error: StoreError) -> Error {
    match error {
        StoreError::Unique(_) => name_taken().caused_by(error),
        other => other.into(),
    }
}

pub(super) fn name_taken() -> Error {
    Error::conflict(
        "name",
        "taken",
        "Another role has this name. Choose another.",
    )
}

/// Puts these in the place of all overrides that the role has.
pub(super) async fn replace_overrides(unit: &Unit, id: Uuid, all: &[Override]) -> Result<()> {
    let tenant = unit.caller().tenant_id.into_value();
    unit.run(DELETE_OVERRIDES, &[tenant.clone(), id.into_value()])
        .await?;
    let now = clock::now();
    let each: Vec<Vec<Value>> = all
        .iter()
        .map(|one| {
            let (effect, extent) = match one.effect {
                Effect::Add(extent) => ("add", extent),
                Effect::Remove => ("remove", Extent::All),
            };
            vec![
                tenant.clone(),
                id.into_value(),
                one.permission.clone().into_value(),
                effect.to_owned().into_value(),
                extent.as_str().to_owned().into_value(),
                now.into_value(),
            ]
        })
        .collect();
    let written = unit.run_each(INSERT_OVERRIDE, &each).await;
    written
        .map(drop)
        .map_err(|FailedAt { error, .. }| error.into())
}

/// Whether a member has the role, or an invitation that is still good offers it.
pub(super) async fn is_used(unit: &Unit, id: Uuid) -> Result<bool> {
    let key = [unit.caller().tenant_id.into_value(), id.into_value()];
    if !unit.run(HOLDER, &key).await?.is_empty() {
        return Ok(true);
    }
    let args = [&key[..], &[clock::now().into_value()]].concat();
    Ok(!unit.run(INVITED, &args).await?.is_empty())
}

/// Removes a role and its overrides.
pub(super) async fn delete(unit: &Unit, id: Uuid) -> Result<()> {
    let args = [unit.caller().tenant_id.into_value(), id.into_value()];
    unit.run(DELETE, &args).await?;
    Ok(())
}
