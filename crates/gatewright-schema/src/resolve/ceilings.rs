//! The most that a tenant may have in a role.

use crate::diagnostics::ceiling_below_role::ceiling_below_role;
use crate::report::Diagnostic;
use crate::resolve::permissions::Catalog;
use crate::syntax::Role;

/// Which permissions the role's ceiling names; `None` without one.
///
/// `named` are those that the role's own patterns name as a whole, and `sound` whether all of them
/// could be read.
pub(crate) fn resolve(
    role: &Role,
    named: &[bool],
    sound: bool,
    catalog: &Catalog,
    out: &mut Vec<Diagnostic>,
) -> Option<Vec<bool>> {
    let given = role.ceiling.as_ref()?;
    let reported = out.len();
    let mut ceiling = vec![false; named.len()];
    let mut understood = 0;
    for pattern in &given.value {
        if let Some(permissions) = catalog.whole(pattern, out) {
            ceiling[permissions].fill(true);
            understood += 1;
        }
    }
    let all = catalog.all().iter().enumerate();
    let above = all.filter(|(at, _)| named[*at] && !ceiling[*at]);
    let missing: Vec<&str> = above.map(|(_, p)| p.slug.as_str()).collect();
    let readable = sound && out.len() == reported && understood == given.value.len();
    if readable && !missing.is_empty() {
        let place = given.span.clone();
        out.push(ceiling_below_role(&role.name.value, &missing, place));
    }
    Some(ceiling)
}
