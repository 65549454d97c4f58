//! Schemas at random are parsed, generated and formatted; some are compiled, and a few run and are
//! attacked on both databases.
//!
//! `GATEWRIGHT_SEED=…` begins elsewhere; a failure names the seed of its schema.

use std::fs;
use std::process::Command;

use gatewright_attack::Suite;
use gatewright_codegen::{Options, Runtime, generate};
use gatewright_schema::{Schema, Severity, parse, render};
use gatewright_tests::random_schema;

use crate::building;

const GENERATED: u64 = 200;
const COMPILED: u64 = 20;
const ATTACKED: u64 = 3;

fn first_seed() -> u64 {
    std::env::var("GATEWRIGHT_SEED").map_or(1, |seed| seed.parse().unwrap())
}

/// The schema of a seed, which must be one.
fn schema(seed: u64) -> (String, Schema) {
    let text = random_schema::schema(seed);
    let parsed = parse(&text);
    let errors = parsed.diagnostics.iter();
    let errors: Vec<_> = errors
        .filter(|it| it.severity == Severity::Error)
        .cloned()
        .collect();
    let schema = parsed.schema.unwrap_or_else(|| {
        panic!(
            "seed {seed}:\n{}\n{text}",
            render(&errors, "gatewright.toml", &text, false)
        )
    });
    (text, schema)
}

#[test]
fn they_parse_and_generate_formatted_code() {
    let folder = tempfile::tempdir().unwrap();
    for seed in first_seed()..first_seed() + GENERATED {
        let (text, schema) = schema(seed);
        let options = Options {
            package: "random".to_owned(),
            source: &text,
            runtime: Runtime::Vendored,
        };
        let generation = generate(&schema, &options).unwrap();
        let again = generate(&schema, &options).unwrap();
        assert!(generation == again, "seed {seed} differs from itself");
        let mut sources = Vec::new();
        for file in &generation.files {
            let path = folder.path().join(seed.to_string()).join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &file.contents).unwrap();
            // These two lead to all the others.
            if file.path.ends_with("main.rs") || file.path.ends_with("tests/isolation.rs") {
                sources.push(path);
            }
        }
        let mut rustfmt = Command::new("rustfmt");
        let output = rustfmt
            .args(["--edition", "2024", "--check"])
            .args(&sources)
            .output()
            .unwrap();
        let difference = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "seed {seed}:\n{difference}");
    }
}

#[test]
fn some_compile_without_a_warning() {
    for seed in first_seed()..first_seed() + COMPILED {
        eprintln!("seed {seed}");
        building::assert_compiles("random-schema", &schema(seed).0);
    }
}

#[test]
fn a_few_run_and_are_attacked_on_both_databases() {
    for seed in first_seed()..first_seed() + ATTACKED {
        eprintln!("seed {seed}");
        let name = "random-application";
        let sandbox = building::application(name, &schema(seed).0);
        let binary = building::build(&sandbox, name);
        building::attack(&Suite::new(&binary));
    }
}
