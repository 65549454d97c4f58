//! Whether a field would accept its own default.

use regex::Regex;

use crate::diagnostics::invalid_default::invalid_default;
use crate::model::{FieldType, Literal};
use crate::report::Diagnostic;
use crate::resolve::decimal::Shape;
use crate::resolve::{email, time, url};
use crate::syntax::{Located, Scalar};
use crate::wording::{alternatives, did_you_mean};

/// The default as the schema holds it; `None` if it was reported. `pattern` is that of a string.
pub(crate) fn resolve(
    default: &Located<Scalar>,
    ty: &FieldType,
    pattern: Option<&Regex>,
    out: &mut Vec<Diagnostic>,
) -> Option<Literal> {
    let accepted = match ty {
        FieldType::String { min, max, .. } => line(&default.value, *min, *max, pattern),
        FieldType::Text { min, max } => text(&default.value, *min, *max),
        FieldType::Email => written(&default.value, email::EXPECTED, email::read),
        FieldType::Url => written(&default.value, url::EXPECTED, url::read),
        FieldType::Uuid => written(&default.value, UUID, uuid),
        FieldType::Date => written(&default.value, time::DATE, time::date),
        FieldType::Timestamp => written(&default.value, time::TIMESTAMP, time::timestamp),
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
        FieldType::Json { .. } | FieldType::Reference { .. } => Err("no default".to_owned()),
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

fn line(value: &Scalar, min: u32, max: u32, pattern: Option<&Regex>) -> Accepted {
    match text(value, min, max)? {
        Literal::Text(text) if text.chars().any(char::is_control) => {
            Err("one line, without control characters".to_owned())
        }
        Literal::Text(text) if pattern.is_some_and(|pattern| !pattern.is_match(&text)) => {
            Err("text that matches its `pattern` as a whole".to_owned())
        }
        other => Ok(other),
    }
}

fn text(value: &Scalar, min: u32, max: u32) -> Accepted {
    let Scalar::Text(text) = value else {
        return Err("a string".to_owned());
    };
    let length = text.chars().count();
    if text.contains('\0') {
        // PostgreSQL cannot store it.
        Err("text without NUL characters".to_owned())
    } else if length > max as usize {
        Err(format!("at most {max} characters"))
    } else if length < min as usize {
        Err(format!("at least {min} characters"))
    } else {
        Ok(Literal::Text(text.clone()))
    }
}

/// Text of a form of its own; `read` makes it canonical.
fn written(value: &Scalar, expected: &str, read: fn(&str) -> Option<String>) -> Accepted {
    let text = match value {
        Scalar::Text(text) => read(text),
        _ => None,
    };
    text.map(Literal::Text).ok_or_else(|| expected.to_owned())
}

const UUID: &str = "a UUID such as 0190b3c2-5f2e-7c3a-9d41-5a1f0e6b8c27";

fn uuid(text: &str) -> Option<String> {
    let lengths = text.split('-').map(str::len);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let fits = lengths.eq([8, 4, 4, 4, 12]) && text.split('-').all(digits);
    fits.then(|| text.to_ascii_lowercase())
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
