//! A number, a length or a count outside what it can be.
//!
//! ```toml
//! [resources.products]
//! fields.name = { type = "string", max = 20_000 }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `range` is what it can be, in words, for example "from 1 to 10000".
pub(crate) fn out_of_range(key: &str, range: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error("out_of_range", span, format!("`{key}` must be {range}"))
        .label("out of range")
}
