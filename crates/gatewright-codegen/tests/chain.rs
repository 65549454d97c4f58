//! `testdata/chain`: eight versions of a schema, and the migration from each to the next. The
//! runtime's tests apply them to databases with records.
//!
//! `UPDATE_EXPECT=1 cargo test -p gatewright-codegen --test chain` writes what is given now.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gatewright_codegen::migrate::{self, History};
use gatewright_codegen::{Generation, Options, Runtime, generate};
use gatewright_schema::Schema;

/// What is said of a migration. The other files of a version are the runtime's tests' own.
const TOLD: [&str; 2] = ["losses.txt", "notes.txt"];

fn version(number: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/chain");
    root.join(format!("{number:02}"))
}

fn schema(number: usize) -> Schema {
    let source = fs::read_to_string(version(number).join("gatewright.toml")).unwrap();
    let parsed = gatewright_schema::parse(&source);
    let schema = parsed.schema;
    schema.unwrap_or_else(|| panic!("version {number}: {:#?}", parsed.diagnostics))
}

fn generation(schema: &Schema) -> Generation {
    let options = Options {
        package: "chain".to_owned(),
        source: "",
        runtime: Runtime::Vendored,
    };
    generate(schema, &options).unwrap()
}

#[test]
fn each_version_gives_its_migration() {
    let mut history = Vec::new();
    let mut failures = Vec::new();
    for number in 1..=8 {
        let next = schema(number);
        let files: Vec<(String, String)> = if number == 1 {
            let generation = generation(&next);
            let files = generation.files.into_iter();
            files
                .filter(|file| file.path.starts_with("migrations/"))
                .map(|file| (file.path, file.contents))
                .collect()
        } else {
            let lock = generation(&schema(number - 1)).lock;
            let changes = migrate::changes(&lock, &next).unwrap();
            let history = History::new(history.clone()).unwrap();
            let files = changes.files(&history).map(|it| (it.path, it.contents));
            // Once written, it is found again and not written twice.
            let again = History::new(files.clone().into_iter().chain(history_of(number - 1)));
            assert_eq!(
                changes.files(&again.unwrap()).map(|it| it.path),
                files.clone().map(|it| it.0)
            );
            let told = [&changes.losses, &changes.notes].map(|lines| lines.join("\n") + "\n");
            let told = TOLD.map(str::to_owned).into_iter().zip(told);
            files.into_iter().chain(told).collect()
        };
        history.extend(
            files
                .iter()
                .filter(|(path, _)| path.ends_with(".sql"))
                .cloned(),
        );
        compare(&version(number), files.into_iter().collect(), &mut failures);
    }
    assert!(
        failures.is_empty(),
        "stale, see the top of this file: {failures:#?}"
    );
}

/// The migrations of the versions up to this one, as they are expected.
fn history_of(last: usize) -> impl Iterator<Item = (String, String)> {
    (1..=last).flat_map(|number| {
        expected(&version(number))
            .into_iter()
            .filter(|it| it.0.ends_with(".sql"))
    })
}

fn compare(directory: &Path, given: BTreeMap<String, String>, failures: &mut Vec<PathBuf>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        drop(fs::remove_dir_all(directory.join("migrations")));
        for (path, contents) in &given {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
        return;
    }
    let expected = expected(directory);
    for path in given.keys().chain(expected.keys()) {
        if given.get(path) != expected.get(path) {
            failures.push(directory.join(path));
        }
    }
    failures.dedup();
}

/// What a version is expected to give, by path.
fn expected(directory: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for folder in [".", "migrations/sqlite", "migrations/postgres"] {
        for entry in fs::read_dir(directory.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_file() && (name.ends_with(".sql") || TOLD.contains(&name.as_str())) {
                let key = match folder {
                    "." => name,
                    folder => format!("{folder}/{name}"),
                };
                files.insert(key, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}
