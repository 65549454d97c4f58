//! Runs the command as people do. Each folder of `tests/cases` is a case:
//!
//! - `cmd`: one line of arguments a run; the runs share a directory
//! - `input/`: what the directory holds before
//! - `committed/`: what is in a git repository there, tagged `v1`, before `input/` is laid over it
//! - `expected`: exit code, standard output and standard error of each run, and which files of the
//!   directory came, went or changed
//!
//! A new case needs no code. `UPDATE_EXPECT=1 cargo test -p gatewright-cli` writes `expected` anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sandbox;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sandbox::Sandbox;

#[test]
fn cases() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());

    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy();
        let actual = run(&case);
        let expected = case.join("expected");
        if update {
            fs::write(&expected, &actual).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if actual != expected {
            let diff = similar::TextDiff::from_lines(&expected, &actual);
            writeln!(failures, "== {name}\n{}", diff.unified_diff()).unwrap();
        }
    }
    assert!(
        failures.is_empty(),
        "\n{failures}\nUPDATE_EXPECT=1 accepts this."
    );
}

fn run(case: &Path) -> String {
    let committed = case.join("committed");
    let sandbox = Sandbox::with(&committed);
    if committed.exists() {
        sandbox.commit("v1");
    }
    sandbox.add(&case.join("input"));
    let before = sandbox.files();
    let mut transcript = String::new();
    for line in fs::read_to_string(case.join("cmd")).unwrap().lines() {
        let run = sandbox.run(line.split_whitespace());
        writeln!(
            transcript,
            "$ gatewright {line}\nexit code: {}",
            run.exit_code
        )
        .unwrap();
        for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
            if !text.is_empty() {
                writeln!(transcript, "----- {name} -----\n{}", text.trim_end()).unwrap();
            }
        }
        transcript.push('\n');
    }
    let after = sandbox.files();
    transcript.push_str("----- files -----\n");
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        // Which files the runtime has is the runtime's business.
        if !path.contains("/vendor/") || path.ends_with("Cargo.toml") {
            writeln!(transcript, "+ {path}").unwrap();
        }
    }
    for (path, contents) in &before {
        match after.get(path) {
            None => writeln!(transcript, "- {path}").unwrap(),
            Some(now) if now != contents => writeln!(transcript, "~ {path}").unwrap(),
            Some(_) => {}
        }
    }
    transcript
}
