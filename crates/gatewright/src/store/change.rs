//! What a write does to a record: its new state, its statement's arguments, its audit entry.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::custom::CustomField;
use super::custom::values::{self, Written};
use super::fields::Fields;
use super::input::unknown_field;
use super::record::{Record, encode, wire};
use super::write::key;
use super::{Access, FieldValue, Unit, Value, check};
use crate::audit::{Action, Change};
use crate::clock;
use crate::error::FieldError;
use crate::model::ResourceDef;

/// A record of checked values that is not in the database yet.
pub(super) fn fresh(unit: &Unit, values: Vec<Value>, custom: Vec<Value>) -> Record {
    let now = clock::now();
    Record {
        id: Uuid::now_v7(),
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: unit.caller().actor.id(),
        values,
        custom,
    }
}

/// The values of the tenant's own fields of a new record at this place, as far as there are any.
pub(super) fn custom_of_new<'a>(
    custom: &'a [Arc<CustomField>],
    record: &'a Record,
    at: usize,
) -> impl Iterator<Item = Written<'a>> {
    let values = custom.iter().zip(&record.custom);
    let values = values.filter(|(_, value)| **value != Value::Null);
    values.map(move |(field, value)| Written {
        at,
        record: record.id,
        field,
        value,
    })
}

/// The arguments of the resource's `insert`.
pub(super) fn insert_args(unit: &Unit, record: &Record) -> Vec<Value> {
    let mut args = Vec::from(key(unit, record.id));
    args.extend([
        Value::Integer(record.version),
        Value::Timestamp(record.created_at),
        Value::Timestamp(record.updated_at),
        record.created_by.into_value(),
    ]);
    args.extend(encoded(unit, record));
    args
}

/// The arguments of the resource's `update`.
pub(super) fn update_args(unit: &Unit, record: &Record) -> Vec<Value> {
    let mut args = Vec::from(key(unit, record.id));
    args.extend([
        Value::Integer(record.version),
        Value::Timestamp(record.updated_at),
    ]);
    args.extend(encoded(unit, record));
    args
}

fn encoded(unit: &Unit, record: &Record) -> impl Iterator<Item = Value> {
    let dialect = unit.runtime().statements.dialect();
    record
        .values
        .iter()
        .map(move |value| encode(dialect, value))
}

/// The entry of a record that was made, in a tenant that has added these fields.
pub(super) fn created(
    def: &'static ResourceDef,
    custom: &[Arc<CustomField>],
    record: &Record,
) -> Change {
    let changes = of_each(def, custom, record);
    let changes = changes.map(|(name, new)| (name, json!({ "new": new })));
    Change {
        resource: def.name,
        action: Action::Create,
        record_id: record.id,
        changes: changes.collect(),
    }
}

/// The entry of a record that is removed, likewise.
pub(super) fn deleted(
    def: &'static ResourceDef,
    custom: &[Arc<CustomField>],
    record: &Record,
) -> Change {
    let changes = of_each(def, custom, record);
    let changes = changes.map(|(name, old)| (name, json!({ "old": old })));
    Change {
        resource: def.name,
        action: Action::Delete,
        record_id: record.id,
        changes: changes.collect(),
    }
}

/// Every value of a record by the name that entries have.
fn of_each<'a>(
    def: &'static ResourceDef,
    custom: &'a [Arc<CustomField>],
    record: &'a Record,
) -> impl Iterator<Item = (String, Json)> {
    let values = def.fields.iter().zip(&record.values);
    let values = values.map(|(field, value)| (field.name.to_owned(), wire(value)));
    let custom = custom.iter().zip(&record.custom);
    values.chain(custom.map(|(field, value)| (field.path.clone(), wire(value))))
}

/// What a patch did to a record.
#[derive(Debug)]
pub(super) struct Patched {
    /// The record as it is to be; its version is one more if anything changed.
    pub(super) record: Record,
    /// The values that changed, in the order of the definition.
    changed: Vec<bool>,
    /// The places of the tenant's own fields whose values changed.
    custom_changed: Vec<usize>,
    changes: Map<String, Json>,
}

impl Patched {
    /// Gives the fields their new values.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub(super) fn new(
        access: Access<'_>,
        def: &'static ResourceDef,
        mut record: Record,
        patch: Fields,
    ) -> Result<Self, Vec<FieldError>> {
        let patterns = &access.unit().runtime().patterns;
        let mut changes = Map::new();
        let mut errors = Vec::new();
        let mut changed = vec![false; record.values.len()];
        let custom = access.custom(def);
        errors.extend(values::unknown(custom, patch.custom()));
        let mut custom_changed = Vec::new();
        for (at, (field, current)) in custom.iter().zip(&mut record.custom).enumerate() {
            match patch
                .custom()
                .get(&field.name)
                .map(|json| field.parse(json))
            {
                Some(Ok(new)) if new != *current => {
                    let change = json!({ "old": wire(current), "new": wire(&new) });
                    changes.insert(field.path.clone(), change);
                    custom_changed.push(at);
                    *current = new;
                }
                Some(Err(error)) => errors.push(error),
                _ => {}
            }
        }
        let fields = def.fields.iter().zip(patch.into_values());
        let slots = record.values.iter_mut().zip(&mut changed);
        for ((field, given), (current, changed)) in fields.zip(slots) {
            let Some(value) = given else {
                continue;
            };
            if !access.sees(field) {
                errors.push(unknown_field(field.name));
                continue;
            }
            let checked = check::check(field, value);
            let checked = checked.and_then(|value| patterns.check(field, &value).map(|()| value));
            match checked {
                Ok(new) if new != *current => {
                    let change = json!({ "old": wire(current), "new": wire(&new) });
                    changes.insert(field.name.to_owned(), change);
                    *changed = true;
                    *current = new;
                }
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if !changes.is_empty() {
            record.version += 1;
            record.updated_at = clock::now();
        }
        Ok(Self {
            record,
            changed,
            custom_changed,
            changes,
        })
    }

    pub(super) fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// The values that changed.
    pub(super) fn written(&self) -> Vec<Option<&Value>> {
        let values = self.record.values.iter().zip(&self.changed);
        values
            .map(|(value, changed)| changed.then_some(value))
            .collect()
    }

    /// The values of the tenant's own fields that changed, of the record at this place.
    pub(super) fn custom_written<'a>(
        &'a self,
        custom: &'a [Arc<CustomField>],
        at: usize,
    ) -> impl Iterator<Item = Written<'a>> {
        let of = move |place: &usize| {
            Some(Written {
                at,
                record: self.record.id,
                field: custom.get(*place)?,
                value: self.record.custom.get(*place)?,
            })
        };
        self.custom_changed.iter().filter_map(of)
    }

    /// The entry of the change, and the record.
    pub(super) fn into_change(self, def: &'static ResourceDef) -> (Change, Record) {
        let change = Change {
            resource: def.name,
            action: Action::Update,
            record_id: self.record.id,
            changes: self.changes,
        };
        (change, self.record)
    }
}
