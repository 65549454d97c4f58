//! What a change of the schema gives to whom, and takes from whom.
//!
//! Two schemas in, an [`AccessDiff`] out, and its texts for people. What counts as widening is
//! decided here and nowhere else: **somebody may do or see something that they could not before, or
//! a guard that held is gone.** In full:
//!
//! - a role gains a permission, or has it for all records where it had its own alone;
//! - a role can open more through an action that it holds, or an action uses more, whoever holds it;
//! - a tenant may add more to a role; a role may assign another;
//! - a role sees a field that it did not see: by reading, changing or making records, by an action,
//!   or by the audit log where that holds values;
//! - a field needs no permission any more, or needs one that others may hold already;
//! - deleting a record reaches further into those that refer to it (`restrict`, `set_null`,
//!   `cascade`);
//! - sign-up is open to more people, an address need not be verified, a session or an access token
//!   lives longer, a limit is higher or gone;
//! - row-level security is off, or an audit trail no longer holds values.
//!
//! A new role, resource, field or action widens nothing by itself: what roles gain by it does. What
//! was renamed by `renamed_from` is compared with what it was before. The roles that tenants made
//! for themselves are not in the file, and so not in the comparison.

mod changes;
mod endpoints;
mod entries;
mod json;
mod markdown;
mod reach;
mod renames;
mod resources;
mod roles;
mod settings;
mod text;

#[cfg(test)]
mod tests;

pub use changes::{
    AccessDiff, ActionChange, AssignChange, Effect, Endpoint, Extent, FieldAccess, FieldChange,
    PermissionChange, Presence, ResourceChange, RoleChange, SettingChange, ThroughChange,
};

use crate::model::Schema;

/// Compares the access that two schemas give.
#[must_use]
pub fn compare_access(before: &Schema, after: &Schema) -> AccessDiff {
    let (before, renames) = renames::in_the_names_of(before, after);
    AccessDiff {
        settings: settings::compare(&before, after),
        resources: resources::compare(&before, after, &renames),
        roles: roles::compare(&before, after),
    }
}
