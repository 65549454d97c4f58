//! A value of another TOML type than the key takes.
//!
//! ```toml
//! [tenancy]
//! row_level_security = "yes"
//! ```

use std::ops::Range;

use toml::de::{DeInteger, DeValue};

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
        // Whatever takes an integer takes all that fit.
        DeValue::Integer(number) if fits(number) => "an integer",
        DeValue::Integer(_) => "an integer of more than 64 bits",
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

fn fits(number: &DeInteger<'_>) -> bool {
    i64::from_str_radix(number.as_str(), number.radix()).is_ok()
}
