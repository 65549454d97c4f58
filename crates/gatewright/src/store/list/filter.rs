//! Filters: an operator, and the values it takes.

use super::super::custom::CustomField;
use super::super::{Value, check};
use super::column::{Column, Place};
use crate::model::{FieldDef, FieldType};

/// The most values of `in` and `nin`.
const MOST_VALUES: usize = 100;

/// The most characters of a text that is looked for, in `like` and `q`.
const LONGEST_NEEDLE: usize = 200;

/// The longest text to compare an email address or a URL with, in characters.
const LONGEST_ADDRESS: u32 = 2_048;

/// What a filter asks of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Op {
    Eq,
    /// Includes null, as the opposite of `eq`.
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    /// Includes null, as the opposite of `in`.
    Nin,
    Null,
    /// Contains, whatever the case of ASCII letters. Nothing in its text is special.
    Like,
}

impl Op {
    const ALL: [(&'static str, Self); 10] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("gt", Self::Gt),
        ("gte", Self::Gte),
        ("lt", Self::Lt),
        ("lte", Self::Lte),
        ("in", Self::In),
        ("nin", Self::Nin),
        ("null", Self::Null),
        ("like", Self::Like),
    ];

    /// Whether a column of this type takes it.
    fn fits(self, ty: &FieldType) -> bool {
        match (self, ty) {
            (Self::Null, _) => true,
            (_, FieldType::Json { .. }) => false,
            (Self::Eq | Self::Ne | Self::In | Self::Nin, _) => true,
            (_, FieldType::Boolean | FieldType::Enum { .. }) => false,
            (Self::Gt | Self::Gte | Self::Lt | Self::Lte, _) => true,
            (Self::Like, ty) => matches!(
                ty,
                FieldType::String { .. }
                    | FieldType::Text { .. }
                    | FieldType::Email
                    | FieldType::Url
            ),
        }
    }
}

/// One filter, checked.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) column: Column,
    pub(super) op: Op,
    /// Of `in` and `nin` one or more, of others one. The text of `like` is in lower case already.
    pub(super) values: Vec<Value>,
}

impl Filter {
    /// What a query has once: the column and the operator.
    pub(super) fn key(&self) -> (Place, Op) {
        (self.column.place, self.op)
    }

    /// Reads a filter of `column`.
    ///
    /// # Errors
    /// A sentence about the parameter.
    pub(super) fn parse(column: Column, op: &str, text: &str) -> Result<Self, String> {
        let ty = column.ty();
        let found = Op::ALL.iter().find(|(name, _)| *name == op);
        let Some((_, op)) = found.filter(|(_, op)| op.fits(ty)) else {
            let names = Op::ALL.iter().filter(|(_, op)| op.fits(ty));
            let names: Vec<&str> = names.map(|(name, _)| *name).collect();
            return Err(format!("Its operators are {}.", names.join(", ")));
        };
        let values = match op {
            Op::In | Op::Nin => {
                let texts = split(text);
                if texts.len() > MOST_VALUES {
                    return Err(format!("Send at most {MOST_VALUES} values."));
                }
                let values = texts.iter().map(|text| value(&column, text));
                values.collect::<Result<_, _>>()?
            }
            Op::Null => match text {
                "true" => vec![Value::Boolean(true)],
                "false" => vec![Value::Boolean(false)],
                _ => return Err("Send true or false.".to_owned()),
            },
            Op::Like => vec![Value::Text(needle(text)?)],
            _ => vec![value(&column, text)?],
        };
        Ok(Self {
            column,
            op: *op,
            values,
        })
    }
}

/// A text to look for, in lower case as far as it is ASCII.
///
/// # Errors
/// A sentence about its length.
pub(super) fn needle(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().nth(LONGEST_NEEDLE).is_some() {
        return Err(format!("Send 1 to {LONGEST_NEEDLE} characters."));
    }
    Ok(text.to_ascii_lowercase())
}

/// A value to compare with. It must be of the field's type, but a record need not be able to hold
/// it: `filter[price][gte]=-1` is a fair question where prices begin at 0.
fn value(column: &Column, text: &str) -> Result<Value, String> {
    let ty = match *column.ty() {
        FieldType::Enum { .. } if column.of_tenant().is_some() => {
            let values = column.of_tenant().map_or(&[][..], CustomField::values);
            let known = values.iter().find(|known| *known == text);
            let message = || format!("Send one of {}.", values.join(", "));
            return known.cloned().map(Value::Text).ok_or_else(message);
        }
        FieldType::String { max, .. } => FieldType::String {
            min: 0,
            max,
            pattern: None,
        },
        FieldType::Text { max, .. } => FieldType::Text { min: 0, max },
        FieldType::Email | FieldType::Url => FieldType::String {
            min: 0,
            max: LONGEST_ADDRESS,
            pattern: None,
        },
        FieldType::Integer { .. } => FieldType::Integer {
            min: None,
            max: None,
        },
        FieldType::Decimal {
            precision, scale, ..
        } => FieldType::Decimal {
            precision,
            scale,
            min: None,
            max: None,
        },
        other => other,
    };
    let lenient = FieldDef {
        ty,
        ..FieldDef::DEFAULT
    };
    check::parse_text(&lenient, text).map_err(|error| error.message)
}

/// Splits at commas; `\,` is a comma inside a value.
fn split(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, values.last_mut()) {
            (',', _) => values.push(String::new()),
            ('\\', Some(value)) if rest.peek() == Some(&',') => {
                value.extend(rest.next());
            }
            (c, Some(value)) => value.push(c),
            (_, None) => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_at_commas_that_no_backslash_escapes() {
        let cases: [(&str, &[&str]); 7] = [
            ("", &[""]),
            ("a", &["a"]),
            ("a,b,,c", &["a", "b", "", "c"]),
            (r"a\,b,c", &["a,b", "c"]),
            (r"a\b\", &[r"a\b\"]),
            (r"\,", &[","]),
            (r"\\,a", &[r"\,a"]),
        ];
        for (text, values) in cases {
            assert_eq!(split(text), values, "{text}");
        }
    }
}
