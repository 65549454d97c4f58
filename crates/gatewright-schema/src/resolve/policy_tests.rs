//! `[[tests]]`: what the file says of its roles, held against what they came to.

use crate::diagnostics::failed_test;
use crate::model;
use crate::report::Diagnostic;
use crate::resolve::roles::{Reach, Roles};
use crate::syntax::{Located, PolicyTest};

/// Runs the tests. A test of a role that could not be read in full is left out: it would fail for
/// a mistake that is reported elsewhere.
pub(crate) fn run(
    tests: &[PolicyTest],
    roles: &Roles<'_>,
    out: &mut Vec<Diagnostic>,
) -> Vec<model::PolicyTest> {
    let mut resolved = Vec::with_capacity(tests.len());
    for test in tests {
        let role = test.role.as_ref().and_then(|role| roles.find(role, out));
        for slug in &test.can {
            check(role, slug, true, roles, out);
        }
        for slug in &test.cannot {
            check(role, slug, false, roles, out);
        }
        let owned = |slugs: &[Located<String>]| slugs.iter().map(|s| s.value.clone()).collect();
        resolved.extend(test.role.as_ref().map(|role| model::PolicyTest {
            role: role.value.clone(),
            can: owned(&test.can),
            cannot: owned(&test.cannot),
        }));
    }
    resolved
}

fn check(
    role: Option<usize>,
    slug: &Located<String>,
    expected: bool,
    roles: &Roles<'_>,
    out: &mut Vec<Diagnostic>,
) {
    let permission = roles.catalog.single(slug, out);
    let (Some(role), Some((permission, own))) = (role, permission) else {
        return;
    };
    if !roles.is_sound(role) {
        return;
    }
    let name = roles.declared[role].name.value.as_str();
    let enough = if own { Reach::Own } else { Reach::All };
    let reach = roles.reach(role, permission);
    match roles.holding(role, permission) {
        None if expected => out.push(failed_test::lacks(name, slug)),
        Some(holding) if expected && reach < enough => {
            out.push(failed_test::narrowed(&holding.path, holding.pattern, slug));
        }
        Some(holding) if !expected && reach >= enough => {
            out.push(failed_test::holds(&holding.path, holding.pattern, slug));
        }
        _ => {}
    }
}
