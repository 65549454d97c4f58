//! The JSON Schema of the file, for editors that complete and check it.

use serde_json::{Map, Value as Json, json};

use crate::keys::{self, Choice, Key, Table, TypeName, Value};
use crate::resolve::limits;

/// What tables, fields, roles and actions are called.
const NAME: &str = "^[a-z][a-z0-9_]*$";

/// `products:read_cost`, and what may stand in a list: `*`, `products:*`, `products:update:own` too.
const PERMISSION: &str = "^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$";
const PERMISSIONS: &str = r"^(\*|[a-z][a-z0-9_]*:(\*|[a-z][a-z0-9_]*(:own)?))$";

/// The JSON Schema (draft 2020-12) of `gatewright.toml`, as indented text that ends in a newline.
///
/// It knows keys, their kinds and which go with which field type. What needs the whole file, such
/// as references and permissions, is left to [`parse`](crate::parse).
#[must_use]
pub fn json_schema() -> String {
    let mut schema = table(&keys::FILE);
    if let Json::Object(entries) = &mut schema {
        entries.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        entries.insert("title".to_owned(), json!("gatewright.toml"));
    }
    format!("{schema:#}\n")
}

fn table(table: &Table) -> Json {
    let properties: Map<String, Json> = table
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<&str> = table
        .keys
        .iter()
        .filter(|key| key.required && key.types.is_empty())
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": table.description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let Json::Object(entries) = &mut schema
        && table.keys.iter().any(|key| !key.types.is_empty())
    {
        entries.insert(
            "allOf".to_owned(),
            TypeName::ALL.map(|ty| rules(table, ty)).into(),
        );
    }
    schema
}

/// Which keys a field of this type must have, and which it cannot have.
fn rules(table: &Table, ty: TypeName) -> Json {
    let keys = || table.keys.iter().filter(|key| !key.types.is_empty());
    let refused: Map<String, Json> = keys()
        .filter(|key| !key.goes_with(ty))
        .map(|key| (key.name.to_owned(), json!(false)))
        .collect();
    let required: Vec<&str> = keys()
        .filter(|key| key.required_by(ty))
        .map(|key| key.name)
        .collect();
    json!({
        "if": { "properties": { "type": { "const": ty.word() } }, "required": ["type"] },
        "then": { "properties": refused, "required": required },
    })
}

fn property(key: &Key) -> Json {
    let mut schema = match &key.value {
        Value::Text => json!({ "type": "string" }),
        Value::Flag { default } => json!({ "type": "boolean", "default": default }),
        Value::Choice(choice) => word(choice),
        Value::Providers => json!({
            "type": "array",
            "items": {
                "anyOf": [{ "enum": keys::PROVIDERS }, { "type": "string", "pattern": NAME }],
            },
            "default": ["password"],
            "minItems": 1,
            "uniqueItems": true,
        }),
        Value::Duration { default } => json!({
            "type": "string",
            "pattern": "^[0-9]+[smhd]$",
            "default": default,
        }),
        Value::Rate => json!({
            "type": "string",
            "pattern": "^[0-9]+/[0-9]+[smhd]$",
        }),
        Value::Name => json!({
            "type": "string",
            "pattern": NAME,
            "maxLength": limits::NAME_LENGTH,
        }),
        Value::Whole { least, most } => json!({
            "type": "integer",
            "minimum": least,
            "maximum": most,
        }),
        Value::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Value::Texts => json!({
            "type": "array",
            "items": { "type": "string" },
            "uniqueItems": true,
        }),
        Value::Permission => json!({ "type": "string", "pattern": PERMISSION }),
        Value::Permissions => json!({
            "type": "array",
            "items": { "type": "string", "pattern": PERMISSIONS },
            "uniqueItems": true,
        }),
        Value::Table(inner) => table(inner),
        Value::Named(inner) => json!({
            "type": "object",
            "propertyNames": {
                "pattern": NAME,
                "maxLength": limits::NAME_LENGTH,
            },
            "additionalProperties": table(inner),
        }),
        Value::Tables(inner) => json!({ "type": "array", "items": table(inner) }),
    };
    if let Json::Object(entries) = &mut schema {
        entries.insert("description".to_owned(), json!(key.description));
    }
    schema
}

fn word(choice: &Choice) -> Json {
    match choice.default {
        Some(default) => json!({ "enum": choice.of, "default": default }),
        None => json!({ "enum": choice.of }),
    }
}
