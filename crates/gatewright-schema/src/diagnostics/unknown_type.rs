//! A field type that no version of gatewright knows.
//!
//! ```toml
//! [resources.products]
//! fields.name = { type = "strnig" }
//! ```

use crate::keys::TYPES;
use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::{did_you_mean, listed};

pub(crate) fn unknown_type(word: &Located<String>) -> Diagnostic {
    let help = elsewhere(&word.value)
        .map(|ours| format!("here that is `{ours}`"))
        .or_else(|| did_you_mean(&word.value, TYPES.of.iter().copied()))
        .unwrap_or_else(|| format!("the types are {}", listed(TYPES.of)));
    Diagnostic::error(
        "unknown_type",
        word.span.clone(),
        format!("there is no field type `{}`", word.value),
    )
    .label("unknown type")
    .help(help)
}

/// The type that other languages and databases call by this name.
fn elsewhere(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "str" | "varchar" | "char" => Some("string"),
        "int" | "i64" | "i32" | "bigint" | "int8" => Some("integer"),
        "bool" => Some("boolean"),
        "float" | "double" | "numeric" | "money" | "number" => Some("decimal"),
        "datetime" | "timestamptz" | "time" => Some("timestamp"),
        "foreign_key" | "ref" | "belongs_to" => Some("reference"),
        _ => None,
    }
}
