//! A list or table that needs at least one entry.
//!
//! ```toml
//! [resources.products]
//! fields.status = { type = "enum", values = [] }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn empty_list(key: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "empty_list",
        span,
        format!("`{key}` needs at least one entry"),
    )
    .label("empty")
}
