//! What a changed schema means for tables that exist already.
//!
//! This version writes the first migration only, so that later ones are written by hand; this
//! module says which. It compares resources as the lock's snapshot and the schema serialize them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One line for each table and column that the databases do not have yet as the schema wants
/// them: `products: new column weight (decimal)`.
pub(crate) fn between(previous: &Value, next: &Value) -> Vec<String> {
    let (before, after) = (named(&previous["resources"]), named(&next["resources"]));
    let mut changes = Vec::new();
    for (table, resource) in &after {
        match find(&before, table) {
            None => changes.push(format!("{table}: new table")),
            Some(old) => columns(table, old, resource, &mut changes),
        }
    }
    for (table, _) in &before {
        if find(&after, table).is_none() {
            changes.push(format!("{table}: table no longer in the schema"));
        }
    }
    let rls = |schema: &Value| schema["tenancy"]["row_level_security"].as_bool();
    if let (Some(before), Some(after)) = (rls(previous), rls(next))
        && before != after
    {
        let state = if after { "on" } else { "off" };
        changes.push(format!(
            "every table, in PostgreSQL: row-level security {state}"
        ));
    }
    changes
}

fn columns(table: &str, before: &Value, after: &Value, changes: &mut Vec<String>) {
    let (before, after) = (named(&before["fields"]), named(&after["fields"]));
    for (column, field) in &after {
        match find(&before, column) {
            None => changes.push(format!("{table}: new column {column} ({})", kind(field))),
            Some(old) => {
                let differing = differing_keys(old, field);
                if !differing.is_empty() {
                    let differing = differing.join(", ");
                    changes.push(format!("{table}: column {column} differs in {differing}"));
                }
            }
        }
    }
    for (column, _) in &before {
        if find(&after, column).is_none() {
            changes.push(format!("{table}: column {column} no longer in the schema"));
        }
    }
}

/// The keys of `gatewright.toml` in which two fields differ, as far as tables show them: a default
/// is filled in by the application.
fn differing_keys(before: &Value, after: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    let parameters = |field: &Value| field["ty"].as_object().cloned().unwrap_or_default();
    let (old, new) = (parameters(before), parameters(after));
    if old.get("type") == new.get("type") {
        collect_differing(&old, &new, &mut keys);
    } else {
        keys.push("type".to_owned());
    }
    for key in ["optional", "unique"] {
        if before[key] != after[key] {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// A key without a value is left out of TOML and null in JSON.
fn collect_differing(old: &Map<String, Value>, new: &Map<String, Value>, keys: &mut Vec<String>) {
    let value = |of: &Map<String, Value>, key: &str| of.get(key).cloned().unwrap_or_default();
    let all: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in all {
        if value(old, key) != value(new, key) {
            keys.push(key.clone());
        }
    }
}

fn kind(field: &Value) -> &str {
    field["ty"]["type"].as_str().unwrap_or("of an unknown type")
}

/// The entries of an array of objects that have a `name`, in the array's order.
fn named(entries: &Value) -> Vec<(&str, &Value)> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .filter_map(|entry| Some((entry["name"].as_str()?, entry)))
        .collect()
}

fn find<'a>(entries: &[(&str, &'a Value)], name: &str) -> Option<&'a Value> {
    entries
        .iter()
        .find(|(entry, _)| *entry == name)
        .map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(name: &str, ty: Value, optional: bool) -> Value {
        json!({ "name": name, "ty": ty, "optional": optional, "unique": false, "default": null })
    }

    fn string(max: u32) -> Value {
        json!({ "type": "string", "max": max })
    }

    fn schema(resources: &[(&str, Vec<Value>)]) -> Value {
        let resources = resources
            .iter()
            .map(|(name, fields)| json!({ "name": name, "fields": fields }));
        json!({
            "tenancy": { "row_level_security": true },
            "resources": resources.collect::<Vec<_>>(),
        })
    }

    #[test]
    fn the_same_schema_changes_nothing() {
        let schema = schema(&[("products", vec![field("name", string(10), false)])]);
        assert!(between(&schema, &schema).is_empty());
    }

    #[test]
    fn each_change_is_named() {
        let before = schema(&[
            (
                "products",
                vec![
                    field("name", string(10), false),
                    field("sku", string(9), false),
                ],
            ),
            ("orders", vec![]),
        ]);
        let after = schema(&[
            (
                "products",
                vec![
                    field("name", string(20), true),
                    field("stock", json!({"type": "integer"}), false),
                ],
            ),
            ("tags", vec![]),
        ]);
        assert_eq!(
            between(&before, &after),
            [
                "products: column name differs in max, optional",
                "products: new column stock (integer)",
                "products: column sku no longer in the schema",
                "tags: new table",
                "orders: table no longer in the schema",
            ]
        );
    }

    #[test]
    fn order_roles_and_defaults_are_no_concern_of_tables() {
        let (a, b) = (("a", vec![field("x", string(1), false)]), ("b", vec![]));
        let before = schema(&[a.clone(), b.clone()]);
        let mut after = schema(&[b, a]);
        after["resources"][1]["fields"][0]["default"] = json!("y");
        after["roles"] = json!(["owner"]);
        assert!(between(&before, &after).is_empty());
    }
}
