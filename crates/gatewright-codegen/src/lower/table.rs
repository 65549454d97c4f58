//! A resource's table, in both dialects.

use std::collections::HashSet;

use gatewright_schema::{Field, FieldType, OnDelete, Resource};
use serde::Serialize;

use super::constraint::ConstraintNames;
use super::literal::{sql_name, sql_quoted};

/// A table of the first migration.
#[derive(Debug, Serialize)]
pub(super) struct Table {
    /// Quoted, as all names here.
    name: String,
    /// Finds the records that a user made.
    created_by_index: String,
    columns: Vec<Column>,
    uniques: Vec<Unique>,
    pub(super) references: Vec<Reference>,
}

#[derive(Debug, Serialize)]
struct Column {
    name: String,
    postgres: String,
    sqlite: String,
}

#[derive(Debug, Serialize)]
struct Unique {
    constraint: String,
    column: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Reference {
    constraint: String,
    /// `None` where a unique constraint brings one.
    index: Option<String>,
    column: String,
    /// The table referred to.
    to: String,
    /// `" ON DELETE CASCADE"`, or nothing where a deletion is refused.
    postgres_on_delete: String,
    sqlite_on_delete: &'static str,
    /// SQLite would null the whole composite key, tenant and all: a trigger nulls the column.
    pub(super) set_null_trigger: Option<String>,
    /// Whether the table referred to is made later.
    pub(super) deferred: bool,
}

/// Lowers the tables of `resources`, which are in the order of their creation.
pub(super) fn lower_all(resources: &[&Resource]) -> Vec<Table> {
    let mut names = ConstraintNames::beside(resources.iter().map(|it| it.name.as_str()));
    let mut made = HashSet::new();
    resources
        .iter()
        .map(|resource| {
            made.insert(resource.name.as_str());
            lower(resource, &made, &mut names)
        })
        .collect()
}

fn lower(resource: &Resource, made: &HashSet<&str>, names: &mut ConstraintNames) -> Table {
    let mut table = Table {
        name: sql_name(&resource.name),
        created_by_index: sql_name(&names.name(&resource.name, "created_by", "idx")),
        columns: resource.fields.iter().map(column).collect(),
        uniques: Vec::new(),
        references: Vec::new(),
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
            table.references.push(Reference {
                constraint: constraint("fkey"),
                index: (!field.unique).then(|| constraint("idx")),
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
    }
    table
}

fn column(field: &Field) -> Column {
    let name = sql_name(&field.name);
    let (postgres, sqlite) = match &field.ty {
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
    let listed = match &field.ty {
        FieldType::Enum { values } => {
            let values: Vec<String> = values.iter().map(|value| sql_quoted(value)).collect();
            format!(" CHECK ({name} IN ({}))", values.join(", "))
        }
        _ => String::new(),
    };
    let boolean = match &field.ty {
        FieldType::Boolean => format!(" CHECK ({name} IN (0, 1))"),
        _ => String::new(),
    };
    Column {
        postgres: format!("{postgres}{not_null}{listed}"),
        sqlite: format!("{sqlite}{not_null}{listed}{boolean}"),
        name,
    }
}
