//! A least value above the greatest: no record could hold a value.
//!
//! ```toml
//! [resources.products]
//! fields.stock = { type = "integer", min = 10, max = 1 }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn empty_range(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "empty_range",
        span,
        "`min` is above `max`; no value could be between them".to_owned(),
    )
    .label("above `max`")
}
