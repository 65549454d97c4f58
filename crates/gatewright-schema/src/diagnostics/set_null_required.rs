//! A reference that becomes null on deletion, but may not be null.
//!
//! ```toml
//! [resources.products]
//! fields.category_id = { type = "reference", to = "categories", on_delete = "set_null" }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn set_null_required(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "set_null_required",
        span,
        "`set_null` needs a field that may be null".to_owned(),
    )
    .label("the field is required")
    .help("add `optional = true`, or use `restrict` or `cascade`".to_owned())
}
