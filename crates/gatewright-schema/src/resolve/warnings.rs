//! What a schema can do without, and is rarely meant to.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostics::{
    unassignable_role::unassignable_role, unheld_permission::unheld_permission,
};
use crate::model::Permission;
use crate::report::Diagnostic;
use crate::resolve::roles::{OWNER, Reach, Roles};
use crate::syntax::Resource;

/// Warns of permissions of the schema's resources that only the owner holds, and of roles that
/// nobody can assign.
///
/// Only where the roles have no mistakes: what a mistyped name leaves out is not left out.
pub(crate) fn warn(roles: &Roles<'_>, resources: &[Resource], out: &mut Vec<Diagnostic>) {
    if !roles.are_readable() {
        return;
    }
    let assignable = roles.assignable();
    for role in roles.declared {
        let name = role.name.value.as_str();
        if name != OWNER && !assignable.contains(name) {
            out.push(unassignable_role(&role.name));
        }
    }
    let declared = roles.declared.iter().enumerate();
    let others = declared.filter(|(_, role)| role.name.value != OWNER);
    let others: Vec<usize> = others.map(|(at, _)| at).collect();
    if others.is_empty() {
        return;
    }
    let places: HashMap<&str, &Range<usize>> = resources
        .iter()
        .map(|resource| (resource.name.value.as_str(), &resource.name.span))
        .collect();
    let held = |at| {
        let reaches = others.iter().map(|role| roles.reach(*role, at));
        reaches.max() > Some(Reach::Nowhere)
    };
    let all = roles.catalog.all().iter().enumerate();
    let unheld: Vec<&Permission> = all
        .filter(|(at, permission)| !permission.built_in && !held(*at))
        .map(|(_, permission)| permission)
        .collect();
    for group in unheld.chunk_by(|a, b| a.resource == b.resource) {
        let slugs: Vec<&str> = group.iter().map(|p| p.slug.as_str()).collect();
        let place = group.first().and_then(|p| places.get(p.resource.as_str()));
        out.extend(place.map(|place| unheld_permission(&slugs, (*place).clone())));
    }
}
