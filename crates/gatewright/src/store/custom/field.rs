//! A tenant's field, ready to check and to store values.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

use super::BAG;
use super::definition::{Definition, Rules};
use crate::error::FieldError;
use crate::model::{FieldDef, FieldType};
use crate::store::value::UnexpectedValue;
use crate::store::{FieldValue, Value, check};

/// A field that a tenant has added to a resource.
#[derive(Debug)]
pub(crate) struct CustomField {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// `custom_fields.name`
    pub(crate) path: String,
    /// Its type, and whether null is allowed. What only a tenant can know stands in the other fields:
    /// this one has no name, no default, no values of an enum and no bounds of a decimal.
    def: FieldDef,
    unique: bool,
    values: Vec<String>,
    bounds: [Option<Decimal>; 2],
    /// The pattern as it is written, and compiled as soon as a value must match it: of most tenants that
    /// are remembered, none is written.
    pattern: Option<(String, OnceLock<Option<Regex>>)>,
    default: Value,
}

impl CustomField {
    /// # Errors
    /// Every key of the definition that is wrong.
    pub(crate) fn new(
        id: Uuid,
        name: &str,
        definition: &Definition,
    ) -> Result<Self, Vec<FieldError>> {
        let Rules { ty, bounds } = definition.rules()?;
        let mut field = Self {
            id,
            path: format!("{BAG}.{name}"),
            name: name.to_owned(),
            def: FieldDef {
                ty,
                optional: definition.optional,
                ..FieldDef::DEFAULT
            },
            unique: definition.unique,
            values: definition.values.clone().unwrap_or_default(),
            bounds,
            pattern: definition
                .pattern
                .clone()
                .map(|pattern| (pattern, OnceLock::new())),
            default: Value::Null,
        };
        if let Some(default) = &definition.default {
            let default = field.parse(default).map_err(|error| {
                vec![FieldError {
                    field: "default".to_owned(),
                    ..error
                }]
            })?;
            field.default = default;
        }
        Ok(field)
    }

    /// Type, and whether null is allowed.
    pub(crate) fn def(&self) -> &FieldDef {
        &self.def
    }

    /// The values of an enum.
    pub(crate) fn values(&self) -> &[String] {
        &self.values
    }

    /// The value of a new record that gives none; null without a default.
    ///
    /// # Errors
    /// When there must be one.
    pub(crate) fn default(&self) -> Result<Value, FieldError> {
        self.check(self.default.clone())
    }

    /// Reads a value from JSON.
    ///
    /// # Errors
    /// What is wrong with it, under the field's path.
    pub(crate) fn parse(&self, json: &Json) -> Result<Value, FieldError> {
        match (self.def.ty, json) {
            (FieldType::Enum { .. }, Json::String(text)) => self.check(Value::Text(text.clone())),
            _ => check::parse(&self.def, json)
                .map_err(|error| self.named(error))
                .and_then(|value| self.check_own(value)),
        }
    }

    fn check(&self, value: Value) -> Result<Value, FieldError> {
        match (self.def.ty, &value) {
            (FieldType::Enum { .. }, Value::Text(_)) => self.check_own(value),
            _ => check::check(&self.def, value)
                .map_err(|error| self.named(error))
                .and_then(|value| self.check_own(value)),
        }
    }

    /// Checks what a tenant alone can know.
    fn check_own(&self, value: Value) -> Result<Value, FieldError> {
        let wrong = |code, message: String| Err(FieldError::new(&self.path, code, message));
        match (&value, &self.pattern) {
            (Value::Text(text), _)
                if matches!(self.def.ty, FieldType::Enum { .. }) && !self.values.contains(text) =>
            {
                let values = self.values.join(", ");
                wrong("invalid_value", format!("Send one of {values}."))
            }
            (Value::Text(text), Some((pattern, compiled))) => {
                let regex = compiled.get_or_init(|| Definition::compile(pattern));
                // A pattern that is none matches nothing.
                if regex.as_ref().is_some_and(|regex| regex.is_match(text)) {
                    Ok(value)
                } else {
                    wrong("pattern", format!("Send text that matches {pattern}."))
                }
            }
            (Value::Decimal(number), _) => match self.bounds {
                [Some(min), _] if *number < min => {
                    wrong("too_small", format!("Send at least {min}."))
                }
                [_, Some(max)] if *number > max => {
                    wrong("too_large", format!("Send at most {max}."))
                }
                _ => Ok(value),
            },
            _ => Ok(value),
        }
    }

    fn named(&self, error: FieldError) -> FieldError {
        FieldError {
            field: self.path.clone(),
            ..error
        }
    }

    /// Whether values stand in `number_value`, not in `text_value`.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self.def.ty,
            FieldType::Integer { .. } | FieldType::Decimal { .. } | FieldType::Boolean
        )
    }

    /// A value as its column holds it, alike in both databases: decimals scaled to integers, true and
    /// false as 1 and 0, days and instants as text that sorts.
    pub(crate) fn stored(&self, value: &Value) -> Value {
        match value {
            Value::Boolean(boolean) => Value::Integer(i64::from(*boolean)),
            // `check` has brought it to the field's scale and precision, which fits 64 bits.
            Value::Decimal(decimal) => {
                i64::try_from(decimal.mantissa()).map_or(Value::Null, Value::Integer)
            }
            Value::Date(date) => Value::Text(date.to_string()),
            Value::Timestamp(timestamp) => Value::Text(format!("{timestamp:.6}")),
            other => other.clone(),
        }
    }

    /// What is unique of a value; null where it need not be.
    pub(super) fn unique(&self, stored: &Value) -> Value {
        match stored {
            Value::Text(text) if self.unique => Value::Text(text.clone()),
            Value::Integer(integer) if self.unique => Value::Text(integer.to_string()),
            _ => Value::Null,
        }
    }

    /// A value from its two columns.
    pub(super) fn read(&self, text: Value, number: Value) -> Result<Value, UnexpectedValue> {
        let value = if self.is_number() { number } else { text };
        Ok(match (self.def.ty, value) {
            (_, Value::Null) => Value::Null,
            (FieldType::Decimal { scale, .. }, value) => {
                Value::Decimal(Decimal::new(i64::from_value(value)?, scale))
            }
            (FieldType::Boolean, value) => Value::Boolean(i64::from_value(value)? != 0),
            (FieldType::Timestamp, value) => Value::Timestamp(Timestamp::from_value(value)?),
            (FieldType::Date, value) => Value::Date(Date::from_value(value)?),
            (_, value) => value,
        })
    }
}
