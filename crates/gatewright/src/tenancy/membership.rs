//! Membership and roles, read for each request.

use uuid::Uuid;

use super::Tenant;
use crate::error::{Error, Result};
use crate::store::{Scope, Transaction, Value};

/// An active membership of an active tenant.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) tenant: Tenant,
    /// Names of the roles, in no order that matters.
    pub(crate) roles: Vec<String>,
}

const MEMBERSHIP: &str = "
    SELECT m.status, r.name
    FROM user_tenants m
    LEFT JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id
    LEFT JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
    WHERE m.tenant_id = $1 AND m.user_id = $2";

/// The membership of a user in a tenant, as it is now.
///
/// # Errors
/// `tenant_forbidden` without one or with a suspended one, `tenant_suspended` for a member of a suspended tenant.
///
/// The transaction is in the tenant's scope afterwards.
pub(crate) async fn membership(
    transaction: &mut Transaction,
    tenant: Tenant,
    user_id: Uuid,
) -> Result<Membership> {
    transaction.rescope(Scope::Tenant(tenant.id)).await?;
    let rows = transaction
        .run(MEMBERSHIP, &[Value::Uuid(tenant.id), Value::Uuid(user_id)])
        .await?;

    if rows.is_empty() {
        return Err(Error::tenant_forbidden());
    }
    let mut roles = Vec::with_capacity(rows.len());
    for mut row in rows {
        let status: String = row.next().map_err(Error::internal)?;
        if status != "active" {
            return Err(Error::tenant_forbidden());
        }
        roles.extend(row.next::<Option<String>>().map_err(Error::internal)?);
    }
    if tenant.suspended {
        return Err(Error::tenant_suspended());
    }
    Ok(Membership { tenant, roles })
}
