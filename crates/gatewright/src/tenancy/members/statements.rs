//! What members are read and changed by. Each statement names the tenant, in `$1`.

use jiff::Timestamp;
use uuid::Uuid;

use super::list::MemberView;
use crate::authz::Role;
use crate::clock;
use crate::error::{Error, Result};
use crate::store::{FailedAt, FieldValue, Row, UnexpectedValue, Unit, Value};

/// Who belongs to the tenant in `$1`, after the membership in `$2`.
pub(super) const MEMBERS: &str = "
    SELECT m.id, m.user_id, u.email, u.name, m.status, m.created_at
    FROM user_tenants m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND m.id > $2
    ORDER BY m.id LIMIT $3";

/// The roles of the members in `$1` whose memberships lie after `$2`, up to `$3`: those of one page.
pub(super) const ROLE_NAMES: &str = "
    SELECT m.user_id, r.name
    FROM user_tenants m
    JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id
    JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
    WHERE m.tenant_id = $1 AND m.id > $2 AND m.id <= $3
    ORDER BY r.name";

const BY_ID: &str = "
    SELECT m.id, m.user_id, u.email, u.name, m.status, m.created_at, u.status
    FROM user_tenants m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND m.id = $2";

pub(super) const BY_USER: &str = "
    SELECT m.id, m.user_id, u.email, u.name, m.status, m.created_at, u.status
    FROM user_tenants m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND m.user_id = $2";

/// The roles that the user in `$2` has, each with what the tenant has changed in it.
pub(super) const ROLES_OF: &str = "
    SELECT r.id, r.name, r.template, p.permission, p.effect, p.extent
    FROM user_tenant_roles a
    JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
    LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id
    WHERE a.tenant_id = $1 AND a.user_id = $2
    ORDER BY r.id";

/// All roles of the tenant, likewise.
const ROLES: &str = "
    SELECT r.id, r.name, r.template, p.permission, p.effect, p.extent
    FROM roles r
    LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id
    WHERE r.tenant_id = $1
    ORDER BY r.id";

const SET_STATUS: &str = "
    UPDATE user_tenants SET status = $3 WHERE tenant_id = $1 AND id = $2";

pub(super) const REMOVE: &str = "
    DELETE FROM user_tenants WHERE tenant_id = $1 AND id = $2";

const GIVE: &str = "
    INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at)
    VALUES ($1, $2, $3, $4)";

const TAKE: &str = "
    DELETE FROM user_tenant_roles WHERE tenant_id = $1 AND user_id = $2 AND role_id = $3";

/// An active owner of the tenant whose account is active too.
pub(super) const OWNER: &str = "
    SELECT m.id
    FROM roles r
    JOIN user_tenant_roles a ON a.tenant_id = r.tenant_id AND a.role_id = r.id
    JOIN user_tenants m ON m.tenant_id = a.tenant_id AND m.user_id = a.user_id
    JOIN users u ON u.id = m.user_id
    WHERE r.tenant_id = $1 AND r.template = 'owner' AND m.status = 'active' AND u.status = 'active'
    LIMIT 1";

/// Ends the browser sessions of the user in `$2` on the tenant's host. Bearer sessions go on: they
/// are of the account, and open the tenant no more.
const END_SESSIONS: &str = "
    UPDATE sessions SET revoked_at = $3
    WHERE host_tenant = $1 AND user_id = $2 AND transport = 'cookie' AND revoked_at IS NULL";

/// A member, with all that a change is judged by.
#[derive(Debug)]
pub(super) struct StoredMember {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    email: String,
    name: String,
    pub(super) status: String,
    created_at: Timestamp,
    account_status: String,
    pub(super) roles: Vec<Role>,
}

impl StoredMember {
    pub(super) fn read(mut row: Row) -> Result<Self, UnexpectedValue> {
        Ok(Self {
            id: row.next()?,
            user_id: row.next()?,
            email: row.next()?,
            name: row.next()?,
            status: row.next()?,
            created_at: row.next()?,
            account_status: row.next()?,
            roles: Vec::new(),
        })
    }

    /// Whether a request of theirs would pass the gate.
    pub(super) fn is_active(&self) -> bool {
        self.status == "active" && self.account_status == "active"
    }

    pub(super) fn is_owner(&self) -> bool {
        self.roles.iter().any(Role::is_owner)
    }

    pub(super) fn role_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.roles.iter().map(|role| role.name.clone()).collect();
        names.sort();
        names
    }

    pub(super) fn view(self) -> MemberView {
        MemberView {
            roles: self.role_names(),
            id: self.id,
            user_id: self.user_id,
            email: self.email,
            name: self.name,
            status: self.status,
            created_at: self.created_at,
        }
    }
}

/// The member of the unit's tenant with this membership.
///
/// # Errors
/// 404.
pub(super) async fn find(unit: &Unit, id: Uuid) -> Result<StoredMember> {
    let found = member(unit, BY_ID, id).await?;
    found.ok_or_else(Error::not_found)
}

/// The member who is this user.
pub(super) async fn find_user(unit: &Unit, user_id: Uuid) -> Result<Option<StoredMember>> {
    member(unit, BY_USER, user_id).await
}

async fn member(unit: &Unit, sql: &str, key: Uuid) -> Result<Option<StoredMember>> {
    let tenant = unit.caller().tenant_id.into_value();
    let rows = unit.run(sql, &[tenant.clone(), key.into_value()]).await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let mut member = StoredMember::read(row).map_err(Error::internal)?;
    let args = [tenant, member.user_id.into_value()];
    let rows = unit.run(ROLES_OF, &args).await?;
    member.roles = Role::collect(rows).map_err(Error::internal)?;
    Ok(Some(member))
}

/// All roles of the unit's tenant.
pub(super) async fn roles(unit: &Unit) -> Result<Vec<Role>> {
    let rows = unit
        .run(ROLES, &[unit.caller().tenant_id.into_value()])
        .await?;
    Role::collect(rows).map_err(Error::internal)
}

pub(super) async fn set_status(unit: &Unit, id: Uuid, status: &str) -> Result<()> {
    let args = [
        unit.caller().tenant_id.into_value(),
        id.into_value(),
        status.to_owned().into_value(),
    ];
    unit.run(SET_STATUS, &args).await?;
    Ok(())
}

/// Removes a membership; its roles go with it.
pub(super) async fn remove(unit: &Unit, id: Uuid) -> Result<()> {
    let args = [unit.caller().tenant_id.into_value(), id.into_value()];
    unit.run(REMOVE, &args).await?;
    Ok(())
}

pub(super) async fn give(unit: &Unit, user_id: Uuid, roles: &[&Role]) -> Result<()> {
    let now = clock::now();
    let each: Vec<_> = roles
        .iter()
        .map(|role| [&key(unit, user_id, role)[..], &[now.into_value()]].concat())
        .collect();
    let given = unit.run_each(GIVE, &each).await;
    given
        .map(drop)
        .map_err(|FailedAt { error, .. }| error.into())
}

pub(super) async fn take(unit: &Unit, user_id: Uuid, roles: &[&Role]) -> Result<()> {
    let each: Vec<_> = roles
        .iter()
        .map(|role| key(unit, user_id, role).to_vec())
        .collect();
    let taken = unit.run_each(TAKE, &each).await;
    taken
        .map(drop)
        .map_err(|FailedAt { error, .. }| error.into())
}

fn key(unit: &Unit, user_id: Uuid, role: &Role) -> [Value; 3] {
    [
        unit.caller().tenant_id.into_value(),
        user_id.into_value(),
        role.id.into_value(),
    ]
}

/// Whether somebody active owns the unit's tenant.
pub(super) async fn has_owner(unit: &Unit) -> Result<bool> {
    let rows = unit
        .run(OWNER, &[unit.caller().tenant_id.into_value()])
        .await?;
    Ok(!rows.is_empty())
}

/// Ends what browsers of this user have open on the tenant's host.
pub(super) async fn end_sessions(unit: &Unit, user_id: Uuid) -> Result<()> {
    let args = [
        unit.caller().tenant_id.into_value(),
        user_id.into_value(),
        clock::now().into_value(),
    ];
    unit.run(END_SESSIONS, &args).await?;
    Ok(())
}
