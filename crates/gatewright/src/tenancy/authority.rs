//! What the caller of a change may do at the moment when it is made.

use super::{lock, standing};
use crate::audit::Actor;
use crate::authz::{Held, Role, Standing};
use crate::error::{Error, Result};
use crate::store::Unit;

/// What giving or taking a role needs, and what a refusal names.
const ASSIGN: &str = "roles:assign";

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
            Actor::User(id) => standing(unit, id)
                .await?
                .ok_or_else(Error::tenant_forbidden)?,
            // They have no membership that could change.
            Actor::Platform(_) | Actor::System => admitted.clone(),
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
