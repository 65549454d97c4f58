//! What a write does to a record: its new state, its statement's arguments, its audit entry.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

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
pub(super) fn fresh(unit: &Unit, values: Vec<Value>) -> Record {
    let now = clock::now();
    Record {
        id: Uuid::now_v7(),
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: unit.caller().actor.id(),
        values,
    }
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

/// The entry of a record that was made.
pub(super) fn created(def: &'static ResourceDef, record: &Record) -> Change {
    let new = def.fields.iter().zip(&record.values);
    let changes = new.map(|(field, new)| (field.name.to_owned(), json!({ "new": wire(new) })));
    Change {
        resource: def.name,
        action: Action::Create,
        record_id: record.id,
        changes: changes.collect(),
    }
}

/// The entry of a record that is removed.
pub(super) fn deleted(def: &'static ResourceDef, record: &Record) -> Change {
    let old = def.fields.iter().zip(&record.values);
    let changes = old.map(|(field, old)| (field.name.to_owned(), json!({ "old": wire(old) })));
    Change {
        resource: def.name,
        action: Action::Delete,
        record_id: record.id,
        changes: changes.collect(),
    }
}

/// What a patch did to a record.
#[derive(Debug)]
pub(super) struct Patched {
    /// The record as it is to be; its version is one more if anything changed.
    pub(super) record: Record,
    /// The values that changed, in the order of the definition.
    changed: Vec<bool>,
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
