//! The order of a list, and the records that come after a position in it.

use std::fmt::Write as _;
use std::sync::Arc;

use super::super::Value;
use super::super::custom::CustomField;
use super::super::record::Record;
use super::column::{Column, Place};
use super::predicate::Args;
use super::query::UNKNOWN_FIELD;
use crate::model::{FieldDef, FieldType, ResourceDef};

/// The most keys that a client may sort by.
const MOST_KEYS: usize = 3;

/// The longest text to sort by, in characters: it goes into the cursor.
const LONGEST_KEY: u32 = 1_000;

/// One sort key.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) column: Column,
    pub(super) descending: bool,
}

/// Sort keys of which the last is the id, so that no two records are alike.
///
/// Null comes last, whichever way a key is sorted.
#[derive(Debug, Clone)]
pub(super) struct Order {
    keys: Vec<Key>,
}

impl Order {
    /// By id alone, and so by age.
    pub(super) fn by_id() -> Self {
        let id = Key {
            column: Column::id(),
            descending: false,
        };
        Self { keys: vec![id] }
    }

    /// Reads `-created_at,name`.
    ///
    /// # Errors
    /// A sentence about the parameter.
    pub(super) fn parse(
        def: &'static ResourceDef,
        custom: &[Arc<CustomField>],
        sees: impl Fn(&FieldDef) -> bool,
        text: &str,
    ) -> Result<Self, String> {
        let mut keys: Vec<Key> = Vec::new();
        for (count, name) in text.split(',').enumerate() {
            if count == MOST_KEYS {
                return Err(format!("Sort by at most {MOST_KEYS} fields."));
            }
            let (name, descending) = match name.strip_prefix('-') {
                Some(name) => (name, true),
                None => (name, false),
            };
            let Some(column) = Column::named(def, custom, &sees, name) else {
                return Err(UNKNOWN_FIELD.to_owned());
            };
            if !sortable(column.ty()) {
                return Err(format!("`{name}` cannot be sorted by."));
            }
            if keys.iter().any(|key| key.column.place == column.place) {
                return Err(format!("It names `{name}` more than once."));
            }
            keys.push(Key { column, descending });
        }
        // After the id nothing is left to decide.
        let id = keys.iter().position(|key| key.column.place == Place::Id);
        match id {
            Some(id) => keys.truncate(id + 1),
            None => keys.extend(Self::by_id().keys),
        }
        Ok(Self { keys })
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether it is the order of a query that names none.
    pub(super) fn is_by_id(&self) -> bool {
        matches!(self.keys.as_slice(), [key] if !key.descending)
    }

    /// Where a record stands: a value for each key.
    pub(super) fn position(&self, record: &Record) -> Vec<Value> {
        let values = self.keys.iter().map(|key| key.column.value(record));
        values.map(std::borrow::Cow::into_owned).collect()
    }

    /// ` ORDER BY …`
    pub(super) fn sql(&self, table: &str, args: &mut Args) -> String {
        let mut sql = String::new();
        for key in &self.keys {
            let separator = if sql.is_empty() { " ORDER BY " } else { ", " };
            let direction = if key.descending { " DESC" } else { "" };
            // Said only where it matters, so that an index can serve the rest.
            let nulls = if key.column.nullable() {
                " NULLS LAST"
            } else {
                ""
            };
            let column = key.column.sql(table, args);
            // Writing to a String cannot fail.
            let _ = write!(sql, "{separator}{column}{direction}{nulls}");
        }
        sql
    }

    /// That a record comes after `position`; `None` when the position is not one of this order.
    pub(super) fn after(&self, position: &[Value], table: &str, args: &mut Args) -> Option<String> {
        if position.len() != self.keys.len() {
            return None;
        }
        let mut alternatives = Vec::new();
        // What holds of the keys so far: that the record is as far as the position.
        let mut level = String::new();
        let mut bound = None;
        for (key, value) in self.keys.iter().zip(position) {
            let column = key.column.sql(table, args);
            if *value == Value::Null {
                // Nothing comes after null.
                let _ = write!(level, "{column} IS NULL AND ");
                continue;
            }
            let place = key.column.add(value, args);
            let beyond = if key.descending { "<" } else { ">" };
            alternatives.push(if key.column.nullable() {
                format!("{level}({column} {beyond} ${place} OR {column} IS NULL)")
            } else {
                // Of several keys, the first can lead an index to where the page begins.
                if alternatives.is_empty() && level.is_empty() && self.keys.len() > 1 {
                    bound = Some(format!("{column} {beyond}= ${place} AND "));
                }
                format!("{level}{column} {beyond} ${place}")
            });
            let _ = write!(level, "{column} = ${place} AND ");
        }
        if alternatives.is_empty() {
            return None;
        }
        let bound = bound.unwrap_or_default();
        Some(format!("{bound}({})", alternatives.join(" OR ")))
    }
}

fn sortable(ty: &FieldType) -> bool {
    match ty {
        FieldType::Text { .. } | FieldType::Json { .. } => false,
        FieldType::String { max, .. } => *max <= LONGEST_KEY,
        _ => true,
    }
}
