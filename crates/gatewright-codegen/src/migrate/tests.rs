//! What the chain of `testdata` does not reach: refusals, names, and every pair of types.

use gatewright_schema::{Field, FieldType, Literal, OnDelete, Resource};

use super::cast::cast;
use super::*;

fn schema(resources: Vec<Resource>) -> Schema {
    let source = "[app]\nname = \"Shop\"\n[roles]\nowner = { permissions = [\"*\"], assigns = [\"*\"] }\n\
                  [resources.notes]\nfields.text = { type = \"string\" }\n";
    Schema {
        resources,
        ..gatewright_schema::parse(source).schema.unwrap()
    }
}

fn string(max: u32) -> FieldType {
    FieldType::String {
        min: 0,
        max,
        pattern: None,
    }
}

fn decimal(precision: u32, scale: u32) -> FieldType {
    FieldType::Decimal {
        precision,
        scale,
        min: None,
        max: None,
    }
}

fn reference(to: &str) -> FieldType {
    FieldType::Reference {
        to: to.to_owned(),
        on_delete: OnDelete::Restrict,
    }
}

fn table(name: &str, fields: Vec<Field>) -> Resource {
    Resource::new(name, "Record", fields)
}

fn from_to(old: Vec<Resource>, new: Vec<Resource>) -> Result<Changes, Vec<String>> {
    between(&schema(old), &schema(new), Lacks::default()).map_err(|failure| match failure {
        Failure::Refused(refusals) => refusals.into_iter().map(|it| it.message).collect(),
        Failure::Defect(error) => panic!("{error}"),
    })
}

fn types() -> Vec<FieldType> {
    vec![
        string(10),
        FieldType::Text { min: 0, max: 100 },
        FieldType::Email,
        FieldType::Url,
        FieldType::Uuid,
        FieldType::Date,
        FieldType::Json { max: 100 },
        FieldType::Integer {
            min: None,
            max: None,
        },
        decimal(10, 2),
        FieldType::Boolean,
        FieldType::Timestamp,
        FieldType::Enum {
            values: vec!["a".to_owned()],
        },
        reference("t"),
    ]
}

/// `.` for a type into itself, `+` exact, `?` checked first, `-` loses, blank refused.
#[test]
fn the_table_of_conversions() {
    let table: Vec<String> = types()
        .iter()
        .map(|old| {
            let kinds = types().into_iter().map(|new| match cast(old, &new) {
                None => ' ',
                Some(_) if *old == new => '.',
                Some(cast) if cast.loss.is_some() => '-',
                Some(cast) if cast.unfit.is_empty() => '+',
                Some(_) => '?',
            });
            kinds.collect()
        })
        .collect();
    assert_eq!(
        table,
        [
            //s tex em url uu da js in de bo ti en re
            ".+??       ? ",
            "?.??       ? ",
            "??.        ? ",
            "?? .       ? ",
            "?+  .       +",
            "++   .    +  ",
            "      .      ",
            "?+     .?    ",
            "?+     -.    ",
            "++       .   ",
            "?+   -    .  ",
            "++         . ",
            "?+  +       .",
        ]
    );
}

#[test]
fn a_required_field_needs_a_default_unless_its_table_is_new() {
    let old = || table("a", vec![Field::new("x", string(10))]);
    let with = |field: Field| table("a", vec![Field::new("x", string(10)), field]);
    let new = Field::new("y", string(10));
    assert_eq!(
        from_to(vec![old()], vec![with(new.clone())]).unwrap_err(),
        ["`a.y` is new and required, and records that exist would have no value for it"]
    );
    let filled = Field {
        default: Some(Literal::Text("z".to_owned())),
        ..new.clone()
    };
    assert_eq!(
        from_to(vec![old()], vec![with(filled)]).unwrap().name,
        "add_a_y"
    );
    let other = table("b", vec![new]);
    assert_eq!(
        from_to(vec![old()], vec![old(), other]).unwrap().name,
        "add_b"
    );
}

#[test]
fn names_tell_what_changes() {
    let a = || table("a", vec![Field::new("x", string(10))]);
    let b = || table("b", vec![Field::new("x", string(10))]);
    let c = || table("c", vec![Field::new("x", string(10))]);
    let renamed = || Resource {
        renamed_from: Some("a".to_owned()),
        ..table("aa", vec![Field::new("x", string(10))])
    };
    let longer = |name: &str| table(name, vec![Field::new("x", string(20))]);
    let texts = |name: &str| {
        table(
            name,
            vec![Field::new("x", FieldType::Text { min: 0, max: 9 })],
        )
    };
    for (old, new, name) in [
        (vec![a()], vec![a(), b()], "add_b"),
        (vec![a()], vec![a(), b(), c()], "add_b_and_c"),
        (vec![a(), b()], vec![a()], "drop_b"),
        (vec![a()], vec![renamed()], "rename_a_to_aa"),
        (vec![renamed()], vec![texts("aa")], "change_aa_x"),
        (
            vec![a(), b()],
            vec![texts("a"), texts("b")],
            "change_a_and_b",
        ),
        (
            vec![a(), b(), c()],
            vec![texts("a"), texts("b")],
            "change_tables",
        ),
    ] {
        let changes = from_to(old, new).unwrap();
        assert_eq!(changes.name, name);
        assert!(!changes.is_empty());
    }
    let nothing = from_to(vec![a(), b()], vec![longer("b"), longer("a")]).unwrap();
    assert!(
        nothing.is_empty(),
        "order and bounds are no concern of tables"
    );
    let applied = from_to(vec![renamed()], vec![renamed()]).unwrap();
    assert!(applied.is_empty());
}

#[test]
fn a_rename_and_a_new_table_of_the_old_name_are_refused() {
    let a = || table("a", vec![]);
    let renamed = Resource {
        renamed_from: Some("a".to_owned()),
        ..table("b", vec![])
    };
    assert_eq!(
        from_to(vec![a()], vec![a(), renamed]).unwrap_err(),
        ["`a` and `b` both come from `a`"]
    );
}

#[test]
fn a_lock_of_the_first_format_lacks_a_column() {
    let a = schema(vec![table("a", vec![Field::new("x", string(10))])]);
    let changes = between(
        &a,
        &a,
        Lacks {
            created_by: true,
            ..Lacks::default()
        },
    )
    .ok()
    .unwrap();
    assert_eq!(changes.name, "add_created_by");
    assert!(
        changes
            .postgres
            .contains("ADD COLUMN created_by uuid;\n\nCREATE INDEX \"a_created_by_idx\"")
    );
    assert!(
        !changes
            .sqlite
            .contains("SELECT tenant_id, id, version, created_at, updated_at, created_by")
    );
}

#[test]
fn files_are_numbered_above_all_others() {
    let a = || table("a", vec![Field::new("x", string(10))]);
    let changes = from_to(vec![], vec![a()]).unwrap();
    let history = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|&(path, text)| (path.to_owned(), text.to_owned()));
        History::new(files).unwrap()
    };
    let paths = |history: &History| changes.files(history).map(|file| file.path);
    let first = [
        ("migrations/sqlite/0001_init.sql", ""),
        ("migrations/postgres/0007_ours.sql", ""),
        ("migrations/postgres/README.md", ""),
    ];
    let found = history(&first);
    assert_eq!(
        paths(&found),
        [
            "migrations/sqlite/0008_add_a.sql",
            "migrations/postgres/0008_add_a.sql"
        ]
    );
    // A run that stopped before it wrote the second.
    let [sqlite, _] = changes.files(&found);
    let half = history(
        &[
            first.as_slice(),
            &[(sqlite.path.as_str(), sqlite.contents.as_str())],
        ]
        .concat(),
    );
    assert_eq!(paths(&half), paths(&found));
    // The same name, with something else in it.
    let other = history(&[first.as_slice(), &[(sqlite.path.as_str(), "SELECT 1;\n")]].concat());
    assert_eq!(paths(&other)[0], "migrations/sqlite/0009_add_a.sql");
}
