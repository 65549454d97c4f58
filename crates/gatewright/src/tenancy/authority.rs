//! What the caller of a change may do at the moment when it is made.

use uuid::Uuid;

use super::lock;
use super::membership::standing;
use crate::audit::Actor;
use crate::authz::permissions::roles;
use crate::authz::{Held, Permission, Role, Standing};
use crate::error::{Error, Result};
use crate::platform;
use crate::store::{FieldValue, Unit};

/// What giving or taking a role needs, and what a refusal names.
const ASSIGN: &str = roles::Assign::SLUG;

/// The caller's rights as they are under the tenant's lock. The gate decided before: somebody may have
/// taken them since.
#[derive(Debug)]
pub(crate) struct Authority<'a> {
    unit: &'a Unit,
    standing: Standing,
}

impl<'a> Authority<'a> {
    /// Takes the lock of the unit's tenant and reads what the caller may do. `admitted` is what the
    /// gate found.
    ///
    /// # Errors
    /// `tenant_forbidden` for whoever is no active member any more.
    pub(crate) async fn take(unit: &'a Unit, admitted: &Standing) -> Result<Self> {
        lock(unit).await?;
        let standing = match unit.caller().actor {
            Actor::User(id) => {
                require_open(unit, id).await?;
                standing(unit, id)
                    .await?
                    .ok_or_else(Error::tenant_forbidden)?
            }
            Actor::Platform(id) => {
                let (sql, args) = platform::entry(unit.caller().tenant_id, id);
                let role = platform::entered_as(unit.run(sql, &args).await?)?;
                let role = role.ok_or_else(Error::tenant_forbidden)?;
                let model = unit.runtime().model;
                Standing::of_staff(model, |kind| platform::reaches(role, kind))
            }
            // It has nothing that could be taken from it.
            Actor::System => admitted.clone(),
        };
        Ok(Self { unit, standing })
    }

    pub(crate) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Refuses a caller who does not hold a permission, for all records.
    pub(crate) fn require(&self, slug: &'static str) -> Result<()> {
        let index = self.unit.runtime().model.permission(slug);
        let extent = index.and_then(|index| self.standing.held.extent(index));
        match extent {
            Some(crate::authz::Extent::All) => Ok(()),
            _ => Err(Error::permission_denied(slug)),
        }
    }

    /// Refuses a caller who does not hold all of this, as far as it reaches here. The refusal names the
    /// first that they lack.
    pub(crate) fn require_held(&self, held: &Held) -> Result<()> {
        let Some(index) = self.standing.held.missing(held) else {
            return Ok(());
        };
        let permission = self.unit.runtime().model.permissions.get(index);
        let slug = permission.map_or(ASSIGN, |permission| permission.slug);
        Err(Error::permission_denied(slug))
    }

    pub(crate) fn may_assign(&self, role: &Role) -> bool {
        let runtime = self.unit.runtime();
        self.standing
            .may_assign(runtime.model, &runtime.roles, role)
    }

    /// Refuses a caller who may not give this role.
    pub(crate) fn require_to_give(&self, role: &Role) -> Result<()> {
        if self.may_assign(role) {
            return Ok(());
        }
        Err(Error::permission_denied(ASSIGN))
    }

    /// Refuses a caller who may not take one of these roles: who has them is above them.
    pub(crate) fn require_to_take<'r>(
        &self,
        roles: impl IntoIterator<Item = &'r Role>,
    ) -> Result<()> {
        let runtime = self.unit.runtime();
        let may_take = |role: &Role| self.standing.may_take(runtime.model, &runtime.roles, role);
        if roles.into_iter().all(may_take) {
            return Ok(());
        }
        Err(Error::permission_denied(ASSIGN))
    }
}

/// Whether account and tenant of a request are as active as the gate found them. A body may have been on
/// its way for a while.
async fn require_open(unit: &Unit, user_id: Uuid) -> Result<()> {
    let sql = "SELECT u.status, t.status FROM tenants t, users u WHERE t.id = $1 AND u.id = $2";
    let args = [unit.caller().tenant_id.into_value(), user_id.into_value()];
    let rows = unit.run(sql, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::unauthenticated)?;
    let account: String = row.next().map_err(Error::internal)?;
    let tenant: String = row.next().map_err(Error::internal)?;
    match (account.as_str(), tenant.as_str()) {
        ("active", "active") => Ok(()),
        ("active", _) => Err(Error::tenant_suspended()),
        _ => Err(Error::unauthenticated()),
    }
}
