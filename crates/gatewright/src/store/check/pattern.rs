//! The patterns that strings must match, compiled once when the application starts.

use std::collections::HashMap;

use regex::Regex;

use super::error;
use crate::error::FieldError;
use crate::model::{FieldDef, FieldType, Model};
use crate::store::Value;

/// Every pattern of a model.
#[derive(Debug, Default)]
pub(crate) struct Patterns(HashMap<&'static str, Regex>);

impl Patterns {
    /// # Errors
    /// A sentence for whoever starts the application, when a pattern is no regular expression.
    pub(crate) fn new(model: &Model) -> Result<Self, String> {
        let mut compiled = HashMap::new();
        for (resource, field) in model
            .resources
            .iter()
            .flat_map(|it| it.fields.iter().map(|field| (it.name, field)))
        {
            if let Some(pattern) = pattern(field) {
                // The whole value must match, whatever alternatives the pattern has.
                let regex = Regex::new(&format!(r"\A(?:{pattern})\z")).map_err(|cause| {
                    let name = field.name;
                    format!("the pattern of `{resource}.{name}` cannot be used: {cause}")
                })?;
                compiled.insert(pattern, regex);
            }
        }
        Ok(Self(compiled))
    }

    /// Refuses a value that does not match its field's pattern. A pattern that is not the model's
    /// matches nothing.
    pub(crate) fn check(&self, field: &FieldDef, value: &Value) -> Result<(), FieldError> {
        let (Some(pattern), Value::Text(text)) = (pattern(field), value) else {
            return Ok(());
        };
        let regex = self.0.get(pattern);
        if regex.is_some_and(|regex| regex.is_match(text)) {
            Ok(())
        } else {
            let message = format!("Send text that matches {pattern}.");
            Err(error(field, "pattern", message))
        }
    }
}

fn pattern(field: &FieldDef) -> Option<&'static str> {
    match field.ty {
        FieldType::String { pattern, .. } => pattern,
        _ => None,
    }
}
