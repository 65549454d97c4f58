//! A value of another TOML type than the key takes.
//!
//! ```toml
//! [tenancy]
//! row_level_security = "yes"
//! ```

use std::ops::Range;

use toml::de::DeValue;

use crate::report::Diagnostic;

/// `expected` is what the key takes, for example "true or false".
pub(crate) fn wrong_type(
    key: &str,
    expected: &str,
    found: &DeValue<'_>,
    span: Range<usize>,
) -> Diagnostic {
    let found = match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    };
    Diagnostic::error(
        "wrong_type",
        span,
        format!("`{key}` takes {expected}, not {found}"),
    )
    .label(format!("this is {found}"))
}
