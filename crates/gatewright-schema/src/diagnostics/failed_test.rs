//! A `[[tests]]` entry that does not hold.
//!
//! ```toml
//! [[tests]]
//! role = "viewer"
//! cannot = ["products:read"]
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// Where a role has a permission from.
pub(crate) struct Source<'a> {
    /// The role that names it.
    pub role: &'a str,
    /// As what, for example `products:*`.
    pub pattern: &'a str,
    /// The roles between the one under test and `role`, by `includes`.
    pub through: &'a [&'a str],
}

pub(crate) fn lacks(role: &str, slug: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "failed_test",
        slug.span.clone(),
        format!("test failed: `{role}` cannot `{}`", slug.value),
    )
    .label(format!(
        "neither `{role}` nor a role it includes has this permission"
    ))
}

pub(crate) fn holds(role: &str, slug: &Located<String>, source: &Source<'_>) -> Diagnostic {
    let granted = if source.role == role {
        format!("`{role}` has it by `{}`", source.pattern)
    } else if source.through.is_empty() {
        format!(
            "`{role}` includes `{}`, which has it by `{}`",
            source.role, source.pattern
        )
    } else {
        format!(
            "`{role}` includes `{}`, through `{}`, which has it by `{}`",
            source.role,
            source.through.join("` and `"),
            source.pattern
        )
    };
    Diagnostic::error(
        "failed_test",
        slug.span.clone(),
        format!("test failed: `{role}` can `{}`", slug.value),
    )
    .label(granted)
}
