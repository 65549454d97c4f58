//! What may change of a field that has values: what leaves every value that it has allowed.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::input::FieldPatch;
use crate::error::{Error, FieldError, Result};
use crate::store::custom::{Definition, Kind};

/// The definition after a patch. That it makes sense by itself is for [`Definition`] to say.
///
/// # Errors
/// 422 for bounds that get tighter and for values that go.
pub(super) fn changed(old: &Definition, patch: &FieldPatch) -> Result<Definition> {
    let mut new = old.clone();
    if let Some(optional) = patch.optional {
        new.optional = optional;
    }
    if let Some(default) = &patch.default {
        new.default.clone_from(default);
    }
    let mut errors = Vec::new();
    for (key, given, bound, is_looser) in [
        ("min", &patch.min, &mut new.min, is_at_most as Looser),
        ("max", &patch.max, &mut new.max, is_at_least),
    ] {
        let Some(given) = given else { continue };
        // A length without a bound would have a tighter one: that which a new field gets.
        let is_length = matches!(old.kind, Kind::String | Kind::Text);
        let goes = given.is_none() && !is_length;
        if goes || is_looser(given.as_ref(), bound.as_ref()) {
            bound.clone_from(given);
        } else {
            let message = "Values that exist may lie beyond it: a bound can only be loosened.";
            errors.push(FieldError::new(key, "tighter", message));
        }
    }
    if let Some(values) = &patch.values {
        let kept = old.values.as_deref().unwrap_or_default();
        if let Some(gone) = kept.iter().find(|value| !values.contains(value)) {
            let message = format!("Records may have {gone}: values can only be added.");
            errors.push(FieldError::new("values", "missing", message));
        }
        new.values = Some(values.clone());
    }
    if errors.is_empty() {
        Ok(new)
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// Whether the first bound allows all that the second does.
type Looser = fn(Option<&Json>, Option<&Json>) -> bool;

/// A bound as a number, whatever its form.
fn number(bound: &Json) -> Option<Decimal> {
    match bound {
        Json::Number(number) => number.as_i64().map(Decimal::from),
        Json::String(text) => Decimal::from_str_exact(text).ok(),
        _ => None,
    }
}

/// Whether `new` allows what `old` does as a least value.
fn is_at_most(new: Option<&Json>, old: Option<&Json>) -> bool {
    both(new, old).is_some_and(|(new, old)| new <= old)
}

/// The same as a greatest value.
fn is_at_least(new: Option<&Json>, old: Option<&Json>) -> bool {
    both(new, old).is_some_and(|(new, old)| new >= old)
}

fn both(new: Option<&Json>, old: Option<&Json>) -> Option<(Decimal, Decimal)> {
    number(new?).zip(number(old?))
}
