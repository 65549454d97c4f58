//! Valid bodies, derived from a resource's fields.
//!
//! A refusal proves something only when the same bytes would otherwise have succeeded, so a body
//! must be valid to the last field. Each call gives fresh values, which keeps unique fields unique.

use serde_json::{Map, Value, json};

use crate::pattern;
use crate::surface::{Field, FieldType, Resource};

/// Gives the id of a record of the named resource, if it is to be referred to.
pub(crate) type Refer<'a> = dyn FnMut(&str, bool) -> Result<Option<String>, String> + 'a;

/// The body that creates a record: every field, also the optional ones, but those that need a
/// permission of their own, for which whoever lacks it would be refused.
///
/// `reference` gives the id of a record of the named resource to refer to, or `None` to leave
/// the field out. It is told whether the field may be left out.
///
/// # Errors
///
/// What `reference` reports, and types that the suite does not know.
pub(crate) fn new_record(
    resource: &Resource,
    fresh: u64,
    reference: &mut Refer<'_>,
) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    for field in resource
        .fields
        .iter()
        .filter(|field| field.permission.is_none())
    {
        let value = match &field.ty {
            FieldType::Reference { to } => reference(to, field.optional)?.map(Value::String),
            _ => value_for(field, fresh),
        };
        match value {
            Some(value) => drop(body.insert(field.name.clone(), value)),
            None if matches!(field.ty, FieldType::Unknown) => {
                return Err(format!(
                    "the type of {}.{} is unknown to this version of the suite",
                    resource.name, field.name
                ));
            }
            None => {}
        }
    }
    Ok(body)
}

/// A merge patch that changes one field; empty when the resource has nothing but references.
pub(crate) fn small_patch(resource: &Resource, fresh: u64) -> Map<String, Value> {
    let one = resource
        .fields
        .iter()
        .filter(|field| field.permission.is_none())
        .find_map(|field| value_for(field, fresh).map(|value| (field.name.clone(), value)));
    one.into_iter().collect()
}

/// The first field that holds free text, for markers.
pub(crate) fn text_field(resource: &Resource) -> Option<&Field> {
    resource
        .fields
        .iter()
        .find(|field| field.permission.is_none() && field.holds_markers())
}

impl Field {
    /// Whether any text of 24 characters is a value.
    pub(crate) fn holds_markers(&self) -> bool {
        match &self.ty {
            FieldType::String { min, max, pattern } => {
                *min <= 24 && *max >= 24 && pattern.is_none()
            }
            FieldType::Text { min, max } => *min <= 24 && *max >= 24,
            _ => false,
        }
    }
}

/// A valid value; `None` for references and unknown types.
pub(crate) fn value_for(field: &Field, fresh: u64) -> Option<Value> {
    Some(match &field.ty {
        FieldType::String {
            min,
            max,
            pattern: Some(pattern),
        } => json!(pattern::example(pattern, (*min, *max), fresh)?),
        FieldType::String { min, max, .. } | FieldType::Text { min, max } => {
            json!(text(*min, *max, fresh))
        }
        FieldType::Integer { min, max } => {
            let low = min.or(max.map(|max| max.min(1))).unwrap_or(1);
            let value = within(i128::from(low), i128::from(max.unwrap_or(i64::MAX)), fresh);
            json!(i64::try_from(value).ok()?)
        }
        FieldType::Decimal {
            precision,
            scale,
            min,
            max,
        } => {
            let limit = 10_i128.checked_pow(*precision)? - 1;
            let bound =
                |bound: &Option<Value>| bound.as_ref().and_then(|bound| scaled(bound, *scale));
            let high = bound(max).unwrap_or(limit).min(limit);
            let low = bound(min).unwrap_or(high.min(0));
            json!(decimal(within(low, high, fresh), *scale))
        }
        FieldType::Boolean => json!(fresh.is_multiple_of(2)),
        FieldType::Timestamp => json!(format!(
            "{}T{:02}:{:02}:00Z",
            date(fresh),
            fresh / 60 % 24,
            fresh % 60
        )),
        FieldType::Date => json!(date(fresh)),
        FieldType::Uuid => json!(uuid::Uuid::now_v7().to_string()),
        FieldType::Email => json!(format!("fresh-{fresh}@example.com")),
        FieldType::Url => json!(format!("https://example.com/{fresh}")),
        FieldType::Json => json!({ "fresh": fresh }),
        FieldType::Enum { values } => {
            json!(values.get(usize::try_from(fresh).ok()?.checked_rem(values.len())?)?)
        }
        FieldType::Reference { .. } | FieldType::Unknown => return None,
    })
}

/// Text of `min` to `max` characters whose end is fresh.
fn text(min: usize, max: usize, fresh: u64) -> String {
    let text = format!("fresh {fresh}");
    let text: String = text
        .chars()
        .skip(text.chars().count().saturating_sub(max))
        .collect();
    let text = text.trim_start();
    let short = min.saturating_sub(text.chars().count());
    format!("{}{text}", "x".repeat(short))
}

fn date(fresh: u64) -> String {
    format!(
        "20{:02}-{:02}-{:02}",
        30 + fresh / 336 % 60,
        fresh / 28 % 12 + 1,
        fresh % 28 + 1
    )
}

fn within(low: i128, high: i128, fresh: u64) -> i128 {
    let span = high.saturating_sub(low).saturating_add(1).max(1);
    low + i128::from(fresh) % span
}

/// A decimal bound, in units of the last place.
fn scaled(bound: &Value, scale: u32) -> Option<i128> {
    let text = bound
        .as_str()
        .map_or_else(|| bound.to_string(), str::to_owned);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let places = usize::try_from(scale).ok()?;
    let digits: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(places)
        .collect();
    format!("{whole}{digits}").parse().ok()
}

fn decimal(units: i128, scale: u32) -> String {
    let places = scale as usize;
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(ty: Value) -> Field {
        serde_json::from_value(
            json!({ "name": "f", "ty": ty, "optional": false, "unique": true, "default": null }),
        )
        .unwrap()
    }

    fn value(ty: Value, fresh: u64) -> Value {
        value_for(&field(ty), fresh).unwrap()
    }

    #[test]
    fn values_stay_inside_their_limits() {
        let decimal =
            json!({ "type": "decimal", "precision": 4, "scale": 2, "min": "0.50", "max": "1" });
        assert_eq!(value(decimal.clone(), 0), json!("0.50"));
        assert_eq!(value(decimal.clone(), 50), json!("1.00"));
        assert_eq!(value(decimal, 51), json!("0.50"));
        let negative =
            json!({ "type": "decimal", "precision": 4, "scale": 2, "min": null, "max": "-0.05" });
        assert_eq!(value(negative, 7), json!("-0.05"));
        let whole =
            json!({ "type": "decimal", "precision": 2, "scale": 0, "min": null, "max": null });
        assert_eq!(value(whole, 107), json!("7"));
        assert_eq!(
            value(json!({ "type": "integer", "min": -3, "max": -2 }), 1),
            json!(-2)
        );
        assert_eq!(
            value(json!({ "type": "integer", "min": null, "max": 0 }), 9),
            json!(0)
        );
        assert_eq!(
            value(json!({ "type": "enum", "values": ["a", "b"] }), 3),
            json!("b")
        );
        assert_eq!(
            value(json!({ "type": "string", "max": 3 }), 12_345),
            json!("345")
        );
    }

    #[test]
    fn unique_values_differ() {
        for ty in [
            json!({ "type": "string", "max": 8 }),
            json!({ "type": "integer", "min": 5, "max": null }),
            json!({ "type": "decimal", "precision": 12, "scale": 2, "min": "0", "max": null }),
            json!({ "type": "timestamp" }),
        ] {
            let seen: std::collections::BTreeSet<String> = (0..500)
                .map(|fresh| value(ty.clone(), fresh).to_string())
                .collect();
            assert_eq!(seen.len(), 500, "{ty}");
        }
    }

    #[test]
    fn references_are_filled_or_left_out() {
        let resource: Resource = serde_json::from_value(json!({ "name": "r", "fields": [
            { "name": "a", "ty": { "type": "reference", "to": "x" } }, { "name": "b", "ty": { "type": "reference", "to": "y" } },
        ] }))
        .unwrap();
        let body = new_record(&resource, 1, &mut |to, _| {
            Ok((to == "x").then(|| "id-of-x".to_owned()))
        })
        .unwrap();
        assert_eq!(Value::Object(body), json!({ "a": "id-of-x" }));
        assert!(small_patch(&resource, 1).is_empty());
    }
}
