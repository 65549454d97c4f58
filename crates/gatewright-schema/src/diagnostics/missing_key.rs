//! A table lacks a key that it must have.
//!
//! ```toml
//! [resources.products]
//! fields.price = { type = "decimal", precision = 12 }   # and `scale`
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `of` is the table by name, for example "`[app]`" or "a decimal field".
pub(crate) fn missing_key(of: &str, key: &str, span: Range<usize>, help: &str) -> Diagnostic {
    Diagnostic::error("missing_key", span, format!("{of} needs the key `{key}`"))
        .label(format!("`{key}` is missing"))
        .help(help.to_owned())
}
