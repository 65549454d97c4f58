//! The columns of a resource as constants for queries.

use gatewright_schema::{self as schema, FieldType};
use serde::Serialize;

use super::resource::Resource;
use super::used;

/// The columns that every resource has, with their types.
const SYSTEM: [(&str, &str); 5] = [
    ("id", "Uuid"),
    ("version", "i64"),
    ("created_at", "Timestamp"),
    ("updated_at", "Timestamp"),
    ("created_by", "Uuid, query::Optional"),
];

/// What a resource's file of columns shows.
#[derive(Debug, Default, Serialize)]
pub(super) struct Columns {
    constants: Vec<Constant>,
    /// What it imports from the runtime.
    imports: String,
}

/// One column.
#[derive(Debug, Serialize)]
struct Constant {
    /// `PLACED_AT`
    name: String,
    /// `placed_at`
    column: String,
    /// `query::Column<models::orders::Order, Timestamp, query::Optional>`
    ty: String,
    /// `query::Column`
    constructor: &'static str,
}

/// Lowers the columns of `lowered[at]`. A reference needs the record that it refers to.
pub(super) fn lower(source: &schema::Resource, lowered: &[Resource], at: usize) -> Columns {
    let record = lowered[at].record_path();
    let mut constants: Vec<Constant> = SYSTEM
        .iter()
        .map(|(name, ty)| Constant {
            name: name.to_ascii_uppercase(),
            column: (*name).to_owned(),
            ty: format!("query::Column<{record}, {ty}>"),
            constructor: "query::Column",
        })
        .collect();
    for field in &source.fields {
        let (constructor, ty) = match &field.ty {
            FieldType::Reference { to, .. } => {
                let target = lowered.iter().find(|it| it.is_named(to));
                let target = target.map(Resource::record_path).unwrap_or_default();
                ("query::Reference", target)
            }
            ty => ("query::Column", lowered[at].column_type(&field.name, ty)),
        };
        let nulls = if field.optional {
            ", query::Optional"
        } else {
            ""
        };
        constants.push(Constant {
            name: lowered[at].column_constant(&field.name),
            column: field.name.clone(),
            ty: format!("{constructor}<{record}, {ty}{nulls}>"),
            constructor,
        });
    }
    let has = |wanted: fn(&FieldType) -> bool| source.fields.iter().any(|it| wanted(&it.ty));
    Columns {
        constants,
        imports: used(&[
            ("Date", has(|ty| matches!(ty, FieldType::Date))),
            ("Decimal", has(|ty| matches!(ty, FieldType::Decimal { .. }))),
            ("JsonValue", has(|ty| matches!(ty, FieldType::Json { .. }))),
            ("Timestamp", true),
            ("Uuid", true),
            ("query", true),
        ]),
    }
}
