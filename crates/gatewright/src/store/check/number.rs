//! Numbers: bounds, precision and scale.

use rust_decimal::Decimal;

use super::error;
use crate::error::FieldError;
use crate::model::FieldDef;

/// Brings a decimal to the field's scale, and refuses it where that would change it.
pub(super) fn decimal(
    field: &FieldDef,
    value: Decimal,
    precision: u32,
    scale: u32,
) -> Result<Decimal, FieldError> {
    let mut exact = value.normalize();
    if exact.scale() > scale {
        let message = format!("Send at most {scale} digits after the point.");
        return Err(error(field, "too_precise", message));
    }
    // Both databases then answer the same digits.
    exact.rescale(scale);
    if exact.mantissa().unsigned_abs() >= 10_u128.pow(precision) {
        let message = format!("Send at most {precision} digits.");
        return Err(error(field, "too_large", message));
    }
    Ok(exact)
}

/// Refuses what lies outside of these bounds.
pub(super) fn within<T: PartialOrd + std::fmt::Display>(
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
