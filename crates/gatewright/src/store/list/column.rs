//! What a query can name: the fields of a resource, those that the tenant has added, and the columns
//! that every record has.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::Value;
use super::super::custom::{CustomField, values};
use super::super::record::Record;
use super::predicate::Args;
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
    /// By position among the tenant's fields of the resource.
    Custom(usize),
}

/// A column by its definition and its place.
#[derive(Debug, Clone)]
pub(super) struct Column {
    of: Of,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
enum Of {
    Schema(&'static FieldDef),
    Tenant(Arc<CustomField>),
}

impl Column {
    /// The key of every record.
    pub(super) fn id() -> Self {
        let [(place, field), ..] = &SYSTEM;
        Self::schema(field, *place)
    }

    fn schema(field: &'static FieldDef, place: Place) -> Self {
        let of = Of::Schema(field);
        Self { of, place }
    }

    /// All columns of a resource that the schema knows, in the order of a record's JSON.
    pub(super) fn all(def: &'static ResourceDef) -> Vec<Self> {
        let system = SYSTEM.iter().map(|(place, field)| (*place, field));
        let fields = def.fields.iter().enumerate();
        let fields = fields.map(|(index, field)| (Place::Field(index), field));
        let mut all: Vec<Self> = system
            .chain(fields)
            .map(|(place, field)| Self::schema(field, place))
            .collect();
        all.sort_by_key(|column| column.place);
        all
    }

    /// The columns of a tenant's own fields.
    pub(super) fn custom(fields: &[Arc<CustomField>]) -> impl Iterator<Item = Self> {
        let fields = fields.iter().enumerate();
        fields.map(|(at, field)| Self {
            of: Of::Tenant(Arc::clone(field)),
            place: Place::Custom(at),
        })
    }

    /// The column of this name, if it is there for whoever asks, whose tenant has these fields of its
    /// own.
    pub(super) fn named(
        def: &'static ResourceDef,
        custom: &[Arc<CustomField>],
        sees: impl Fn(&FieldDef) -> bool,
        name: &str,
    ) -> Option<Self> {
        if let Some((place, field)) = SYSTEM.iter().find(|(_, field)| field.name == name) {
            return Some(Self::schema(field, *place));
        }
        // No field of the schema has a dot in its name.
        if let Some(custom) = Self::custom(custom).find(|column| column.name() == name) {
            return Some(custom);
        }
        let index = def.field(name)?;
        let field = def.fields.get(index).filter(|field| sees(field))?;
        Some(Self::schema(field, Place::Field(index)))
    }

    /// What a query calls it: `price`, `custom_fields.warmth`.
    pub(super) fn name(&self) -> &str {
        match &self.of {
            Of::Schema(field) => field.name,
            Of::Tenant(field) => &field.path,
        }
    }

    pub(super) fn ty(&self) -> &FieldType {
        match &self.of {
            Of::Schema(field) => &field.ty,
            Of::Tenant(field) => &field.def().ty,
        }
    }

    /// Whether a record may hold null there. A tenant's field may be required only since a while.
    pub(super) fn nullable(&self) -> bool {
        match &self.of {
            Of::Schema(field) => field.optional,
            Of::Tenant(_) => true,
        }
    }

    /// The field of the schema behind it.
    pub(super) fn field(&self) -> Option<&'static FieldDef> {
        match &self.of {
            Of::Schema(field) => Some(field),
            Of::Tenant(_) => None,
        }
    }

    /// The tenant's field behind it.
    pub(super) fn of_tenant(&self) -> Option<&CustomField> {
        match &self.of {
            Of::Schema(_) => None,
            Of::Tenant(field) => Some(field),
        }
    }

    /// The column in a statement on `table`, as an expression.
    pub(super) fn sql(&self, table: &str, args: &mut Args) -> String {
        match &self.of {
            Of::Schema(field) => format!(r#""{table}"."{}""#, field.name),
            Of::Tenant(field) => {
                let place = args.add_id(field.id);
                values::expression(table, field, place)
            }
        }
    }

    /// Adds a value that the column is compared with to a statement's arguments.
    pub(super) fn add(&self, value: &Value, args: &mut Args) -> usize {
        match &self.of {
            Of::Schema(_) => args.add(value),
            Of::Tenant(field) => args.add(&field.stored(value)),
        }
    }

    /// What a record holds there.
    pub(super) fn value<'a>(&self, record: &'a Record) -> Cow<'a, Value> {
        let held = |value: Option<&'a Value>| match value {
            Some(value) => Cow::Borrowed(value),
            None => Cow::Owned(Value::Null),
        };
        Cow::Owned(match self.place {
            Place::Id => Value::Uuid(record.id),
            Place::Version => Value::Integer(record.version),
            Place::CreatedAt => Value::Timestamp(record.created_at),
            Place::UpdatedAt => Value::Timestamp(record.updated_at),
            Place::CreatedBy => record.created_by.map_or(Value::Null, Value::Uuid),
            Place::Field(index) => return held(record.values.get(index)),
            Place::Custom(index) => return held(record.custom.get(index)),
        })
    }
}
