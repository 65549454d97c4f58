//! Lengths, least and greatest values, precision and scale.

use std::ops::RangeInclusive;

use crate::diagnostics::{
    empty_range::empty_range, invalid_number::invalid_number, out_of_range::out_of_range,
};
use crate::model::FieldType;
use crate::report::Diagnostic;
use crate::resolve::decimal::Shape;
use crate::resolve::limits::{self, Length};
use crate::syntax::{Field, Located, Scalar};

/// The `min` and `max` of a string, text or JSON. `None` if one was reported.
pub(crate) fn length(
    field: &Field,
    length: &Length,
    out: &mut Vec<Diagnostic>,
) -> Option<(u32, u32)> {
    let reported = out.len();
    let mut bound = |key, value: &Option<Located<Scalar>>, least| {
        let value = value.as_ref()?;
        let number = whole(key, value, out)?;
        within(key, number, least..=length.most, value, out)
    };
    let (min, max) = (bound("min", &field.min, 0), bound("max", &field.max, 1));
    let (min, max) = (min.unwrap_or(0), max.unwrap_or(length.default));
    if out.len() == reported {
        check_order(field, Some(min.into()), Some(max.into()), out);
    }
    (out.len() == reported).then_some((min, max))
}

/// `None` if a bound was reported: a default cannot be checked against it.
pub(crate) fn integer(field: &Field, out: &mut Vec<Diagnostic>) -> Option<FieldType> {
    let reported = out.len();
    let mut bound = |key, value: &Option<Located<Scalar>>| {
        value.as_ref().and_then(|value| whole(key, value, out))
    };
    let (min, max) = (bound("min", &field.min), bound("max", &field.max));
    check_order(field, min, max, out);
    (out.len() == reported).then_some(FieldType::Integer { min, max })
}

/// `None` if the precision, the scale or a bound was reported.
pub(crate) fn decimal(field: &Field, out: &mut Vec<Diagnostic>) -> Option<FieldType> {
    let reported = out.len();
    let digits = 1..=limits::DECIMAL_PRECISION;
    let precision = field.precision.as_ref();
    let precision = precision.and_then(|p| within("precision", p.value, digits, p, out));
    let most = precision.unwrap_or(limits::DECIMAL_PRECISION);
    let scale = field.scale.as_ref();
    let scale = scale.and_then(|s| within("scale", s.value, 0..=most, s, out));
    let shape = Shape {
        precision: precision?,
        scale: scale?,
    };
    let mut bound = |key, value: &Option<Located<Scalar>>| {
        let value = value.as_ref()?;
        let units = shape.units(&value.value);
        if units.is_none() {
            out.push(invalid_number(key, &shape.described(), value.span.clone()));
        }
        units
    };
    let (min, max) = (bound("min", &field.min), bound("max", &field.max));
    check_order(field, min, max, out);
    (out.len() == reported).then(|| FieldType::Decimal {
        precision: shape.precision,
        scale: shape.scale,
        min: min.map(|units| shape.text(units)),
        max: max.map(|units| shape.text(units)),
    })
}

fn whole(key: &str, value: &Located<Scalar>, out: &mut Vec<Diagnostic>) -> Option<i64> {
    let Scalar::Integer(number) = value.value else {
        out.push(invalid_number(key, "a whole number", value.span.clone()));
        return None;
    };
    Some(number)
}

fn within<T>(
    key: &str,
    number: i64,
    range: RangeInclusive<u32>,
    at: &Located<T>,
    out: &mut Vec<Diagnostic>,
) -> Option<u32> {
    let number = u32::try_from(number).ok().filter(|n| range.contains(n));
    if number.is_none() {
        let words = format!("from {} to {}", range.start(), range.end());
        out.push(out_of_range(key, &words, at.span.clone()));
    }
    number
}

fn check_order(field: &Field, min: Option<i64>, max: Option<i64>, out: &mut Vec<Diagnostic>) {
    if let (Some(min), Some(max), Some(at)) = (min, max, &field.min)
        && min > max
    {
        out.push(empty_range(at.span.clone()));
    }
}
