//! Every folder of `testdata/invalid` holds a `gatewright.toml` and, in `stderr.txt`, what the tool
//! says of it. A new case is a new folder; `UPDATE_EXPECT=1 cargo test -p gatewright-schema` writes
//! its `stderr.txt`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its files has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gatewright_schema::{DIAGNOSTIC_CODES, Severity, parse, render};

fn invalid() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/invalid")
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(invalid())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders
}

/// The text of a case. A first line `# pad-to: N` stands for a file of N bytes that nobody wants in
/// the repository.
fn source(folder: &Path) -> String {
    let mut source = fs::read_to_string(folder.join("gatewright.toml")).unwrap();
    let padding = source
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# pad-to: "))
        .map(|bytes| bytes.parse::<usize>().unwrap());
    if let Some(bytes) = padding {
        let missing = bytes - source.len();
        source.extend(std::iter::repeat_n('\n', missing));
    }
    source
}

#[test]
fn each_case_is_reported_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let case = folder.file_name().unwrap().to_string_lossy().into_owned();
        let source = source(&folder);
        let parsed = parse(&source);
        let errors = parsed
            .diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error);
        assert_eq!(parsed.schema.is_none(), errors, "{case}");
        for diagnostic in &parsed.diagnostics {
            let place = source.get(diagnostic.span.clone());
            assert!(
                place.is_some(),
                "{case}: {diagnostic:?} is outside the file"
            );
        }
        let code = DIAGNOSTIC_CODES
            .iter()
            .filter(|code| case.starts_with(**code))
            .max_by_key(|code| code.len())
            .unwrap_or_else(|| panic!("{case} is named after no diagnostic"));
        assert!(
            parsed.diagnostics.iter().any(|d| d.code == *code),
            "{case} does not trigger {code}"
        );
        let found = render(&parsed.diagnostics, "gatewright.toml", &source, false);
        let file = folder.join("stderr.txt");
        if update {
            fs::write(&file, &found).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("{case}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file of `src/diagnostics`, its code and its folders: none without the others.
#[test]
fn each_diagnostic_has_a_file_a_code_and_a_case() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostics");
    let files: BTreeSet<String> = fs::read_dir(sources)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "mod")
        .collect();
    let codes: BTreeSet<String> = DIAGNOSTIC_CODES.iter().map(ToString::to_string).collect();
    assert_eq!(files, codes);
    for code in codes {
        assert!(
            invalid().join(&code).is_dir(),
            "testdata/invalid/{code} is missing"
        );
    }
}

#[test]
fn fifty_mistakes_are_fifty_diagnostics() {
    let mut source = String::from(
        "app.name = 'Shop'\nroles.owner = { permissions = ['*'], assigns = ['*'] }\n[resources.products]\n",
    );
    for at in 0..50 {
        source.push_str(&format!("fields.f{at} = {{ type = 'strnig' }}\n"));
    }
    let parsed = parse(&source);
    assert_eq!(parsed.diagnostics.len(), 50);
    let text = render(&parsed.diagnostics, "gatewright.toml", &source, false);
    assert!(text.ends_with("\ngatewright.toml: 50 errors\n"), "{text}");
    assert!(text.contains("--> gatewright.toml:53:23"), "{text}");
}

#[test]
fn diagnostics_stand_in_the_order_of_the_file() {
    for folder in folders() {
        let parsed = parse(&source(&folder));
        let starts = parsed.diagnostics.iter().map(|d| d.span.start);
        assert!(starts.is_sorted(), "{}", folder.display());
    }
}

#[test]
fn color_is_only_added_when_asked_for() {
    let source = "[app]\nnmae = 'Shop'\n";
    let diagnostics = parse(source).diagnostics;
    let plain = render(&diagnostics, "gatewright.toml", source, false);
    let colored = render(&diagnostics, "gatewright.toml", source, true);
    assert!(!plain.contains('\u{1b}'));
    assert!(colored.contains('\u{1b}'));
    assert_eq!(render(&[], "gatewright.toml", source, true), "");
}

/// Whatever bytes come, the answer is diagnostics inside the file, and text.
#[test]
fn broken_files_never_stop_the_parser() {
    let whole = fs::read_to_string(invalid().join("../valid/keywords/gatewright.toml")).unwrap();
    for cut in (0..whole.len()).step_by(37) {
        for insert in ["", "\"", "[", "{", "=", "é", "\u{0}", "\r\n", "'''", "]]"] {
            let mut broken = whole.clone();
            broken.insert_str(cut, insert);
            for source in [&broken[..cut + insert.len()], &broken] {
                let parsed = parse(source);
                for diagnostic in &parsed.diagnostics {
                    assert!(source.get(diagnostic.span.clone()).is_some());
                }
                // Rendering is slow next to parsing; the first few show enough.
                let few = &parsed.diagnostics[..parsed.diagnostics.len().min(2)];
                let _ = render(few, "gatewright.toml", source, false);
            }
        }
    }
}

/// What follows from a mistake is not reported again.
#[test]
fn one_mistake_is_one_diagnostic() {
    let whole = r#"
        app.name = "Shop"
        [roles]
        owner = { permissions = ["*"], assigns = ["*"] }
        editor = { permissions = ["orders:*"], includes = ["viewer"] }
        viewer = { permissions = ["products:*", "tenant:*", "members:*", "audit:*"] }
        [resources.products]
        fields.status = { type = "enum", values = ["draft", "active"], default = "draft" }
        fields.price = { type = "decimal", precision = 9, scale = 2, default = 1.25 }
        fields.cost = { type = "integer", optional = true, permission = "products:read_cost" }
        actions.publish = { uses = ["products:update"] }
        [resources.orders]
        fields.product_id = { type = "reference", to = "products" }
        [[tests]]
        role = "editor"
        can = ["products:update", "products:read_cost", "products:publish"]
    "#;
    assert_eq!(parse(whole).diagnostics, []);
    for (right, wrong, code) in [
        ("app.name", "app.nmae", "unknown_key"),
        ("[roles]", "[role]", "unknown_key"),
        ("resources", "resource", "unknown_key"),
        ("[[tests]]", "[[test]]", "unknown_key"),
        ("\"products:*\"", "\"product:*\"", "unknown_permission"),
        ("\"products:*\"", "7", "wrong_type"),
        ("[\"viewer\"]", "[\"viewr\"]", "unknown_role"),
        ("assigns = [\"*\"]", "assigns = \"*\"", "wrong_type"),
        (
            "{ permissions = [\"*\"]",
            "{ permission = [\"*\"]",
            "unknown_key",
        ),
        ("role = \"editor\"", "role = \"editr\"", "unknown_role"),
        (
            "\"draft\", \"active\"",
            "\"Draft\", \"active\"",
            "invalid_name",
        ),
        ("type = \"enum\"", "type = \"enmu\"", "unknown_type"),
        ("type = \"enum\"", "typ = \"enum\"", "unknown_key"),
        ("precision = 9", "precision = 90", "out_of_range"),
        ("scale = 2", "scal = 2", "unknown_key"),
        ("to = \"products\"", "to = \"product\"", "unknown_resource"),
        ("role = \"editor\"\n", "role = 1\n", "wrong_type"),
        ("actions.publish", "action.publish", "unknown_key"),
        ("permission = \"pro", "permision = \"pro", "unknown_key"),
        ("\"products:read_cost\" }", "7 }", "wrong_type"),
        (
            "\"products:read_cost\" }",
            "\"orders:read_cost\" }",
            "invalid_field_permission",
        ),
        (
            "type = \"integer\", o",
            "type = \"intgeer\", o",
            "unknown_type",
        ),
        (
            "uses = [\"products:update\"]",
            "uses = [\"products:upate\"]",
            "unknown_permission",
        ),
    ] {
        let broken = whole.replace(right, wrong);
        assert_ne!(broken, whole);
        let codes: Vec<&str> = parse(&broken).diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, [code], "{right} -> {wrong}");
    }
}

/// A file cannot write to the terminal that shows its mistakes.
#[test]
fn control_characters_are_shown_and_not_sent() {
    let source = "[app]\nname = 'Shop'\n\"\\u001b[2J\" = 1\n\"\\u202e\" = 2\n";
    let text = render(&parse(source).diagnostics, "gatewright.toml", source, false);
    assert!(text.contains("unknown_key"), "{text}");
    let sent = text
        .chars()
        .find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(sent, None, "{text}");
}
