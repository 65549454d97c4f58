//! Each folder of `testdata/valid` is a schema and all the files it must give.
//!
//! `UPDATE_EXPECT=1 cargo test -p gatewright-codegen --test golden` writes what is given now.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gatewright_codegen::{LOCK_PATH, Options, Runtime, generate};

#[test]
fn every_valid_case_gives_its_files() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = Vec::new();
    for case in cases() {
        let expected_dir = case.join("expected");
        let given = files_of(&case);
        if update {
            write_tree(&expected_dir, &given);
            continue;
        }
        let mut expected = BTreeMap::new();
        read_tree(&expected_dir, &expected_dir, &mut expected);
        for path in given.keys().chain(expected.keys()) {
            if given.get(path) != expected.get(path) {
                failures.push(expected_dir.join(path));
            }
        }
    }
    failures.dedup();
    assert!(
        failures.is_empty(),
        "stale, see the top of this file: {failures:#?}"
    );
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/valid");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

/// All files of a case, the lock too, by path. The schema is the case's own file.
fn files_of(case: &Path) -> BTreeMap<String, String> {
    let source = fs::read_to_string(case.join("gatewright.toml")).unwrap();
    let parsed = gatewright_schema::parse(&source);
    let schema = parsed
        .schema
        .unwrap_or_else(|| panic!("{case:?} is not valid"));
    let options = Options {
        package: case.file_name().unwrap().to_str().unwrap().to_owned(),
        source: &source,
        runtime: Runtime::Vendored,
    };
    let generation = generate(&schema, &options).unwrap();
    assert_eq!(generation, generate(&schema, &options).unwrap());
    let mut files: BTreeMap<String, String> = generation
        .files
        .into_iter()
        .map(|file| (file.path, file.contents))
        .collect();
    files.remove("gatewright.toml");
    files.insert(LOCK_PATH.to_owned(), generation.lock.render());
    files
}

fn write_tree(root: &Path, files: &BTreeMap<String, String>) {
    if root.exists() {
        fs::remove_dir_all(root).unwrap();
    }
    for (path, contents) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
}

fn read_tree(root: &Path, dir: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_tree(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            files.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
        }
    }
}
