//! Records between their stored form, their typed form and their JSON form.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::custom::CustomFields;
use super::value::UnexpectedValue;
use super::{Access, Dialect, FieldValue, Guarded, Row, Value};
use crate::error::{Error, Result};
use crate::model::{FieldDef, FieldType, ResourceDef};

/// A record as the store holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The user who made it; `None` where it was none.
    pub(crate) created_by: Option<Uuid>,
    /// In the order of the definition.
    pub(crate) values: Vec<Value>,
    /// Values of the tenant's own fields, in their order, once they are read: see `custom::values`.
    pub(crate) custom: Vec<Value>,
}

impl Record {
    /// Reads a row of `SYSTEM_COLUMNS` and the fields.
    pub(crate) fn from_row(def: &ResourceDef, mut row: Row) -> Result<Self, UnexpectedValue> {
        Ok(Self {
            id: row.next()?,
            version: row.next()?,
            created_at: row.next()?,
            updated_at: row.next()?,
            created_by: row.next()?,
            values: def
                .fields
                .iter()
                .map(|field| decode(field, row.next_value()?))
                .collect::<Result<_, _>>()?,
            custom: Vec::new(),
        })
    }
}

/// A field's value from a column. SQLite has fewer types than the schema.
fn decode(field: &FieldDef, value: Value) -> Result<Value, UnexpectedValue> {
    Ok(match (&field.ty, value) {
        (_, Value::Null) => Value::Null,
        (FieldType::Decimal { scale, .. }, Value::Integer(scaled)) => {
            Value::Decimal(Decimal::new(scaled, *scale))
        }
        (FieldType::Boolean, value) => Value::Boolean(bool::from_value(value)?),
        (FieldType::Timestamp, value) => Value::Timestamp(Timestamp::from_value(value)?),
        (FieldType::Uuid | FieldType::Reference { .. }, value) => {
            Value::Uuid(Uuid::from_value(value)?)
        }
        (FieldType::Date, value) => Value::Date(Date::from_value(value)?),
        (FieldType::Json { .. }, value) => Value::Json(Json::from_value(value)?),
        (_, value) => value,
    })
}

/// A checked value as a column takes it.
pub(crate) fn encode(dialect: Dialect, value: &Value) -> Value {
    match (dialect, value) {
        // `check` has brought it to the field's scale and precision, which fits 64 bits.
        (Dialect::Sqlite, Value::Decimal(decimal)) => {
            i64::try_from(decimal.mantissa()).map_or(Value::Null, Value::Integer)
        }
        (_, value) => value.clone(),
    }
}

/// A value as JSON shows it.
pub(crate) fn wire(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(boolean) => json!(boolean),
        Value::Integer(integer) => json!(integer),
        Value::Decimal(decimal) => json!(decimal.to_string()),
        Value::Text(text) => json!(text),
        Value::Uuid(id) => json!(id),
        Value::Timestamp(timestamp) => json!(timestamp),
        Value::Date(date) => json!(date),
        Value::Json(json) => json.clone(),
    }
}

/// Hands a record's parts to generated code.
#[derive(Debug)]
pub struct RecordReader {
    def: &'static ResourceDef,
    record: Record,
    /// The fields that the caller does not see. Their values are gone already.
    hidden: Vec<&'static str>,
    custom: CustomFields,
}

impl RecordReader {
    /// Takes out of the record what the caller does not see.
    pub(crate) fn new(access: Access<'_>, def: &'static ResourceDef, mut record: Record) -> Self {
        let mut hidden = Vec::new();
        // What the tenant hides is hidden from people; a handler of the team's may need it still.
        let mut unshown = Vec::new();
        for (field, value) in def.fields.iter().zip(&mut record.values) {
            if !access.shows(field) {
                match field.permission {
                    None => unshown.push(field.name),
                    Some(_) => {
                        hidden.push(field.name);
                        *value = Value::Null;
                    }
                }
            }
        }
        let values = access.custom(def).iter().zip(&record.custom);
        let values = values.map(|(field, value)| (field.name.clone(), wire(value)));
        let custom = CustomFields::of_record(values.collect(), unshown);
        Self {
            def,
            record,
            hidden,
            custom,
        }
    }

    /// The record's id.
    pub fn id(&self) -> Uuid {
        self.record.id
    }

    /// Starts at 1 and goes up by one with each change.
    pub fn version(&self) -> i64 {
        self.record.version
    }

    /// When the record was made.
    pub fn created_at(&self) -> Timestamp {
        self.record.created_at
    }

    /// When the record was last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.record.updated_at
    }

    /// The user who made the record; `None` where it was none.
    pub fn created_by(&self) -> Option<Uuid> {
        self.record.created_by
    }

    /// Takes the values of the fields that the tenant has added.
    pub fn custom_fields(&mut self) -> CustomFields {
        std::mem::take(&mut self.custom)
    }

    /// Takes a field's value.
    ///
    /// # Errors
    /// When the column holds something else: a defect, or a database changed by hand.
    pub fn field<T: FieldValue>(&mut self, name: &str) -> Result<T> {
        let slot = self
            .def
            .field(name)
            .and_then(|index| self.record.values.get_mut(index));
        let value = slot.map_or(Value::Null, |slot| std::mem::replace(slot, Value::Null));
        T::from_value(value).map_err(Error::internal)
    }

    /// Takes the value of a field that not everybody sees.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn guarded<T: FieldValue>(&mut self, name: &str) -> Result<Guarded<T>> {
        if self.hidden.contains(&name) {
            Ok(Guarded::Hidden)
        } else {
            self.field(name).map(Guarded::Shown)
        }
    }
}
