//! The JSON Schema and the parser know the same keys.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::fs;
use std::path::Path;

use gatewright_schema::{json_schema, parse};
use serde_json::Value as Json;

/// A key of the schema: how to write `key = VALUE` into a file where it belongs.
struct Place {
    key: String,
    /// Files around `{}`, one for each way to write the tables around the key.
    files: Vec<String>,
}

/// Collects every key of the schema. `around` is the file with `{}` for what a table holds.
fn places(schema: &Json, around: &str, found: &mut Vec<Place>) {
    for (key, inner) in schema["properties"].as_object().unwrap() {
        let types = schema["allOf"].as_array();
        found.push(Place {
            key: key.clone(),
            files: match types {
                Some(rules) if key != "type" => rules
                    .iter()
                    .map(|rule| rule["if"]["properties"]["type"]["const"].as_str().unwrap())
                    .map(|ty| around.replace("{}", &format!("type = '{ty}', {{}}")))
                    .collect(),
                _ => vec![around.to_owned()],
            },
        });
        let inside = |held: &str| around.replace("{}", &format!("{key} = {held}"));
        if inner["properties"].is_object() {
            places(inner, &inside("{ {} }"), found);
        } else if inner["items"]["properties"].is_object() {
            places(&inner["items"], &inside("[{ {} }]"), found);
        } else if inner["additionalProperties"].is_object() {
            places(
                &inner["additionalProperties"],
                &inside("{ some = { {} } }"),
                found,
            );
        }
    }
}

fn all_places() -> Vec<Place> {
    let mut found = Vec::new();
    places(
        &serde_json::from_str(&json_schema()).unwrap(),
        "{}",
        &mut found,
    );
    found
}

fn codes(source: &str) -> Vec<&'static str> {
    parse(source).diagnostics.iter().map(|d| d.code).collect()
}

/// No key takes a date: if the parser reads the key, it says so.
#[test]
fn the_parser_reads_each_key_of_the_schema() {
    let places = all_places();
    assert!(places.len() > 30);
    for place in places {
        let assignment = format!("{} = 1979-05-27", place.key);
        let read = place
            .files
            .iter()
            .any(|file| codes(&file.replace("{}", &assignment)).contains(&"wrong_type"));
        assert!(read, "`{}` in {}", place.key, place.files[0]);
    }
}

#[test]
fn both_refuse_a_key_that_the_other_does_not_know() {
    for place in all_places() {
        let file = place.files[0].replace("{}", "zzz = 1");
        assert!(codes(&file).contains(&"unknown_key"), "{file}");
    }
}

#[test]
fn valid_files_conform() {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/valid");
    for case in fs::read_dir(folder).unwrap() {
        let path = case.unwrap().path().join("gatewright.toml");
        let file: Json = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        conforms(&file, &schema, &path.display().to_string());
    }
}

/// As much of JSON Schema as ours uses.
fn conforms(value: &Json, schema: &Json, at: &str) {
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value}");
    }
    if let Some(kinds) = schema.get("type") {
        let kind = match value {
            Json::Object(_) => "object",
            Json::Array(_) => "array",
            Json::String(_) => "string",
            Json::Bool(_) => "boolean",
            Json::Number(number) if number.is_i64() => "integer",
            Json::Number(_) => "number",
            Json::Null => "null",
        };
        let accepted = |name: &Json| name == kind || (name == "number" && kind == "integer");
        let fits = match kinds.as_array() {
            Some(kinds) => kinds.iter().any(accepted),
            None => accepted(kinds),
        };
        assert!(fits, "{at}: {value} is no {kinds}");
    }
    for item in value.as_array().into_iter().flatten() {
        conforms(item, &schema["items"], at);
    }
    let Some(entries) = value.as_object() else {
        return;
    };
    for key in schema["required"].as_array().into_iter().flatten() {
        assert!(
            entries.contains_key(key.as_str().unwrap()),
            "{at} lacks {key}"
        );
    }
    for (key, inner) in entries {
        let at = format!("{at}: {key}");
        let known = schema["properties"].get(key);
        let inner_schema = known.unwrap_or(&schema["additionalProperties"]);
        assert_ne!(*inner_schema, Json::Bool(false), "{at}");
        conforms(inner, inner_schema, &at);
    }
    for rule in schema["allOf"].as_array().into_iter().flatten() {
        if rule["if"]["properties"]["type"]["const"] != entries["type"] {
            continue;
        }
        for key in rule["then"]["required"].as_array().unwrap() {
            assert!(
                entries.contains_key(key.as_str().unwrap()),
                "{at} lacks {key}"
            );
        }
        for key in rule["then"]["properties"].as_object().unwrap().keys() {
            assert!(!entries.contains_key(key), "{at}: {key} is misplaced");
        }
    }
}
