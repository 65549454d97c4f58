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

#[test]
fn the_sample_of_the_design_conforms() {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let sample = toml::from_str(include_str!("sample/gatewright.toml")).unwrap();
    conforms(&sample, &schema, "the sample");
}

/// Every pattern of the schema takes what stands for it, and not what looks like it.
#[test]
fn patterns_take_what_they_should() {
    let schema: Json = serde_json::from_str(&json_schema()).unwrap();
    let of = |table: &Json, key: &str| table["properties"][key].clone();
    let each = |schema: Json| schema["additionalProperties"].clone();
    let resource = each(of(&schema, "resources"));
    let field = each(of(&resource, "fields"));
    let permissions = of(&each(of(&schema, "roles")), "permissions")["items"].clone();
    let rate = of(&of(&schema, "limits"), "per_key");
    for (schema, right, wrong) in [
        (rate, vec!["600/1m"], vec!["600", "600/1", "x/1m"]),
        (
            permissions,
            vec!["*", "products:*", "products:read", "products:read:own"],
            vec!["products", "*:read", "products:*:own", "Products:read"],
        ),
        (
            of(&field, "permission"),
            vec!["products:read_cost"],
            vec!["read_cost", "products:*", "products:read:own"],
        ),
        (
            of(&field, "renamed_from"),
            vec!["name_2"],
            vec!["Name", "2_name", ""],
        ),
    ] {
        let pattern = regex::Regex::new(schema["pattern"].as_str().unwrap()).unwrap();
        assert!(right.iter().all(|text| pattern.is_match(text)), "{pattern}");
        assert!(
            !wrong.iter().any(|text| pattern.is_match(text)),
            "{pattern}"
        );
    }
}

/// An editor has something to show for every table and key.
#[test]
fn everything_is_described() {
    fn described(schema: &Json, at: &str) {
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            let at = format!("{at}.{key}");
            let text = inner["description"].as_str().unwrap_or_default();
            assert!(text.ends_with('.'), "{at}: {text:?}");
            for inner in [inner, &inner["items"], &inner["additionalProperties"]] {
                described(inner, &at);
            }
        }
    }
    described(&serde_json::from_str(&json_schema()).unwrap(), "");
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
    if let (Some(text), Some(pattern)) = (value.as_str(), schema["pattern"].as_str()) {
        let pattern = regex::Regex::new(pattern).unwrap();
        assert!(pattern.is_match(text), "{at}: {text} is no {pattern}");
    }
    if let (Some(number), Some(least)) = (value.as_i64(), schema["minimum"].as_i64()) {
        assert!(number >= least, "{at}: {number} is below {least}");
        assert!(schema["maximum"].as_i64() >= Some(number), "{at}: {number}");
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
    let names = schema["propertyNames"]["pattern"].as_str();
    let names = names.map(|names| regex::Regex::new(names).unwrap());
    for (key, inner) in entries {
        if let Some(names) = &names {
            assert!(names.is_match(key), "{at}: {key}");
        }
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
