//! A resource's table, in both dialects.

use std::collections::HashSet;

use gatewright_schema::{Field, FieldType, OnDelete, Resource};
use serde::Serialize;

use super::constraint::ConstraintNames;
use super::literal::{sql_name, sql_quoted};

/// The system column that came after the first version: see [`crate::migrate`].
pub(crate) const CREATED_BY: &str = "created_by";

/// What the name of a resource's table of custom values ends in. No resource ends so.
pub(crate) const CUSTOM_VALUES: &str = "_custom_values";

/// A table as a fresh database gets it. Names are quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) references: Vec<Reference>,
    /// What constraints do not bring.
    pub(crate) indexes: Vec<Index>,
    /// The table beside it.
    pub(crate) custom_values: CustomValues,
}

/// The table that holds the values of the fields that tenants add to a resource. Names are quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CustomValues {
    pub(crate) name: String,
    /// The resource's table.
    pub(crate) of: String,
    pub(crate) primary_key: String,
    pub(crate) unique: String,
    pub(crate) record_key: String,
    pub(crate) field_key: String,
}

impl CustomValues {
    /// The constraints, in the order of the definition.
    pub(crate) fn constraints(&self) -> [&str; 4] {
        [
            &self.primary_key,
            &self.unique,
            &self.record_key,
            &self.field_key,
        ]
    }
}

/// A column of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// All that follows the name in `CREATE TABLE`.
    pub(crate) postgres: String,
    pub(crate) sqlite: String,
    /// The type alone.
    pub(crate) postgres_type: String,
    pub(crate) not_null: bool,
    /// The values of an enum, in PostgreSQL.
    pub(crate) check: Option<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    pub(crate) constraint: String,
    pub(crate) condition: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Unique {
    pub(crate) constraint: String,
    pub(crate) column: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Index {
    pub(crate) name: String,
    /// The field that it serves, or the system column.
    pub(crate) of: String,
    /// `tenant_id, created_by, id`
    pub(crate) columns: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Reference {
    pub(crate) constraint: String,
    pub(crate) column: String,
    /// The table referred to.
    pub(crate) to: String,
    /// `" ON DELETE CASCADE"`, or nothing where a deletion is refused.
    pub(crate) postgres_on_delete: String,
    pub(crate) sqlite_on_delete: &'static str,
    /// SQLite would null the whole composite key, tenant and all: a trigger nulls the column.
    pub(crate) set_null_trigger: Option<String>,
    /// Whether the table referred to is made later.
    pub(crate) deferred: bool,
}

/// Lowers the tables of `resources`, which are in the order of their creation.
pub(crate) fn lower_all(resources: &[&Resource]) -> Vec<Table> {
    let mut names = ConstraintNames::beside(resources.iter().map(|it| it.name.as_str()));
    // Before those of fields, so that no field decides on them.
    let custom_values: Vec<CustomValues> = resources
        .iter()
        .map(|resource| custom_values(resource, &mut names))
        .collect();
    let mut made = HashSet::new();
    resources
        .iter()
        .zip(custom_values)
        .map(|(resource, custom_values)| {
            made.insert(resource.name.as_str());
            lower(resource, custom_values, &made, &mut names)
        })
        .collect()
}

fn custom_values(resource: &Resource, names: &mut ConstraintNames) -> CustomValues {
    let table = format!("{}{CUSTOM_VALUES}", resource.name);
    let mut constraint = |of: &str, suffix: &str| sql_name(&names.name(&table, of, suffix));
    CustomValues {
        name: sql_name(&table),
        of: sql_name(&resource.name),
        primary_key: constraint("row", "pkey"),
        unique: constraint("value", "unique"),
        record_key: constraint("record", "fkey"),
        field_key: constraint("field", "fkey"),
    }
}

fn lower(
    resource: &Resource,
    custom_values: CustomValues,
    made: &HashSet<&str>,
    names: &mut ConstraintNames,
) -> Table {
    let mut table = Table {
        custom_values,
        name: sql_name(&resource.name),
        columns: Vec::with_capacity(resource.fields.len()),
        uniques: Vec::new(),
        references: Vec::new(),
        indexes: vec![Index {
            // Finds the records that a user made.
            name: sql_name(&names.name(&resource.name, CREATED_BY, "idx")),
            of: CREATED_BY.to_owned(),
            columns: "tenant_id, created_by, id".to_owned(),
        }],
    };
    for field in &resource.fields {
        let mut constraint =
            |suffix: &str| sql_name(&names.name(&resource.name, &field.name, suffix));
        if field.unique {
            table.uniques.push(Unique {
                constraint: constraint("unique"),
                column: sql_name(&field.name),
            });
        }
        if let FieldType::Reference { to, on_delete } = &field.ty {
            let column = sql_name(&field.name);
            let reference = constraint("fkey");
            // A unique constraint brings an index.
            if !field.unique {
                table.indexes.push(Index {
                    name: constraint("idx"),
                    of: field.name.clone(),
                    columns: format!("tenant_id, {column}"),
                });
            }
            table.references.push(Reference {
                constraint: reference,
                to: sql_name(to),
                postgres_on_delete: match on_delete {
                    OnDelete::Restrict => String::new(),
                    OnDelete::Cascade => " ON DELETE CASCADE".to_owned(),
                    OnDelete::SetNull => format!(" ON DELETE SET NULL ({column})"),
                },
                sqlite_on_delete: match on_delete {
                    OnDelete::Cascade => " ON DELETE CASCADE",
                    OnDelete::Restrict | OnDelete::SetNull => "",
                },
                set_null_trigger: (*on_delete == OnDelete::SetNull).then(|| constraint("set_null")),
                deferred: !made.contains(to.as_str()),
                column,
            });
        }
        table.columns.push(column(field, constraint));
    }
    table
}

fn column(field: &Field, mut constraint: impl FnMut(&str) -> String) -> Column {
    let name = sql_name(&field.name);
    let (postgres_type, sqlite) = match &field.ty {
        FieldType::String { .. }
        | FieldType::Text { .. }
        | FieldType::Email
        | FieldType::Url
        | FieldType::Enum { .. } => ("text COLLATE \"C\"".to_owned(), "TEXT"),
        FieldType::Integer { .. } => ("bigint".to_owned(), "INTEGER"),
        FieldType::Decimal {
            precision, scale, ..
        } => (format!("numeric({precision}, {scale})"), "INTEGER"),
        FieldType::Boolean => ("boolean".to_owned(), "INTEGER"),
        FieldType::Timestamp => ("timestamptz".to_owned(), "TEXT"),
        FieldType::Date => ("date".to_owned(), "TEXT"),
        FieldType::Json { .. } => ("jsonb".to_owned(), "TEXT"),
        FieldType::Uuid | FieldType::Reference { .. } => ("uuid".to_owned(), "TEXT"),
    };
    let not_null = if field.optional { "" } else { " NOT NULL" };
    let check = match &field.ty {
        FieldType::Enum { values } => {
            let values: Vec<String> = values.iter().map(|value| sql_quoted(value)).collect();
            Some(Check {
                constraint: constraint("check"),
                condition: format!("{name} IN ({})", values.join(", ")),
            })
        }
        _ => None,
    };
    let (postgres_check, sqlite_check) = match (&check, &field.ty) {
        (
            Some(Check {
                constraint,
                condition,
            }),
            _,
        ) => (
            format!(" CONSTRAINT {constraint} CHECK ({condition})"),
            format!(" CHECK ({condition})"),
        ),
        (None, FieldType::Boolean) => (String::new(), format!(" CHECK ({name} IN (0, 1))")),
        (None, _) => (String::new(), String::new()),
    };
    Column {
        postgres: format!("{postgres_type}{not_null}{postgres_check}"),
        sqlite: format!("{sqlite}{not_null}{sqlite_check}"),
        name,
        postgres_type,
        not_null: !field.optional,
        check,
    }
}
