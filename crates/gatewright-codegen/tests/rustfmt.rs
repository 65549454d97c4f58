//! Every Rust file is as rustfmt would have it, whatever the names: a team's first `cargo fmt`
//! changes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use gatewright_schema::Schema;

/// Writes the application and checks it as `cargo fmt --check` would.
fn assert_formatted(case: &str, schema: &Schema) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(case);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    for file in support::generate_for(schema).files {
        assert!(file.contents.ends_with('\n'), "{}", file.path);
        assert!(!file.contents.ends_with("\n\n"), "{}", file.path);
        assert!(!file.contents.contains("\n\n\n"), "{}", file.path);
        assert!(!file.contents.contains(" \n"), "{}", file.path);
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.contents).unwrap();
    }
    let output = Command::new("rustfmt")
        .args([
            "--edition",
            "2024",
            "--check",
            "build.rs",
            "src/main.rs",
            "tests/isolation.rs",
        ])
        .current_dir(&root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{case}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn of_a_shop() {
    assert_formatted("shop", &support::shop());
}

#[test]
fn of_an_empty_schema() {
    assert_formatted("empty", &support::schema(Vec::new()));
}

#[test]
fn of_names_of_all_lengths() {
    for length in 1..=48 {
        let name = "abcdefghij".repeat(5)[..length].to_owned();
        let singular = format!("{}{}", name[..1].to_ascii_uppercase(), &name[1..]);
        assert_formatted(&name, &support::named(&name, &singular));
    }
}

#[test]
fn of_names_that_rust_keeps_for_itself() {
    for (name, singular) in [
        ("type", "Type"),
        ("self", "SelfRecord"),
        ("mod", "Mod"),
        ("lists", "List"),
        ("store", "Store"),
        ("gatewright", "Gatewright"),
    ] {
        assert_formatted(name, &support::named(name, singular));
    }
}

#[test]
fn of_many_resources() {
    let resources = (0..60)
        .map(|number| {
            support::resource(
                &format!("things_{number}"),
                &format!("Thing{number}"),
                vec![support::field("a", support::string())],
            )
        })
        .collect();
    assert_formatted("many", &support::schema(resources));
}
