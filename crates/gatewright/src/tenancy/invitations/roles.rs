//! The roles of an invitation, and who may give them.

use uuid::Uuid;

use crate::authz::permissions::{invitations, roles};
use crate::authz::{Permission, ROLE_COLUMNS, Role, Standing};
use crate::error::{Error, FieldError, Result};
use crate::runtime::Runtime;
use crate::store::{FieldValue, Transaction, Unit, Value};
use crate::tenancy::Authority;

/// More than any tenant has use for.
const MOST: usize = 50;

/// Whether somebody of this standing may invite at all.
fn may_invite(runtime: &Runtime, standing: &Standing) -> bool {
    [invitations::Create::SLUG, roles::Assign::SLUG]
        .iter()
        .all(|slug| {
            let index = runtime.model.permission(slug);
            index.is_some_and(|index| standing.held.extent(index).is_some())
        })
}

/// The roles of these names, in the order of the tenant's.
///
/// # Errors
/// 422 on `roles` for none or too many, on `roles.N` for one that the tenant does not have.
pub(super) async fn named(unit: &Unit, names: &[String]) -> Result<Vec<Role>> {
    if names.is_empty() {
        return Err(Error::invalid("roles", "empty", "Name one role at least."));
    }
    if names.len() > MOST {
        let message = format!("Name {MOST} roles at most.");
        return Err(Error::invalid("roles", "too_many", message));
    }
    let sql = format!(
        "SELECT {ROLE_COLUMNS} FROM roles r \
         LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id \
         WHERE r.tenant_id = $1 ORDER BY r.id"
    );
    let args = [Value::Uuid(unit.caller().tenant_id)];
    let all = Role::collect(unit.run(&sql, &args).await?).map_err(Error::internal)?;
    let unknown: Vec<FieldError> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !all.iter().any(|role| role.name == **name))
        .map(|(at, _)| FieldError::new(format!("roles.{at}"), "unknown", "There is no such role."))
        .collect();
    if !unknown.is_empty() {
        return Err(Error::invalid_input(unknown));
    }
    Ok(all
        .into_iter()
        .filter(|role| names.contains(&role.name))
        .collect())
}

/// Refuses whoever may not invite with all of these roles.
///
/// # Errors
/// 403 `permission_denied` for the permission that lacks; `roles:assign` for a role that is not theirs
/// to give.
pub(super) fn require_assignable(inviter: &Authority<'_>, roles: &[Role]) -> Result<()> {
    inviter.require(invitations::Create::SLUG)?;
    inviter.require(roles::Assign::SLUG)?;
    roles
        .iter()
        .try_for_each(|role| inviter.require_to_give(role))
}

/// Those roles of an invitation that whoever invited may give now; none when they may not invite.
pub(super) fn still_given(runtime: &Runtime, inviter: &Standing, roles: Vec<Role>) -> Vec<Role> {
    if !may_invite(runtime, inviter) {
        return Vec::new();
    }
    let may_assign = |role: &Role| inviter.may_assign(runtime.model, &runtime.roles, role);
    roles.into_iter().filter(may_assign).collect()
}

fn of_invitation() -> String {
    format!(
        "SELECT {ROLE_COLUMNS} FROM invitation_roles i \
         JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id \
         LEFT JOIN role_permissions p ON p.tenant_id = r.tenant_id AND p.role_id = r.id \
         WHERE i.tenant_id = $1 AND i.invitation_id = $2 ORDER BY r.id"
    )
}

/// The roles of an invitation that are still there.
pub(super) async fn invited(unit: &Unit, invitation: Uuid) -> Result<Vec<Role>> {
    let args = [
        unit.caller().tenant_id.into_value(),
        invitation.into_value(),
    ];
    let rows = unit.run(&of_invitation(), &args).await?;
    Role::collect(rows).map_err(Error::internal)
}

/// The same in a transaction that is in the tenant's scope.
pub(super) async fn invited_in(
    transaction: &mut Transaction,
    tenant_id: Uuid,
    invitation: Uuid,
) -> Result<Vec<Role>> {
    let args = [tenant_id.into_value(), invitation.into_value()];
    let rows = transaction.run(&of_invitation(), &args).await?;
    Role::collect(rows).map_err(Error::internal)
}
