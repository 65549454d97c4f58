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
    let includes = path.join("` includes `");
    let has = if path.len() > 1 {
        ", which has"
    } else {
        " has"
    };
    let role = path.first().copied().unwrap_or_default();
    Diagnostic::error(
        "failed_test",
        slug.span.clone(),
        format!("test failed: `{role}` can `{}`", slug.value),
    )
    .label(format!("`{includes}`{has} it by `{pattern}`"))
}
