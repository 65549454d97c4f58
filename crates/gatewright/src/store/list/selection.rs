//! `fields`: what an answer shows of its records.

use std::sync::Arc;

use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::super::custom::{BAG, CustomField};
use super::column::{Column, Place};
use super::query::UNKNOWN_FIELD;
use crate::model::{FieldDef, ResourceDef};

/// The columns that were asked for, in the order of a record's JSON. The id is always among them.
#[derive(Debug, Clone)]
pub(crate) struct Selection(Vec<Column>);

impl Selection {
    /// Reads `id,name`.
    ///
    /// # Errors
    /// A sentence about the parameter.
    pub(super) fn parse(
        def: &'static ResourceDef,
        custom: &[Arc<CustomField>],
        sees: impl Fn(&FieldDef) -> bool,
        text: &str,
    ) -> Result<Self, String> {
        let mut columns = vec![Column::id()];
        for name in text.split(',') {
            let Some(column) = Column::named(def, custom, &sees, name) else {
                return Err(UNKNOWN_FIELD.to_owned());
            };
            let known = columns.iter().any(|known| known.place == column.place);
            if !known {
                columns.push(column);
            } else if column.place != Place::Id {
                return Err(format!("It names `{name}` more than once."));
            }
        }
        columns.sort_by_key(|column| column.place);
        Ok(Self(columns))
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.0
    }
}

/// A record with what was not asked for left out.
pub(super) struct Selected<'a, T> {
    pub(super) record: &'a T,
    pub(super) selection: &'a Selection,
}

impl<T: Serialize> Serialize for Selected<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = serde_json::to_value(self.record).map_err(S::Error::custom)?;
        let Json::Object(record) = record else {
            return record.serialize(serializer);
        };
        let mut map = serializer.serialize_map(None)?;
        for column in self.selection.columns() {
            // A field that the caller does not see is in no record either.
            if column.of_tenant().is_none()
                && let Some(value) = record.get(column.name())
            {
                map.serialize_entry(column.name(), value)?;
            }
        }
        let custom = self
            .selection
            .columns()
            .iter()
            .filter_map(Column::of_tenant);
        let value =
            |field: &CustomField| Some((field.name.clone(), record.get(BAG)?.get(&field.name)?));
        let bag: Vec<_> = custom.filter_map(value).collect();
        if !bag.is_empty() {
            map.serialize_entry(BAG, &Bag(&bag))?;
        }
        map.end()
    }
}

/// The tenant's fields among them, in a bag of their own.
struct Bag<'a>(&'a [(String, &'a Json)]);

impl Serialize for Bag<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
