//! Whether a field would accept its own default.

use crate::diagnostics::invalid_default::invalid_default;
use crate::model::{FieldType, Literal};
use crate::report::Diagnostic;
use crate::resolve::decimal::Shape;
use crate::syntax::{Located, Scalar};
use crate::wording::{alternatives, did_you_mean};

/// The default as the schema holds it; `None` if it was reported.
pub(crate) fn resolve(
    default: &Located<Scalar>,
    ty: &FieldType,
    out: &mut Vec<Diagnostic>,
) -> Option<Literal> {
    let accepted = match ty {
        FieldType::String { max, .. } => line(&default.value, *max),
        FieldType::Text { max, .. } => text(&default.value, *max),
        FieldType::Integer { min, max } => integer(&default.value, *min, *max),
        FieldType::Decimal {
            precision,
            scale,
            min,
            max,
        } => {
            let shape = Shape {
                precision: *precision,
                scale: *scale,
            };
            decimal(&default.value, shape, min.as_deref(), max.as_deref())
        }
        FieldType::Boolean => match default.value {
            Scalar::Boolean(flag) => Ok(Literal::Boolean(flag)),
            _ => Err("`true` or `false`".to_owned()),
        },
        FieldType::Enum { values } => one_of(&default.value, values),
        // The table of keys gives these no `default`.
        FieldType::Email
        | FieldType::Url
        | FieldType::Uuid
        | FieldType::Date
        | FieldType::Timestamp
        | FieldType::Json { .. }
        | FieldType::Reference { .. } => Err("no default".to_owned()),
    };
    accepted
        .map_err(|expected| {
            let help = match (ty, &default.value) {
                (FieldType::Enum { values }, Scalar::Text(text)) => {
                    did_you_mean(text, values.iter().map(String::as_str))
                }
                _ => None,
            };
            out.push(invalid_default(&expected, help, default.span.clone()));
        })
        .ok()
}

/// What was accepted, or what would be, in words.
type Accepted = Result<Literal, String>;

fn line(value: &Scalar, max: u32) -> Accepted {
    match text(value, max) {
        Ok(Literal::Text(text)) if text.chars().any(char::is_control) => {
            Err("one line, without control characters".to_owned())
        }
        other => other,
    }
}

fn text(value: &Scalar, max: u32) -> Accepted {
    match value {
        Scalar::Text(text) if text.contains('\0') => {
            // PostgreSQL cannot store it.
            Err("text without NUL characters".to_owned())
        }
        Scalar::Text(text) if text.chars().count() <= max as usize => {
            Ok(Literal::Text(text.clone()))
        }
        Scalar::Text(_) => Err(format!("at most {max} characters")),
        _ => Err("a string".to_owned()),
    }
}

fn integer(value: &Scalar, min: Option<i64>, max: Option<i64>) -> Accepted {
    let Scalar::Integer(number) = *value else {
        return Err("a whole number".to_owned());
    };
    match (min, max) {
        (Some(min), _) if number < min => Err(format!("{min} or more")),
        (_, Some(max)) if number > max => Err(format!("{max} or less")),
        _ => Ok(Literal::Integer(number)),
    }
}

fn decimal(value: &Scalar, shape: Shape, min: Option<&str>, max: Option<&str>) -> Accepted {
    let Some(units) = shape.units(value) else {
        return Err(shape.described());
    };
    // Bounds were written by `shape`, so they read back.
    let bound = |text: &str| shape.units(&Scalar::Text(text.to_owned()));
    match (min, max) {
        (Some(min), _) if bound(min).is_some_and(|min| units < min) => {
            Err(format!("{min} or more"))
        }
        (_, Some(max)) if bound(max).is_some_and(|max| units > max) => {
            Err(format!("{max} or less"))
        }
        _ => Ok(Literal::Text(shape.text(units))),
    }
}

fn one_of(value: &Scalar, values: &[String]) -> Accepted {
    match value {
        Scalar::Text(text) if values.contains(text) => Ok(Literal::Text(text.clone())),
        _ => Err(alternatives(values)),
    }
}
