//! A label that people could not read.
//!
//! It stands in forms and tables: not empty, one line, at most 100 characters.
//!
//! ```toml
//! [resources.products]
//! label = ""
//! ```

use std::ops::Range;

use crate::report::Diagnostic;
use crate::resolve::limits;

pub(crate) fn invalid_label(reason: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "invalid_label",
        span,
        format!("this label cannot be shown: {reason}"),
    )
    .help(format!(
        "a label is one line of 1 to {} characters",
        limits::LABEL_LENGTH
    ))
}
