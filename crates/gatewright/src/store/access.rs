//! What a grant lets data access do.

use uuid::Uuid;

use super::Unit;
use crate::authz::Holder;
use crate::model::FieldDef;

/// The way to a tenant's data: a unit of work, and how far the caller reaches in it. Only a grant
/// gives one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    unit: &'a Unit,
    holder: &'a Holder,
    own: Option<Uuid>,
    uses: &'static [&'static str],
}

impl<'a> Access<'a> {
    pub(crate) fn new(
        unit: &'a Unit,
        holder: &'a Holder,
        own: Option<Uuid>,
        uses: &'static [&'static str],
    ) -> Self {
        Self {
            unit,
            holder,
            own,
            uses,
        }
    }

    pub(crate) fn unit(&self) -> &'a Unit {
        self.unit
    }

    /// The user to whose own records the access is narrowed; `None` where it reaches all of the tenant's.
    pub(crate) fn own(&self) -> Option<Uuid> {
        self.own
    }

    /// Whether the field is there: it needs no permission, or the caller holds it, or the action
    /// behind the grant uses it.
    pub(crate) fn sees(&self, field: &FieldDef) -> bool {
        let used = field
            .permission
            .is_some_and(|slug| self.uses.contains(&slug));
        used || self.holder.sees(field)
    }
}
