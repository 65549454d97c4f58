//! JSON values, as far as both databases keep them alike.
//!
//! PostgreSQL reads a JSON number into a decimal and SQLite keeps the text, so numbers are brought
//! into a form that both give back. Objects keep no order and no white space.

use serde_json::{Map, Number, Value as Json};

use super::error;
use crate::error::FieldError;
use crate::model::FieldDef;

/// The deepest nesting, in arrays and objects. The parser stops at 128.
const DEEPEST: usize = 100;

/// From here on a float is written with an exponent, where PostgreSQL writes all digits.
const EXPONENT: f64 = 1e16;

/// Checks a value and brings its numbers into their form.
pub(super) fn json(field: &FieldDef, json: Json, max: u32) -> Result<Json, FieldError> {
    let json = canonical(field, json, 0)?;
    let text = json.to_string();
    if text.len() > max as usize {
        let message = format!("Send at most {max} bytes of JSON, without white space.");
        return Err(error(field, "too_long", message));
    }
    Ok(json)
}

fn canonical(field: &FieldDef, json: Json, depth: usize) -> Result<Json, FieldError> {
    if depth > DEEPEST {
        let message = format!("Send at most {DEEPEST} arrays and objects in one another.");
        return Err(error(field, "too_deep", message));
    }
    Ok(match json {
        Json::String(text) => Json::String(plain(field, text)?),
        Json::Number(number) => Json::Number(number_of(&number)),
        Json::Array(items) => Json::Array(
            items
                .into_iter()
                .map(|item| canonical(field, item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(key, value)| Ok((plain(field, key)?, canonical(field, value, depth + 1)?)))
                .collect::<Result<Map<_, _>, _>>()?,
        ),
        json @ (Json::Null | Json::Bool(_)) => json,
    })
}

/// Refuses NUL, for which `jsonb` has no form.
fn plain(field: &FieldDef, text: String) -> Result<String, FieldError> {
    super::text::without_nul(field, &text).map(|()| text)
}

/// Zero without a sign, and whole numbers without an exponent where 64 bits hold them.
fn number_of(number: &Number) -> Number {
    let whole = |float: f64| {
        let text = format!("{float:.0}");
        text.parse::<i64>()
            .map(Number::from)
            .or_else(|_| text.parse::<u64>().map(Number::from))
            .ok()
    };
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(0.0) => Number::from_f64(0.0).unwrap_or_else(|| number.clone()),
        Some(float) if float.abs() >= EXPONENT => whole(float).unwrap_or_else(|| number.clone()),
        _ => number.clone(),
    }
}
