//! Exact numbers on both databases. A decimal is an integer scaled by ten to its scale in SQLite.

use rust_decimal::Decimal;

use super::node::Comparison;
use crate::error::{Error, Result};
use crate::store::Value;

/// The least number of digits after the point of an average.
const AVERAGE_SCALE: u32 = 6;

/// Digits after the point that a decimal can have.
const MOST_SCALE: u32 = 28;

/// A comparison of a scaled column with a value that may not be a whole number of its units.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scaled {
    /// Compare so, with this.
    Compare(Comparison, i64),
    /// No row has such a value.
    Never,
    /// Every value is so, null is not.
    NotNull,
    /// Every row is so, null too.
    Always,
}

/// What `column comparison literal` means for a column of scaled integers.
pub(super) fn scaled(comparison: Comparison, literal: Decimal, scale: u32) -> Scaled {
    let literal = literal.normalize();
    let mantissa = literal.mantissa();
    let whole = match literal.scale().checked_sub(scale) {
        None | Some(0) => {
            let factor = 10_i128.pow(scale - literal.scale());
            mantissa.checked_mul(factor)
        }
        Some(excess) => {
            // Between two units: the lower one decides.
            let below = i64::try_from(mantissa.div_euclid(10_i128.pow(excess)));
            return match (comparison, below) {
                (Comparison::Eq, _) => Scaled::Never,
                (Comparison::Ne, _) => Scaled::Always,
                (Comparison::Lt | Comparison::Le, Ok(below)) => {
                    Scaled::Compare(Comparison::Le, below)
                }
                (Comparison::Gt | Comparison::Ge, Ok(below)) => {
                    Scaled::Compare(Comparison::Gt, below)
                }
                (comparison, Err(_)) => beyond(comparison, mantissa),
            };
        }
    };
    match whole.and_then(|whole| i64::try_from(whole).ok()) {
        Some(whole) => Scaled::Compare(comparison, whole),
        None => beyond(comparison, mantissa),
    }
}

/// The same for a value beyond all that the column can hold.
fn beyond(comparison: Comparison, mantissa: i128) -> Scaled {
    match (comparison, mantissa > 0) {
        (Comparison::Ne, _) => Scaled::Always,
        (Comparison::Lt | Comparison::Le, true) | (Comparison::Gt | Comparison::Ge, false) => {
            Scaled::NotNull
        }
        _ => Scaled::Never,
    }
}

/// A number of an answer as a decimal of `scale` digits after the point.
pub(super) fn decimal(value: Value, scale: u32) -> Result<Value> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Integer(integer) => Decimal::try_new(integer, scale)
            .map(Value::Decimal)
            .map_err(Error::internal),
        Value::Decimal(mut decimal) => {
            decimal.rescale(scale);
            Ok(Value::Decimal(decimal))
        }
        other => Ok(other),
    }
}

/// The quotient of a sum, whose scale is given, and a count.
pub(super) fn average(sum: Value, count: Value, scale: u32) -> Result<Value> {
    let (mantissa, count) = match (decimal(sum, scale)?, count) {
        (Value::Null, _) | (_, Value::Integer(0)) => return Ok(Value::Null),
        (Value::Decimal(sum), Value::Integer(count)) => (sum.mantissa(), i128::from(count)),
        _ => return Err(Error::internal("an average of what is no number")),
    };
    let wanted = scale.max(AVERAGE_SCALE);
    let numerator = mantissa
        .checked_mul(10_i128.pow(wanted - scale))
        .ok_or_else(too_large)?;
    let (quotient, rest) = (numerator / count, numerator % count);
    let away = if 2 * rest.abs() >= count {
        numerator.signum()
    } else {
        0
    };
    Decimal::try_from_i128_with_scale(quotient + away, wanted)
        .map(Value::Decimal)
        .map_err(|_| too_large())
}

/// A scale that a decimal can have.
pub(super) fn check_scale(scale: u32) -> Result<u32> {
    if scale > MOST_SCALE {
        return Err(Error::internal(format!(
            "an expression of a query has {scale} digits after the point, and a decimal holds {MOST_SCALE}"
        )));
    }
    Ok(scale)
}

/// The integer of a decimal.
pub(super) fn unscaled(decimal: Decimal) -> Result<i64> {
    i64::try_from(decimal.mantissa()).map_err(|_| too_large())
}

fn too_large() -> Error {
    Error::internal("a number of a query is larger than 64 bits hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn a_value_between_two_units_compares_with_the_lower() {
        use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
        let cases = [
            (Ge, "1.50", Scaled::Compare(Ge, 150)),
            (Eq, "1.5000", Scaled::Compare(Eq, 150)),
            (Ge, "1.505", Scaled::Compare(Gt, 150)),
            (Lt, "1.505", Scaled::Compare(Le, 150)),
            (Gt, "-1.505", Scaled::Compare(Gt, -151)),
            (Eq, "1.505", Scaled::Never),
            (Ne, "1.505", Scaled::Always),
            (Lt, "1000000000000000000000", Scaled::NotNull),
            (Gt, "1000000000000000000000", Scaled::Never),
            (Gt, "-1000000000000000000000", Scaled::NotNull),
            (Ne, "79228162514264337593543950335", Scaled::Always),
        ];
        for (comparison, literal, expected) in cases {
            assert_eq!(scaled(comparison, d(literal), 2), expected, "{literal}");
        }
    }

    #[test]
    fn averages_are_exact_and_round_half_away_from_zero() {
        let of = |sum: &str, count| {
            let sum = d(sum);
            average(Value::Decimal(sum), Value::Integer(count), sum.scale()).unwrap()
        };
        assert_eq!(of("10.00", 4), Value::Decimal(d("2.500000")));
        assert_eq!(of("1", 3), Value::Decimal(d("0.333333")));
        assert_eq!(of("2", 3), Value::Decimal(d("0.666667")));
        assert_eq!(of("0.000001", 2), Value::Decimal(d("0.000001")));
        assert_eq!(of("-0.000001", 2), Value::Decimal(d("-0.000001")));
        assert_eq!(of("-1", 3), Value::Decimal(d("-0.333333")));
        let none = average(Value::Null, Value::Integer(0), 2).unwrap();
        assert_eq!(none, Value::Null);
    }
}
