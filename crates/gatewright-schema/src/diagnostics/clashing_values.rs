//! Two values of an enum that Rust could not tell apart.
//!
//! `in_stock` and `in__stock` both become the variant `InStock`.
//!
//! ```toml
//! [resources.products]
//! fields.status = { type = "enum", values = ["in_stock", "in__stock"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn clashing_values(value: &Located<String>, first: &str, variant: &str) -> Diagnostic {
    Diagnostic::error(
        "clashing_values",
        value.span.clone(),
        format!(
            "`{}` and `{first}` would both be the variant `{variant}`",
            value.value
        ),
    )
    .label(format!("also `{variant}`"))
}
