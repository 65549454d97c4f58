//! A default that the field itself would refuse.
//!
//! ```toml
//! [resources.products]
//! fields.status = { type = "enum", values = ["draft", "active"], default = "actve" }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `expected` is what the field takes, in words, for example "at most 200 characters".
pub(crate) fn invalid_default(
    expected: &str,
    help: Option<String>,
    span: Range<usize>,
) -> Diagnostic {
    Diagnostic::error(
        "invalid_default",
        span,
        format!("the field would refuse this default; it takes {expected}"),
    )
    .label(format!("not {expected}"))
    .help(help)
}
