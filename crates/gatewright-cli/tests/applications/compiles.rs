//! What is generated compiles without a warning, whatever the names, and runs.

use std::fs;

use crate::building::{self, assert_compiles, attack, repository};
use gatewright_attack::Suite;
use gatewright_tests::application::{Application, Store};
use serde_json::Value;

const HEAD: &str = r#"
[app]
name = "A"

[auth]
signup = "open"
require_verified_email = true
providers = ["password"]
access_token_ttl = "10m"
refresh_token_ttl = "30d"

[tenancy]
row_level_security = true

[roles]
owner = { permissions = ["*"], assigns = ["*"] }
"#;

/// Resources whose modules and types are called as what generated code uses, or as each other.
const TAKEN: &str = "
    results options strings vecs boxes somes oks errs nones selves defaults clones debugs serializes
    lists list_queries patches grants values decimals timestamps uuids jsons paths created no_contents apis
    fields inputs resources records record_readers resource_defs kinds covers codegens from_jsons
    handlers models routes store generated new_results result_patches
    bulks bulk_patches if_matches exports export_queries versioneds guardeds dates json_values record_patches";

fn taken() -> String {
    let mut schema = HEAD.to_owned();
    for resource in TAKEN.split_whitespace() {
        schema += &format!(
            r#"
[resources.{resource}]
fields.name = {{ type = "string" }}
fields.value = {{ type = "enum", values = ["value_a", "value_b", "value_c"] }}
fields.price = {{ type = "decimal", precision = 4, scale = 2 }}
fields.at = {{ type = "timestamp", optional = true }}
"#
        );
    }
    schema
}

/// Every name as short as it can be, then as long.
fn shortest_and_longest() -> String {
    let long = |letter: &str| format!("{letter}{}", "_abcdefghi".repeat(4)) + "_abcdef";
    assert_eq!(long("r").len(), 48);
    let mut schema = HEAD.to_owned();
    let short = |letter: &str| letter.to_owned();
    for name in [&short as &dyn Fn(&str) -> String, &long] {
        let [role, resource, other] = [name("r"), name("s"), name("t")];
        schema = schema.replace(
            "[roles]\n",
            &format!(
                "[roles]\n{role} = {{ permissions = [\"{resource}:*\", \"{other}:read\"] }}\n"
            ),
        );
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(name);
        schema += &format!(
            "
[resources.{resource}]
fields.{a} = {{ type = \"string\", unique = true }}
fields.{b} = {{ type = \"enum\", values = [\"{a}\", \"{b}\", \"{c}\"], default = \"{c}\" }}
fields.{c} = {{ type = \"decimal\", precision = 1, scale = 0, optional = true }}
fields.{d} = {{ type = \"reference\", to = \"{other}\", optional = true, on_delete = \"set_null\" }}

[resources.{other}]
fields.{e} = {{ type = \"reference\", to = \"{resource}\", on_delete = \"cascade\" }}
"
        );
    }
    schema
}

fn valid(case: &str) -> String {
    let path = repository()
        .join("testdata/valid")
        .join(case)
        .join("gatewright.toml");
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_smallest_schema_compiles() {
    assert_compiles("compiles-minimal", &valid("minimal"));
}

#[test]
fn the_shortest_and_the_longest_names_compile() {
    assert_compiles("compiles-extremes", &shortest_and_longest());
}

#[test]
fn names_that_generated_code_uses_itself_compile() {
    assert_compiles("compiles-taken", &taken());
}

#[test]
fn keywords_compile_and_run() {
    let name = "compiles-keywords";
    let sandbox = assert_compiles(name, &valid("keywords"));
    let application = Application::seeded(&building::build(&sandbox, name), Store::Sqlite);
    let routes = application.must(&["routes", "--format", "json"]).stdout;
    let routes: Value = serde_json::from_slice(&routes).unwrap();
    let server = application.serve().unwrap();
    let owner = server.sign_in("owner@acme.example", "acme");
    let resources = routes["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 13);
    for resource in resources {
        let name = resource["name"].as_str().unwrap();
        let ids = owner.ids(name);
        assert!(!ids.is_empty(), "{name}");
        let answer = owner.get(&format!("/api/{name}/{}", ids[0]));
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
    }
}

/// A schema that has little in common with the example, attacked on both databases.
#[test]
fn another_application_keeps_its_tenants_apart() {
    let name = "compiles-clinic";
    let sandbox = assert_compiles(name, &valid("clinic"));
    attack(&Suite::new(building::build(&sandbox, name)));
}
