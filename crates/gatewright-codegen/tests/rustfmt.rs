//! Every Rust file is as rustfmt would have it, whatever the names: a team's first `cargo fmt`
//! changes nothing.

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use gatewright_schema::Schema;

/// Checks all files in one run of rustfmt, each in a module of its own.
fn assert_formatted(schema: &Schema) {
    for file in support::generate_for(schema).files {
        if !file.path.ends_with(".rs") {
            continue;
        }
        assert!(
            !file.contents.contains("\n\n\n"),
            "blank lines in {}",
            file.path
        );
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        rustfmt
            .stdin
            .take()
            .unwrap()
            .write_all(file.contents.as_bytes())
            .unwrap();
        let output = rustfmt.wait_with_output().unwrap();
        assert!(output.status.success(), "rustfmt refuses {}", file.path);
        let formatted = String::from_utf8(output.stdout).unwrap();
        for (number, (ours, theirs)) in file.contents.lines().zip(formatted.lines()).enumerate() {
            assert_eq!(ours, theirs, "{}:{}", file.path, number + 1);
        }
        assert_eq!(file.contents, formatted, "{}", file.path);
    }
}

#[test]
fn of_a_shop() {
    assert_formatted(&support::shop());
}

#[test]
fn of_an_empty_schema() {
    assert_formatted(&support::schema(Vec::new()));
}

#[test]
fn of_names_of_all_lengths() {
    for length in [
        1, 5, 9, 12, 14, 16, 18, 20, 22, 24, 26, 28, 31, 34, 37, 40, 44, 48,
    ] {
        let name = "abcdefghij".repeat(5)[..length].to_owned();
        let singular = format!("{}{}", name[..1].to_ascii_uppercase(), &name[1..]);
        assert_formatted(&support::named(&name, &singular));
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
        assert_formatted(&support::named(name, singular));
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
    assert_formatted(&support::schema(resources));
}
