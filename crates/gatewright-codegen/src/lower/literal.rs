//! Values of the schema as Rust and SQL spell them.

use gatewright_schema::{Action, Field, FieldType, Literal, OnDelete};

/// The keys of the runtime's `FieldDef`.
const FIELD_KEYS: usize = 8;

/// A Rust string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// `"draft", "active"`
pub(super) fn quoted_list(texts: &[String]) -> String {
    let literals: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    literals.join(", ")
}

/// A string literal of SQL.
pub(crate) fn sql_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An identifier of SQL. Always quoted: a resource may be called `order`, a field `group`.
pub(crate) fn sql_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A field as a value of the runtime's `FieldDef`.
pub(super) fn field_def(field: &Field) -> String {
    let mut keys = vec![
        format!("name: {:?}", field.name),
        format!("ty: {}", field_type(&field.ty)),
    ];
    let flags = [
        (field.optional, "optional: true"),
        (field.unique, "unique: true"),
        (field.search, "search: true"),
    ];
    keys.extend(
        flags
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, key)| (*key).to_owned()),
    );
    let some = |key: &str, value: &str| format!("{key}: Some({value})");
    keys.extend(
        field
            .default
            .as_ref()
            .map(|it| some("default", &literal(it))),
    );
    keys.extend(
        field
            .permission
            .as_ref()
            .map(|it| some("permission", &quoted(it))),
    );
    keys.extend(field.label.as_ref().map(|it| some("label", &quoted(it))));
    // A base that gives nothing would be a warning.
    if keys.len() < FIELD_KEYS {
        keys.push("..FieldDef::DEFAULT".to_owned());
    }
    format!("FieldDef {{ {} }}", keys.join(", "))
}

/// An action as a value of the runtime's `ActionDef`.
pub(super) fn action_def(action: &Action) -> String {
    let (name, label) = (&action.name, &action.label);
    format!("ActionDef {{ name: {name:?}, label: {label:?} }}")
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("Literal::Text({})", quoted(text)),
        Literal::Integer(integer) => format!("Literal::Integer({integer})"),
        Literal::Boolean(boolean) => format!("Literal::Boolean({boolean})"),
    }
}

/// A type as a value of the runtime's `FieldType`.
fn field_type(ty: &FieldType) -> String {
    match ty {
        FieldType::String { min, max, pattern } => {
            format!("FieldType::String {{ min: {min}, max: {max}, pattern: {pattern:?} }}")
        }
        FieldType::Text { min, max } => format!("FieldType::Text {{ min: {min}, max: {max} }}"),
        FieldType::Email => "FieldType::Email".to_owned(),
        FieldType::Url => "FieldType::Url".to_owned(),
        FieldType::Uuid => "FieldType::Uuid".to_owned(),
        FieldType::Date => "FieldType::Date".to_owned(),
        FieldType::Json { max } => format!("FieldType::Json {{ max: {max} }}"),
        FieldType::Integer { min, max } => {
            format!("FieldType::Integer {{ min: {min:?}, max: {max:?} }}")
        }
        FieldType::Decimal {
            precision,
            scale,
            min,
            max,
        } => format!(
            "FieldType::Decimal {{ precision: {precision}, scale: {scale}, min: {min:?}, max: {max:?} }}"
        ),
        FieldType::Boolean => "FieldType::Boolean".to_owned(),
        FieldType::Timestamp => "FieldType::Timestamp".to_owned(),
        FieldType::Enum { values } => {
            format!("FieldType::Enum {{ values: &[{}] }}", quoted_list(values))
        }
        FieldType::Reference { to, on_delete } => {
            let on_delete = match on_delete {
                OnDelete::Restrict => "Restrict",
                OnDelete::Cascade => "Cascade",
                OnDelete::SetNull => "SetNull",
            };
            format!("FieldType::Reference {{ to: {to:?}, on_delete: OnDelete::{on_delete} }}")
        }
    }
}
