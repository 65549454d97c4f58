//! A bound that is not a number of the field's type.
//!
//! ```toml
//! [resources.products]
//! fields.price = { type = "decimal", precision = 12, scale = 2, min = 0.005 }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `expected` is the type in words, for example "a whole number".
pub(crate) fn invalid_number(key: &str, expected: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "invalid_number",
        span,
        format!("`{key}` must be {expected}"),
    )
    .label(format!("not {expected}"))
}
