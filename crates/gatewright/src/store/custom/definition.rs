//! What a tenant says of a field, and whether that makes sense.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::FieldError;
use crate::model::FieldType;

/// Digits of a decimal, which a 64-bit integer holds in full.
const MOST_DIGITS: u32 = 18;
/// Lengths of a string, in characters: unless given, at most, and at most where it is unique.
const STRING: [u32; 2] = [255, 1_000];
const LONGEST_UNIQUE: u32 = 600;
/// Lengths of a text: unless given, and at most.
const TEXT: [u32; 2] = [10_000, 65_536];
/// Values of an enum, and the longest of them in characters.
const MOST_VALUES: usize = 64;
const LONGEST_VALUE: usize = 64;
/// The longest pattern in bytes, and the most memory that it takes when compiled. Matching takes time
/// linear in the value, whatever the pattern.
const LONGEST_PATTERN: usize = 200;
const PATTERN_MEMORY: usize = 256 * 1024;

/// The types that a tenant can choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    String,
    Text,
    Email,
    Url,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Enum,
}

/// A field as the tenant describes it; its JSON text stands in `custom_fields.definition`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default)]
    pub(crate) unique: bool,
    /// As it stands in JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Json>,
    /// A length, a whole number, or a decimal as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) precision: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scale: Option<u32>,
    /// Of an enum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<Vec<String>>,
}

/// What a definition comes to, without its default.
#[derive(Debug)]
pub(super) struct Rules {
    /// The type as the checks know it; an enum's values and a decimal's bounds stand beside it.
    pub(super) ty: FieldType,
    pub(super) bounds: [Option<Decimal>; 2],
}

/// Collects what is wrong.
#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, key: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError::new(key, code, message));
    }
}

impl Definition {
    /// The same with the lengths that are meant where none are given, so that they can be loosened.
    pub(crate) fn with_lengths(mut self) -> Self {
        let usual = match self.kind {
            Kind::String => STRING[0],
            Kind::Text => TEXT[0],
            _ => return self,
        };
        self.min.get_or_insert_with(|| 0.into());
        self.max.get_or_insert_with(|| usual.into());
        self
    }

    /// Works out what values it means.
    ///
    /// # Errors
    /// Every key that is wrong.
    pub(super) fn rules(&self) -> Result<Rules, Vec<FieldError>> {
        let mut wrong = Wrong::default();
        self.check_keys(&mut wrong);
        let mut bounds = [None, None];
        let ty = match self.kind {
            Kind::String => {
                let (min, max) = self.lengths(STRING, &mut wrong);
                if self.unique && max > LONGEST_UNIQUE {
                    let message = format!("A unique string has a max of {LONGEST_UNIQUE} at most.");
                    wrong.add("max", "out_of_range", message);
                }
                FieldType::String {
                    min,
                    max,
                    pattern: None,
                }
            }
            Kind::Text => {
                let (min, max) = self.lengths(TEXT, &mut wrong);
                FieldType::Text { min, max }
            }
            Kind::Email => FieldType::Email,
            Kind::Url => FieldType::Url,
            Kind::Boolean => FieldType::Boolean,
            Kind::Date => FieldType::Date,
            Kind::Timestamp => FieldType::Timestamp,
            Kind::Enum => {
                self.check_values(&mut wrong);
                FieldType::Enum { values: &[] }
            }
            Kind::Integer => {
                let bound = |key, bound: &Option<Json>, wrong: &mut Wrong| {
                    let number = bound.as_ref()?.as_i64();
                    if number.is_none() {
                        wrong.add(key, "invalid_type", "Send a whole number of 64 bits.");
                    }
                    number
                };
                let min = bound("min", &self.min, &mut wrong);
                let max = bound("max", &self.max, &mut wrong);
                check_order(min, max, &mut wrong);
                FieldType::Integer { min, max }
            }
            Kind::Decimal => {
                let (precision, scale) = self.digits(&mut wrong);
                bounds = [("min", &self.min), ("max", &self.max)]
                    .map(|(key, bound)| decimal_bound(key, bound.as_ref(), &mut wrong));
                check_order(bounds[0], bounds[1], &mut wrong);
                FieldType::Decimal {
                    precision,
                    scale,
                    min: None,
                    max: None,
                }
            }
        };
        if wrong.0.is_empty() {
            Ok(Rules { ty, bounds })
        } else {
            Err(wrong.0)
        }
    }

    /// Refuses keys that do not go with the type.
    fn check_keys(&self, wrong: &mut Wrong) {
        use Kind as K;
        let measured = matches!(self.kind, K::String | K::Text | K::Integer | K::Decimal);
        let is_decimal = self.kind == K::Decimal;
        let can_be_unique = !matches!(self.kind, K::Text | K::Url | K::Boolean);
        let keys = [
            ("min", self.min.is_some(), measured),
            ("max", self.max.is_some(), measured),
            ("pattern", self.pattern.is_some(), self.kind == K::String),
            ("precision", self.precision.is_some(), is_decimal),
            ("scale", self.scale.is_some(), is_decimal),
            ("values", self.values.is_some(), self.kind == K::Enum),
            ("unique", self.unique, can_be_unique),
        ];
        for (key, is_given, fits) in keys {
            if is_given && !fits {
                wrong.add(key, "misplaced", "A field of this type does not take it.");
            }
        }
        if self.unique && self.default.is_some() {
            let message = "Every new record would get it, and a value occurs once at most.";
            wrong.add("default", "misplaced", message);
        }
    }

    fn lengths(&self, [usual, most]: [u32; 2], wrong: &mut Wrong) -> (u32, u32) {
        let mut length = |key, given: &Option<Json>, least: u64, unless: u32| {
            let Some(given) = given else { return unless };
            let number = given.as_u64();
            let number = number.filter(|number| (least..=u64::from(most)).contains(number));
            match number.and_then(|number| u32::try_from(number).ok()) {
                Some(number) => number,
                None => {
                    let message = format!("Send a whole number from {least} to {most}.");
                    wrong.add(key, "out_of_range", message);
                    unless
                }
            }
        };
        let min = length("min", &self.min, 0, 0);
        let max = length("max", &self.max, 1, usual);
        check_order(Some(min), Some(max), wrong);
        (min, max)
    }

    fn digits(&self, wrong: &mut Wrong) -> (u32, u32) {
        let mut digits = |key, given: Option<u32>, least: u32, most: u32| match given {
            None => {
                wrong.add(key, "required", "This field is required.");
                least
            }
            Some(digits) if (least..=most).contains(&digits) => digits,
            Some(_) => {
                let message = format!("Send a whole number from {least} to {most}.");
                wrong.add(key, "out_of_range", message);
                least
            }
        };
        let precision = digits("precision", self.precision, 1, MOST_DIGITS);
        (precision, digits("scale", self.scale, 0, precision))
    }

    fn check_values(&self, wrong: &mut Wrong) {
        let values = self.values.as_deref().unwrap_or_default();
        if values.is_empty() || values.len() > MOST_VALUES {
            let message = format!("Send 1 to {MOST_VALUES} values.");
            wrong.add("values", "out_of_range", message);
            return;
        }
        let mut seen = BTreeSet::new();
        for (at, value) in values.iter().enumerate() {
            let key = format!("values.{at}");
            let is_plain = !value.chars().any(char::is_control) && value.trim() == value;
            if value.is_empty() || !is_plain || value.chars().count() > LONGEST_VALUE {
                let message = format!(
                    "Send one line of 1 to {LONGEST_VALUE} characters, without blanks around it."
                );
                wrong.add(&key, "invalid", message);
            } else if !seen.insert(value) {
                wrong.add(&key, "duplicate", "This value stands more than once.");
            }
        }
    }

    /// The pattern as it is held against a whole value; `None` for one that is none.
    pub(super) fn compile(pattern: &str) -> Option<Regex> {
        let build = |pattern: &str| {
            let mut builder = RegexBuilder::new(pattern);
            builder
                .size_limit(PATTERN_MEMORY)
                .dfa_size_limit(PATTERN_MEMORY);
            builder.build().ok()
        };
        if pattern.len() > LONGEST_PATTERN {
            return None;
        }
        // By itself first: `a)|(b` is no pattern, though a pair of parentheses would make it one.
        build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z")))
    }

    /// Refuses a pattern that is none. To be asked once, when it is written: compiling takes its time.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check_pattern(&self) -> Result<(), FieldError> {
        let is_wrong = |pattern: &String| Self::compile(pattern).is_none();
        if self.pattern.as_ref().is_some_and(is_wrong) {
            let message = format!("Send a regular expression of at most {LONGEST_PATTERN} bytes.");
            return Err(FieldError::new("pattern", "invalid", message));
        }
        Ok(())
    }
}

fn decimal_bound(key: &str, bound: Option<&Json>, wrong: &mut Wrong) -> Option<Decimal> {
    let number = match bound? {
        Json::String(text) => Decimal::from_str_exact(text).ok(),
        Json::Number(number) => number.as_i64().map(Decimal::from),
        _ => None,
    };
    if number.is_none() {
        let message = "Send a decimal number as text, such as \"12.50\".";
        wrong.add(key, "invalid_type", message);
    }
    number
}

fn check_order<T: PartialOrd>(min: Option<T>, max: Option<T>, wrong: &mut Wrong) {
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        wrong.add("min", "out_of_range", "It is greater than max.");
    }
}
