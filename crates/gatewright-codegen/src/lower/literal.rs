//! Values of the schema as Rust and SQL spell them.

use gatewright_schema::{FieldType, Literal, OnDelete};

/// A Rust string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// `"draft", "active"`
pub(super) fn quoted_list(texts: &[String]) -> String {
    let literals: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    literals.join(", ")
}

/// A string literal of SQL.
pub(super) fn sql_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An identifier of SQL. Always quoted: a resource may be called `order`, a field `group`.
pub(super) fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A default as a value of the runtime's `Option<Literal>`.
pub(super) fn default(default: Option<&Literal>) -> String {
    match default {
        None => "None".to_owned(),
        Some(Literal::Text(text)) => format!("Some(Literal::Text({}))", quoted(text)),
        Some(Literal::Integer(integer)) => format!("Some(Literal::Integer({integer}))"),
        Some(Literal::Boolean(boolean)) => format!("Some(Literal::Boolean({boolean}))"),
    }
}

/// A type as a value of the runtime's `FieldType`.
pub(super) fn field_type(ty: &FieldType) -> String {
    match ty {
        FieldType::String { max } => format!("FieldType::String {{ max: {max} }}"),
        FieldType::Text { max } => format!("FieldType::Text {{ max: {max} }}"),
        FieldType::Integer { min, max } => {
            format!("FieldType::Integer {{ min: {min:?}, max: {max:?} }}")
        }
        FieldType::Decimal {
            precision,
            scale,
            min,
            max,
        } => format!(
            "FieldType::Decimal {{ precision: {precision}, scale: {scale}, min: {min:?}, max: {max:?} }}"
        ),
        FieldType::Boolean => "FieldType::Boolean".to_owned(),
        FieldType::Timestamp => "FieldType::Timestamp".to_owned(),
        FieldType::Enum { values } => {
            format!("FieldType::Enum {{ values: &[{}] }}", quoted_list(values))
        }
        FieldType::Reference { to, on_delete } => {
            let on_delete = match on_delete {
                OnDelete::Restrict => "Restrict",
                OnDelete::Cascade => "Cascade",
                OnDelete::SetNull => "SetNull",
            };
            format!("FieldType::Reference {{ to: {to:?}, on_delete: OnDelete::{on_delete} }}")
        }
    }
}
