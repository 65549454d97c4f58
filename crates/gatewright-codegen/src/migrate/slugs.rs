//! Permissions that roles of tenants name, under the name that a renamed resource has now.
//!
//! What tenants have made of roles is stored by slug, `products:read`. The part before the colon
//! follows the resource; the part after it has no `renamed_from`.

use super::diff::{Diff, Kept};
use crate::lower::literal::sql_quoted;

/// The statements, which are the same in both dialects: a pair for each renamed resource.
pub(super) fn statements(diff: &Diff<'_>) -> Vec<String> {
    if diff.lacks.tenancy_tables {
        // The table is made by this migration.
        return Vec::new();
    }
    diff.kept
        .iter()
        .filter(|kept| kept.is_renamed())
        .flat_map(renamed)
        .collect()
}

fn renamed(kept: &Kept<'_>) -> [String; 2] {
    let prefix = |resource: &str| format!("{resource}:");
    let (old, new) = (
        prefix(&kept.old.resource.name),
        prefix(&kept.new.resource.name),
    );
    let begins = |with: &str| {
        let length = with.chars().count();
        format!("substr(permission, 1, {length}) = {}", sql_quoted(with))
    };
    [
        // Of an earlier resource of that name, which gave nothing any more; it must not come back.
        format!("DELETE FROM role_permissions WHERE {};", begins(&new)),
        format!(
            "UPDATE role_permissions SET permission = {} || substr(permission, {})\nWHERE {};",
            sql_quoted(&new),
            old.chars().count() + 1,
            begins(&old)
        ),
    ]
}
