//! A reference to a resource that the file does not have.
//!
//! ```toml
//! [resources.products]
//! fields.category_id = { type = "reference", to = "categores" }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::did_you_mean;

pub(crate) fn unknown_resource<'a>(
    name: &Located<String>,
    resources: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::error(
        "unknown_resource",
        name.span.clone(),
        format!("there is no resource `{}`", name.value),
    )
    .label("unknown resource")
    .help(did_you_mean(&name.value, resources))
}
