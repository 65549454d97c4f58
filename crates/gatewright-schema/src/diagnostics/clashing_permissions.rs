//! Two permissions of a resource that Rust could not tell apart.
//!
//! `publish` and `publish_` would both be the type `products::Publish`.
//!
//! ```toml
//! [resources.products]
//! actions.publish = {}
//! actions.publish_ = {}
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// `place` is where the second one, `name`, stands.
pub(crate) fn clashing_permissions(
    place: &Located<String>,
    name: &str,
    first: &str,
    ty: &str,
) -> Diagnostic {
    Diagnostic::error(
        "clashing_permissions",
        place.span.clone(),
        format!("the permissions `{name}` and `{first}` would both be the type `{ty}`"),
    )
    .label(format!("also `{ty}`"))
    .help("give one of them another name".to_owned())
}
