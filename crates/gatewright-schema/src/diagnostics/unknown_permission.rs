//! A permission that nothing in the schema has.
//!
//! ```toml
//! [roles]
//! editor = { permissions = ["products:publish", "product:read", "products"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// `why` is what is wrong with it, shown at its place.
pub(crate) fn unknown_permission(
    slug: &Located<String>,
    why: String,
    help: Option<String>,
) -> Diagnostic {
    Diagnostic::error(
        "unknown_permission",
        slug.span.clone(),
        format!("there is no permission `{}`", slug.value),
    )
    .label(why)
    .help(help)
}
