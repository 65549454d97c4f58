//! What a query can name: the fields of a resource, and the columns that every record has.

use std::borrow::Cow;

use super::super::Value;
use super::super::record::Record;
use crate::model::{FieldDef, FieldType, ResourceDef};

const INTEGER: FieldType = FieldType::Integer {
    min: None,
    max: None,
};

/// A column that every record has.
const fn system(name: &'static str, ty: FieldType, optional: bool) -> FieldDef {
    FieldDef {
        name,
        ty,
        optional,
        ..FieldDef::DEFAULT
    }
}

static SYSTEM: [(Place, FieldDef); 5] = [
    (Place::Id, system("id", FieldType::Uuid, false)),
    (Place::Version, system("version", INTEGER, false)),
    (
        Place::CreatedAt,
        system("created_at", FieldType::Timestamp, false),
    ),
    (
        Place::UpdatedAt,
        system("updated_at", FieldType::Timestamp, false),
    ),
    (
        Place::CreatedBy,
        system("created_by", FieldType::Uuid, true),
    ),
];

/// Where a column's value stands in a record. Their order is that of a record's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Id,
    Version,
    /// By position in the definition.
    Field(usize),
    CreatedAt,
    UpdatedAt,
    CreatedBy,
}

/// A column by its definition and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) field: &'static FieldDef,
    pub(super) place: Place,
}

impl Column {
    /// The key of every record.
    pub(super) fn id() -> Self {
        let [(place, field), ..] = &SYSTEM;
        Self {
            field,
            place: *place,
        }
    }

    /// All columns of a resource, in the order of a record's JSON.
    pub(super) fn all(def: &'static ResourceDef) -> Vec<Self> {
        let system = SYSTEM.iter().map(|(place, field)| (*place, field));
        let fields = def.fields.iter().enumerate();
        let fields = fields.map(|(index, field)| (Place::Field(index), field));
        let mut all: Vec<Self> = system
            .chain(fields)
            .map(|(place, field)| Self { field, place })
            .collect();
        all.sort_by_key(|column| column.place);
        all
    }

    /// The column of this name, if it is there for whoever asks.
    pub(super) fn named(
        def: &'static ResourceDef,
        sees: impl Fn(&FieldDef) -> bool,
        name: &str,
    ) -> Option<Self> {
        if let Some((place, field)) = SYSTEM.iter().find(|(_, field)| field.name == name) {
            return Some(Self {
                field,
                place: *place,
            });
        }
        let index = def.field(name)?;
        let field = def.fields.get(index).filter(|field| sees(field))?;
        Some(Self {
            field,
            place: Place::Field(index),
        })
    }

    /// The column in a statement on `table`.
    pub(super) fn sql(&self, table: &str) -> String {
        format!(r#""{table}"."{}""#, self.field.name)
    }

    /// What a record holds there.
    pub(super) fn value<'a>(&self, record: &'a Record) -> Cow<'a, Value> {
        Cow::Owned(match self.place {
            Place::Id => Value::Uuid(record.id),
            Place::Version => Value::Integer(record.version),
            Place::CreatedAt => Value::Timestamp(record.created_at),
            Place::UpdatedAt => Value::Timestamp(record.updated_at),
            Place::CreatedBy => record.created_by.map_or(Value::Null, Value::Uuid),
            Place::Field(index) => match record.values.get(index) {
                Some(value) => return Cow::Borrowed(value),
                None => Value::Null,
            },
        })
    }
}
