//! Exact decimals of a known precision and scale, as 64-bit counts of their last digit.

use crate::syntax::Scalar;

/// Digits in all, and after the point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub precision: u32,
    pub scale: u32,
}

impl Shape {
    /// The value as a count of its last digit: `1.5` of scale 2 is 150.
    ///
    /// `None` if it is no plain number, has more digits after the point than `scale`, or more in
    /// all than `precision`.
    pub fn units(self, value: &Scalar) -> Option<i64> {
        match value {
            Scalar::Text(text) | Scalar::Float(text) => self.parse(text),
            Scalar::Integer(number) => self.parse(&number.to_string()),
            Scalar::Boolean(_) => None,
        }
    }

    fn parse(self, text: &str) -> Option<i64> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let scale = self.scale as usize;
        if fraction.len() > scale {
            return None;
        }
        // 18 digits at most fit an i64; leading zeros parse to nothing.
        let units: i64 = format!("{whole}{fraction:0<scale$}").parse().ok()?;
        if units >= 10_i64.checked_pow(self.precision)? {
            return None;
        }
        Some(if negative { -units } else { units })
    }

    /// The value as text, with all digits of the scale: 150 of scale 2 is `1.50`.
    pub fn text(self, units: i64) -> String {
        let sign = if units < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }

    /// What it holds, in words.
    pub fn described(self) -> String {
        let Self { precision, scale } = self;
        format!("a decimal of at most {precision} digits, {scale} of them after the point")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_units_and_comes_back_with_its_scale() {
        let money = Shape {
            precision: 6,
            scale: 2,
        };
        for (text, units, again) in [
            ("0", 0, "0.00"),
            ("-0.5", -50, "-0.50"),
            ("9999.99", 999_999, "9999.99"),
            ("1.500", 150, "1.50"),
            ("+007", 700, "7.00"),
        ] {
            assert_eq!(money.parse(text), Some(units), "{text}");
            assert_eq!(money.text(units), again);
        }
        for wrong in [
            "", ".", "1.", ".5", "1e3", "inf", "nan", "1.005", "10000", "1_0", "--1",
        ] {
            assert_eq!(money.parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_greatest_shapes_fit() {
        let whole = Shape {
            precision: 18,
            scale: 0,
        };
        assert_eq!(
            whole.parse("999999999999999999"),
            Some(999_999_999_999_999_999)
        );
        assert_eq!(whole.parse("1000000000000000000"), None);
        assert_eq!(whole.text(-12), "-12");
        let fraction = Shape {
            precision: 18,
            scale: 18,
        };
        assert_eq!(fraction.text(1), "0.000000000000000001");
        assert_eq!(
            fraction.parse("0.999999999999999999"),
            Some(999_999_999_999_999_999)
        );
        assert_eq!(fraction.parse("1"), None);
    }
}
