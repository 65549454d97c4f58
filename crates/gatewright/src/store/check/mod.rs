//! What a field accepts: types and bounds, for bodies, filters and typed inputs alike.

mod json;
mod number;
mod pattern;
mod text;
mod time;

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

pub(crate) use self::pattern::Patterns;
use super::Value;
use crate::error::FieldError;
use crate::model::{FieldDef, FieldType, Literal};

/// Reads a field's value from JSON.
pub(crate) fn parse(field: &FieldDef, json: &Json) -> Result<Value, FieldError> {
    let value = match (&field.ty, json) {
        (_, Json::Null) => Some(Value::Null),
        (FieldType::Json { .. }, json) => Some(Value::Json(json.clone())),
        (FieldType::Integer { .. }, Json::Number(number)) => number.as_i64().map(Value::Integer),
        // A JSON number with a fraction has been through binary floating point in most clients.
        (FieldType::Decimal { .. }, Json::Number(number)) => {
            number.as_i64().map(|n| Value::Decimal(n.into()))
        }
        (FieldType::Boolean, Json::Bool(boolean)) => Some(Value::Boolean(*boolean)),
        (ty, Json::String(text)) => from_text(ty, text),
        _ => None,
    };
    check(field, value.ok_or_else(|| invalid_type(field))?)
}

/// Reads a field's value from the text of a query parameter.
pub(crate) fn parse_text(field: &FieldDef, text: &str) -> Result<Value, FieldError> {
    let value = match field.ty {
        FieldType::Integer { .. } => text.parse().ok().map(Value::Integer),
        FieldType::Boolean => text.parse().ok().map(Value::Boolean),
        ref ty => from_text(ty, text),
    };
    check(field, value.ok_or_else(|| invalid_type(field))?)
}

/// The types whose JSON form is text.
fn from_text(ty: &FieldType, text: &str) -> Option<Value> {
    match ty {
        FieldType::String { .. }
        | FieldType::Text { .. }
        | FieldType::Email
        | FieldType::Url
        | FieldType::Enum { .. } => Some(Value::Text(text.to_owned())),
        FieldType::Decimal { .. } => Decimal::from_str_exact(text).ok().map(Value::Decimal),
        FieldType::Timestamp => time::parse_timestamp(text).map(Value::Timestamp),
        FieldType::Date => time::parse_date(text).map(Value::Date),
        FieldType::Uuid | FieldType::Reference { .. } => {
            Uuid::try_parse(text).ok().map(Value::Uuid)
        }
        FieldType::Integer { .. } | FieldType::Boolean | FieldType::Json { .. } => None,
    }
}

/// The default of a field that a new record does not give; null without one.
pub(crate) fn default(field: &FieldDef) -> Value {
    match (field.default, field.ty) {
        (None, _) => Value::Null,
        (Some(Literal::Integer(n)), FieldType::Decimal { .. }) => Value::Decimal(n.into()),
        (Some(Literal::Integer(n)), _) => Value::Integer(n),
        (Some(Literal::Boolean(b)), _) => Value::Boolean(b),
        (Some(Literal::Text(text)), ty) => {
            from_text(&ty, text).unwrap_or_else(|| Value::Text(text.to_owned()))
        }
    }
}

/// Checks a value of the right type against the field's bounds, and brings it into its stored form.
/// Whether text matches a pattern is for [`Patterns`] to say.
pub(crate) fn check(field: &FieldDef, value: Value) -> Result<Value, FieldError> {
    match (&field.ty, value) {
        // JSON's null is the field's: both databases then say the same of it.
        (_, Value::Null | Value::Json(Json::Null)) if field.optional => Ok(Value::Null),
        (_, Value::Null | Value::Json(Json::Null)) => {
            Err(error(field, "required", "This field is required."))
        }
        (FieldType::String { min, max, .. }, Value::Text(text)) => {
            text::one_line(field, &text)?;
            text::bounded(field, &text, *min, *max)?;
            Ok(Value::Text(text))
        }
        (FieldType::Text { min, max }, Value::Text(text)) => {
            text::without_nul(field, &text)?;
            text::bounded(field, &text, *min, *max)?;
            Ok(Value::Text(text))
        }
        (FieldType::Email, Value::Text(text)) => {
            text::email(field, &text)?;
            Ok(Value::Text(text))
        }
        (FieldType::Url, Value::Text(text)) => {
            text::url(field, &text)?;
            Ok(Value::Text(text))
        }
        (FieldType::Enum { values }, Value::Text(text)) => {
            if values.contains(&text.as_str()) {
                return Ok(Value::Text(text));
            }
            let message = format!("Send one of {}.", values.join(", "));
            Err(error(field, "invalid_value", message))
        }
        (FieldType::Integer { min, max }, Value::Integer(n)) => {
            number::within(field, n, *min, *max)?;
            Ok(Value::Integer(n))
        }
        (
            FieldType::Decimal {
                precision,
                scale,
                min,
                max,
            },
            Value::Decimal(decimal),
        ) => {
            let exact = number::decimal(field, decimal, *precision, *scale)?;
            let bound =
                |text: &Option<&str>| text.and_then(|text| Decimal::from_str_exact(text).ok());
            number::within(field, exact, bound(min), bound(max))?;
            Ok(Value::Decimal(exact))
        }
        (FieldType::Timestamp, Value::Timestamp(timestamp)) => {
            time::timestamp(field, timestamp).map(Value::Timestamp)
        }
        (FieldType::Date, Value::Date(date)) => time::date(field, date).map(Value::Date),
        (FieldType::Json { max }, Value::Json(json)) => {
            json::json(field, json, *max).map(Value::Json)
        }
        (FieldType::Boolean, value @ Value::Boolean(_))
        | (FieldType::Uuid | FieldType::Reference { .. }, value @ Value::Uuid(_)) => Ok(value),
        _ => Err(invalid_type(field)),
    }
}

fn invalid_type(field: &FieldDef) -> FieldError {
    let message = format!("Send {}.", wanted(&field.ty));
    error(field, "invalid_type", message)
}

fn wanted(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::String { .. } | FieldType::Text { .. } => "text",
        FieldType::Email => "an address such as ada@example.com",
        FieldType::Url => "a URL such as https://example.com/",
        FieldType::Uuid => "a UUID",
        FieldType::Date => "a day such as 2026-11-24",
        FieldType::Json { .. } => "a JSON value",
        FieldType::Integer { .. } => "a whole number of 64 bits",
        FieldType::Decimal { .. } => "a decimal number as text, such as \"12.50\"",
        FieldType::Boolean => "true or false",
        FieldType::Timestamp => "an instant such as 2026-11-24T09:30:00Z (RFC 3339)",
        FieldType::Enum { .. } => "one of the listed values",
        FieldType::Reference { .. } => "the id of a record",
    }
}

fn error(field: &FieldDef, code: &'static str, message: impl Into<String>) -> FieldError {
    FieldError::new(field.name, code, message)
}
