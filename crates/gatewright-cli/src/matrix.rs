//! The matrix of roles and permissions, as people review it.

use std::fmt;

use gatewright_schema::{PermissionKind, Role, Schema};

/// Mark of a permission that the role has.
const HAS: &str = "✓";
/// Mark of one that it has for the holder's own records alone.
const OWN: &str = "own";
/// Mark of one that it has not.
const LACKS: &str = "·";
/// Blanks between columns.
const GAP: &str = "  ";

/// Shows one row a permission and one column a role, a blank line between resources, and below what
/// actions and field permissions open.
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

        let mut heading = format!("{:first_column$}", "");
        for role in roles {
            let width = width(role);
            heading.push_str(&format!("{GAP}{:^width$}", role.name));
        }
        writeln!(f, "{}", heading.trim_end())?;

        let mut resource = None;
        for permission in permissions {
            if resource.is_some_and(|previous| previous != &permission.resource) {
                writeln!(f)?;
            }
            resource = Some(&permission.resource);
            let mut line = format!("{:first_column$}", permission.slug);
            for role in roles {
                let (mark, width) = (mark(role, &permission.slug), width(role));
                line.push_str(&format!("{GAP}{mark:^width$}"));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        let opened = opened(self.0);
        if !opened.is_empty() {
            writeln!(f)?;
        }
        opened.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn mark(role: &Role, slug: &str) -> &'static str {
    if role.permissions.iter().any(|held| held == slug) {
        HAS
    } else if role.own.iter().any(|held| held == slug) {
        OWN
    } else {
        LACKS
    }
}

/// How wide the role's column is.
fn width(role: &Role) -> usize {
    let least = if role.own.is_empty() { 0 } else { OWN.len() };
    role.name.chars().count().max(least)
}

/// A line for each permission that opens more than its name says: what an action covers, and which
/// fields a field permission shows.
fn opened(schema: &Schema) -> Vec<String> {
    let mut lines = Vec::new();
    for permission in &schema.permissions {
        let slug = &permission.slug;
        match permission.kind {
            PermissionKind::Action => {
                lines.push(format!("{slug} covers {}", permission.uses.join(", ")));
            }
            PermissionKind::Field => {
                let resources = schema.resources.iter();
                let fields = resources.flat_map(|resource| &resource.fields);
                let shown = fields.filter(|field| field.permission.as_ref() == Some(slug));
                let shown: Vec<&str> = shown.map(|field| field.name.as_str()).collect();
                lines.push(format!("{slug} shows {}", shown.join(", ")));
            }
            PermissionKind::Read
            | PermissionKind::Create
            | PermissionKind::Update
            | PermissionKind::Delete => {}
        }
    }
    lines
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
