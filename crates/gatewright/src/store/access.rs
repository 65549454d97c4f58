//! What a grant lets data access do.

use std::sync::Arc;

use uuid::Uuid;

use super::Unit;
use super::custom::CustomField;
use crate::authz::{Extent, Holder};
use crate::model::{FieldDef, ResourceDef};

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
        field.permission.is_none_or(|slug| self.passes(slug))
    }

    /// Whether answers have the field: the caller sees it, and the tenant does not hide it.
    pub(crate) fn shows(&self, field: &FieldDef) -> bool {
        self.sees(field) && !self.holder.fields().hides(field)
    }

    /// The fields that the tenant has added to a resource, the oldest first.
    pub(crate) fn custom(&self, def: &ResourceDef) -> &'a [Arc<CustomField>] {
        self.holder.fields().slice(def)
    }

    /// Whether what the permission guards is there, likewise.
    pub(crate) fn passes(&self, slug: &str) -> bool {
        self.uses.contains(&slug) || self.holder.passes(slug)
    }

    /// The user whose records alone of another resource may be referred to: the caller, if they read
    /// their own ones there and no others. One who reads none may refer to all.
    pub(crate) fn refers_as(&self, target: &ResourceDef) -> Option<Uuid> {
        let read = format!("{}:read", target.name);
        let reads_all = self.own.is_none() && self.uses.contains(&read.as_str());
        let is_narrowed = !reads_all && self.holder.extent(&read) == Some(Extent::Own);
        // Nobody's own records are none.
        let caller = || self.unit.caller().actor.id().unwrap_or_default();
        is_narrowed.then(caller)
    }
}
