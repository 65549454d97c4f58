//! An application's name that people could not read.
//!
//! It stands in page titles and mail subjects: not empty, one line, at most 100 characters.
//!
//! ```toml
//! [app]
//! name = " "
//! ```

use std::ops::Range;

use crate::report::Diagnostic;
use crate::resolve::limits;

pub(crate) fn invalid_app_name(reason: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "invalid_app_name",
        span,
        format!("this name cannot be shown: {reason}"),
    )
    .help(format!(
        "a name is one line of 1 to {} characters",
        limits::APP_NAME_LENGTH
    ))
}
