//! The matrix of roles and permissions, as people review it.

use std::fmt;

use gatewright_schema::{Role, Schema};

/// Mark of a permission that the role has.
const HAS: &str = "✓";
/// Mark of one that it has not.
const LACKS: &str = "·";
/// Blanks between columns.
const GAP: &str = "  ";

/// Shows one row a permission and one column a role, a blank line between resources.
pub(crate) struct Matrix<'a>(pub &'a Schema);

impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Schema {
            permissions, roles, ..
        } = self.0;
        let slugs = permissions
            .iter()
            .map(|permission| permission.slug.chars().count());
        let first_column = slugs.max().unwrap_or(0);

        write!(f, "{:first_column$}", "")?;
        for role in roles {
            write!(f, "{GAP}{}", role.name)?;
        }
        writeln!(f)?;

        let mut resource = None;
        for permission in permissions {
            if resource.is_some_and(|previous| previous != &permission.resource) {
                writeln!(f)?;
            }
            resource = Some(&permission.resource);
            let mut line = format!("{:first_column$}", permission.slug);
            for role in roles {
                let mark = if has(role, &permission.slug) {
                    HAS
                } else {
                    LACKS
                };
                let width = role.name.chars().count();
                line.push_str(&format!("{GAP}{mark:^width$}"));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn has(role: &Role, slug: &str) -> bool {
    role.permissions.iter().any(|held| held == slug)
}

/// `3 roles, 14 permissions, 2 tests passed`
pub(crate) fn summary(schema: &Schema) -> String {
    format!(
        "{}, {}, {} passed",
        count(schema.roles.len(), "role"),
        count(schema.permissions.len(), "permission"),
        count(schema.tests.len(), "test"),
    )
}

/// `1 role`, `2 roles`
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
