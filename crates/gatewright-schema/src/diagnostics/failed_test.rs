//! A `[[tests]]` entry that does not hold.
//!
//! ```toml
//! [[tests]]
//! role = "viewer"
//! cannot = ["products:read"]
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

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

/// `path` leads from the role under test, by `includes`, to the one that names `pattern`.
pub(crate) fn holds(path: &[&str], pattern: &str, slug: &Located<String>) -> Diagnostic {
    let role = path.first().copied().unwrap_or_default();
    let extent = if slug.value.ends_with(":own") && !pattern.ends_with(":own") {
        ", for all records,"
    } else {
        ""
    };
    Diagnostic::error(
        "failed_test",
        slug.span.clone(),
        format!("test failed: `{role}` can `{}`", slug.value),
    )
    .label(format!("{} it{extent} by `{pattern}`", has(path)))
}

/// Where the role has it for the holder's own records alone.
pub(crate) fn narrowed(path: &[&str], pattern: &str, slug: &Located<String>) -> Diagnostic {
    let role = path.first().copied().unwrap_or_default();
    Diagnostic::error(
        "failed_test",
        slug.span.clone(),
        format!(
            "test failed: `{role}` cannot `{}` for all records",
            slug.value
        ),
    )
    .label(format!(
        "{} it for own records alone, by `{pattern}`",
        has(path)
    ))
    .help(format!("if that is meant, test for `{}:own`", slug.value))
}

fn has(path: &[&str]) -> String {
    let includes = path.join("` includes `");
    let has = if path.len() > 1 {
        ", which has"
    } else {
        " has"
    };
    format!("`{includes}`{has}")
}
