//! What a field accepts: types and bounds, for bodies, filters and typed inputs alike.

use jiff::{Timestamp, Unit};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Value;
use crate::error::FieldError;
use crate::model::{FieldDef, FieldType, Literal};

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds of Unix time: what both databases and
/// RFC 3339 can write.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads a field's value from JSON.
pub(crate) fn parse(field: &FieldDef, json: &Json) -> Result<Value, FieldError> {
    let value = match (&field.ty, json) {
        (_, Json::Null) => Some(Value::Null),
        (
            FieldType::String { .. } | FieldType::Text { .. } | FieldType::Enum { .. },
            Json::String(text),
        ) => Some(Value::Text(text.clone())),
        (FieldType::Integer { .. }, Json::Number(number)) => number.as_i64().map(Value::Integer),
        // A JSON number with a fraction has been through binary floating point in most clients.
        (FieldType::Decimal { .. }, Json::Number(number)) => {
            number.as_i64().map(|n| Value::Decimal(n.into()))
        }
        (FieldType::Boolean, Json::Bool(boolean)) => Some(Value::Boolean(*boolean)),
        (ty, Json::String(text)) => from_text(ty, text),
        _ => None,
    };
    let value = value.ok_or_else(|| {
        error(
            field,
            "invalid_type",
            format!("Send {}.", wanted(&field.ty)),
        )
    })?;
    check(field, value)
}

/// Reads a field's value from the text of a query parameter.
pub(crate) fn parse_text(field: &FieldDef, text: &str) -> Result<Value, FieldError> {
    let value = match field.ty {
        FieldType::String { .. } | FieldType::Text { .. } | FieldType::Enum { .. } => {
            Some(Value::Text(text.to_owned()))
        }
        FieldType::Integer { .. } => text.parse().ok().map(Value::Integer),
        FieldType::Boolean => text.parse().ok().map(Value::Boolean),
        ref ty => from_text(ty, text),
    };
    let value = value.ok_or_else(|| {
        error(
            field,
            "invalid_type",
            format!("Send {}.", wanted(&field.ty)),
        )
    })?;
    check(field, value)
}

/// The types whose JSON form is text of a certain shape.
fn from_text(ty: &FieldType, text: &str) -> Option<Value> {
    match ty {
        FieldType::Decimal { .. } => Decimal::from_str_exact(text).ok().map(Value::Decimal),
        FieldType::Timestamp => {
            let timestamp: Timestamp = text.parse().ok()?;
            timestamp
                .round(Unit::Microsecond)
                .ok()
                .map(Value::Timestamp)
        }
        FieldType::Reference { .. } => Uuid::try_parse(text).ok().map(Value::Uuid),
        _ => None,
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
pub(crate) fn check(field: &FieldDef, value: Value) -> Result<Value, FieldError> {
    match (&field.ty, value) {
        (_, Value::Null) if field.optional => Ok(Value::Null),
        (_, Value::Null) => Err(error(field, "required", "This field is required.")),
        (FieldType::String { max, .. }, Value::Text(text)) => {
            if text.chars().any(char::is_control) {
                return Err(error(
                    field,
                    "invalid_characters",
                    "Send one line without control characters.",
                ));
            }
            bounded(field, text, *max)
        }
        (FieldType::Text { max, .. }, Value::Text(text)) => {
            // PostgreSQL has no form for it.
            if text.contains('\0') {
                return Err(error(
                    field,
                    "invalid_characters",
                    "Send text without NUL characters.",
                ));
            }
            bounded(field, text, *max)
        }
        (FieldType::Enum { values }, Value::Text(text)) => {
            if values.contains(&text.as_str()) {
                return Ok(Value::Text(text));
            }
            Err(error(
                field,
                "invalid_value",
                format!("Send one of {}.", values.join(", ")),
            ))
        }
        (FieldType::Integer { min, max }, Value::Integer(n)) => {
            within(field, n, *min, *max)?;
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
            let mut exact = decimal.normalize();
            if exact.scale() > *scale {
                return Err(error(
                    field,
                    "too_precise",
                    format!("Send at most {scale} digits after the point."),
                ));
            }
            // Both databases then answer the same digits.
            exact.rescale(*scale);
            if exact.mantissa().unsigned_abs() >= 10_u128.pow(*precision) {
                return Err(error(
                    field,
                    "too_large",
                    format!("Send at most {precision} digits."),
                ));
            }
            let bound =
                |text: &Option<&str>| text.and_then(|text| Decimal::from_str_exact(text).ok());
            within(field, exact, bound(min), bound(max))?;
            Ok(Value::Decimal(exact))
        }
        (FieldType::Timestamp, Value::Timestamp(timestamp)) => {
            if !(FIRST_SECOND..=LAST_SECOND).contains(&timestamp.as_second()) {
                let message = "Send an instant of the years 0001 to 9999.";
                return Err(error(field, "out_of_range", message));
            }
            let rounded = timestamp.round(Unit::Microsecond);
            rounded
                .map(Value::Timestamp)
                .map_err(|_| error(field, "out_of_range", "This instant is out of range."))
        }
        (FieldType::Boolean, value @ Value::Boolean(_))
        | (FieldType::Reference { .. }, value @ Value::Uuid(_)) => Ok(value),
        (ty, _) => Err(error(
            field,
            "invalid_type",
            format!("Send {}.", wanted(ty)),
        )),
    }
}

fn bounded(field: &FieldDef, text: String, max: u32) -> Result<Value, FieldError> {
    // Most text is short enough in bytes already.
    if text.len() > max as usize && text.chars().count() > max as usize {
        return Err(error(
            field,
            "too_long",
            format!("Send at most {max} characters."),
        ));
    }
    Ok(Value::Text(text))
}

fn within<T: PartialOrd + std::fmt::Display>(
    field: &FieldDef,
    value: T,
    min: Option<T>,
    max: Option<T>,
) -> Result<(), FieldError> {
    match (min, max) {
        (Some(min), _) if value < min => {
            Err(error(field, "too_small", format!("Send at least {min}.")))
        }
        (_, Some(max)) if value > max => {
            Err(error(field, "too_large", format!("Send at most {max}.")))
        }
        _ => Ok(()),
    }
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
