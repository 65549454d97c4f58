//! Membership and roles, read for each request.

use uuid::Uuid;

use super::Tenant;
use crate::audit::Actor;
use crate::authn::Session;
use crate::authz::{Role, Standing};
use crate::error::{Error, Result};
use crate::platform;
use crate::runtime::Runtime;
use crate::store::{Row, Scope, Transaction, UnexpectedValue, Unit, Value};

/// Somebody's place in a tenant: an active membership of an active tenant, or the entry of the
/// platform's staff.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) tenant: Tenant,
    pub(crate) standing: Standing,
    /// As whom they act there.
    pub(crate) actor: Actor,
}

/// The status of the membership of `$2` in `$1`, with each of their roles and what the tenant has
/// changed in it.
pub(super) const MEMBERSHIP: &str = "
    SELECT m.status, r.id, r.name, r.template, p.permission, p.effect, p.extent
    FROM user_tenants m
    LEFT JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id
    LEFT JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
    LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id
    WHERE m.tenant_id = $1 AND m.user_id = $2
    ORDER BY r.id";

/// The place of a session's user in a tenant, as it is now. Staff who entered the tenant are that,
/// whatever membership they have besides, and find a suspended tenant open.
///
/// # Errors
/// `tenant_forbidden` without one or with a suspended one, `tenant_suspended` for a member of a suspended tenant.
///
/// The transaction is in the tenant's scope afterwards.
pub(crate) async fn membership(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant: Tenant,
    session: &Session,
) -> Result<Membership> {
    transaction.rescope(Scope::Tenant(tenant.id)).await?;
    let user_id = session.user.id;
    if session.platform_role.is_some() {
        return place_of(transaction, runtime, tenant, user_id).await;
    }
    membership_of(transaction, runtime, tenant, user_id).await
}

/// The place of an active account that may be one of the staff, in a transaction that is in the
/// tenant's scope.
///
/// # Errors
/// As [`membership`].
pub(crate) async fn place_of(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant: Tenant,
    user_id: Uuid,
) -> Result<Membership> {
    let (sql, args) = platform::entry(tenant.id, user_id);
    if let Some(role) = platform::entered_as(transaction.run(sql, &args).await?)? {
        return Ok(Membership {
            tenant,
            standing: Standing::of_staff(runtime.model, |kind| platform::reaches(role, kind)),
            actor: Actor::Platform(user_id),
        });
    }
    membership_of(transaction, runtime, tenant, user_id).await
}

async fn membership_of(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant: Tenant,
    user_id: Uuid,
) -> Result<Membership> {
    let rows = transaction
        .run(MEMBERSHIP, &[Value::Uuid(tenant.id), Value::Uuid(user_id)])
        .await?;
    let standing = read(runtime, rows).map_err(Error::internal)?;
    let standing = standing.ok_or_else(Error::tenant_forbidden)?;
    if tenant.suspended {
        return Err(Error::tenant_suspended());
    }
    Ok(Membership {
        tenant,
        standing,
        actor: Actor::User(user_id),
    })
}

/// What an active member of the unit's tenant may do, as the unit's transaction sees it; `None` for
/// whoever is none.
pub(super) async fn standing(unit: &Unit, user_id: Uuid) -> Result<Option<Standing>> {
    let args = [Value::Uuid(unit.caller().tenant_id), Value::Uuid(user_id)];
    let rows = unit.run(MEMBERSHIP, &args).await?;
    read(unit.runtime(), rows).map_err(Error::internal)
}

/// The same in a transaction that is in the tenant's scope, for whoever works without a grant.
pub(crate) async fn standing_in(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant_id: Uuid,
    user_id: Uuid,
) -> Result<Option<Standing>> {
    let args = [Value::Uuid(tenant_id), Value::Uuid(user_id)];
    let rows = transaction.run(MEMBERSHIP, &args).await?;
    read(runtime, rows).map_err(Error::internal)
}

fn read(runtime: &Runtime, rows: Vec<Row>) -> Result<Option<Standing>, UnexpectedValue> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut roles = Vec::new();
    for mut row in rows {
        if row.next::<String>()? != "active" {
            return Ok(None);
        }
        Role::read(&mut row, &mut roles)?;
    }
    Ok(Some(Standing::new(runtime.model, &runtime.roles, roles)))
}
