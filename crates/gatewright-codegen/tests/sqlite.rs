//! The first migration of SQLite, run by SQLite.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use gatewright_schema::Schema;

/// What `sqlite3` prints for the migration and then `sql`, errors included.
fn sqlite(schema: &Schema, sql: &str) -> String {
    let migration = support::generate_for(schema)
        .files
        .into_iter()
        .find(|file| file.path == "migrations/sqlite/0001_init.sql")
        .unwrap()
        .contents;
    let mut sqlite = Command::new("sqlite3")
        .arg(":memory:")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let script = format!("PRAGMA foreign_keys = ON;\n{migration}\n{sql}\n");
    let mut stdin = sqlite.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    let output = sqlite.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

const TENANTS: &str = "
    INSERT INTO tenants (id, slug, name, status, created_at) VALUES ('a', 'a', 'A', 'active', 't'), ('b', 'b', 'B', 'active', 't');
    INSERT INTO products VALUES
        ('a', 'p1', 1, 't', 't', NULL, 'One', 'sku', 100, 'draft', 0, NULL),
        ('a', 'p2', 1, 't', 't', NULL, 'Two', 'sku 2', 100, 'draft', 0, 'p1'),
        ('b', 'p1', 1, 't', 't', NULL, 'One', 'sku', 100, 'draft', 0, NULL),
        ('b', 'p2', 1, 't', 't', NULL, 'Two', 'sku 2', 100, 'draft', 0, 'p1');
";

#[test]
fn it_runs() {
    assert_eq!(sqlite(&support::shop(), TENANTS), "");
}

#[test]
fn names_may_be_keywords() {
    for name in ["order", "group", "select"] {
        assert_eq!(sqlite(&support::named(name, "Record"), ""), "");
    }
}

#[test]
fn names_may_be_long() {
    let name = "abcdefghij".repeat(5)[..48].to_owned();
    assert_eq!(sqlite(&support::named(&name, "Record"), ""), "");
}

#[test]
fn set_null_stays_in_its_tenant() {
    let sql = format!(
        "{TENANTS} DELETE FROM products WHERE tenant_id = 'a' AND id = 'p1';
         SELECT tenant_id, id, parent_id FROM products;"
    );
    assert_eq!(sqlite(&support::shop(), &sql), "a|p2|\nb|p1|\nb|p2|p1\n");
}

#[test]
fn a_reference_cannot_leave_its_tenant() {
    let sql = format!(
        "{TENANTS} INSERT INTO products VALUES
             ('a', 'p3', 1, 't', 't', NULL, 'Three', 'sku 3', 100, 'draft', 0, NULL);
         UPDATE products SET parent_id = 'p3' WHERE tenant_id = 'b';"
    );
    let output = sqlite(&support::shop(), &sql);
    assert!(output.contains("FOREIGN KEY constraint failed"), "{output}");
}

#[test]
fn a_value_belongs_to_a_record_and_a_field_of_its_tenant() {
    let fields = "
        INSERT INTO custom_fields VALUES
            ('a', 'f1', 'products', 'warmth', NULL, '{}', 1, 't', 't'),
            ('a', 'f2', 'products', 'size', NULL, '{}', 1, 't', 't'),
            ('b', 'f1', 'products', 'warmth', NULL, '{}', 1, 't', 't');
        INSERT INTO products VALUES
            ('a', 'p3', 1, 't', 't', NULL, 'Three', 'sku 3', 100, 'draft', 0, NULL);";
    let value = |values: &str| {
        let insert = format!("INSERT INTO products_custom_values VALUES ({values});");
        sqlite(&support::shop(), &format!("{TENANTS} {fields} {insert}"))
    };
    assert_eq!(value("'a', 'p1', 'f1', 'x', NULL, 'x'"), "");
    let both = "'a', 'p1', 'f1', 'x', NULL, 'x'), ('b', 'p1', 'f1', 'x', NULL, 'x'";
    assert_eq!(value(both), "", "unique in each tenant for itself");
    for (values, message) in [
        ("'b', 'p3', 'f1', 'x', NULL, NULL", "FOREIGN KEY"),
        ("'b', 'p1', 'f2', 'x', NULL, NULL", "FOREIGN KEY"),
        (
            "'a', 'p1', 'f1', 'x', NULL, 'x'), ('a', 'p2', 'f1', 'x', NULL, 'x'",
            "UNIQUE constraint failed: products_custom_values.tenant_id, products_custom_values.field_id",
        ),
    ] {
        let output = value(values);
        assert!(output.contains(message), "{values}: {output}");
    }
    let sql = format!(
        "{TENANTS} {fields} INSERT INTO products_custom_values VALUES
             ('a', 'p1', 'f1', 'x', NULL, NULL), ('a', 'p2', 'f2', 'x', NULL, NULL), ('b', 'p1', 'f1', 'x', NULL, NULL);
         DELETE FROM products WHERE tenant_id = 'a' AND id = 'p1';
         DELETE FROM custom_fields WHERE tenant_id = 'a' AND id = 'f2';
         SELECT tenant_id, record_id FROM products_custom_values;"
    );
    assert_eq!(sqlite(&support::shop(), &sql), "b|p1\n");
}

#[test]
fn values_are_checked() {
    for (change, message) in [
        (
            "sku = 'sku'",
            "UNIQUE constraint failed: products.tenant_id, products.sku",
        ),
        ("status = 'gone'", "CHECK constraint failed"),
        ("featured = 2", "CHECK constraint failed"),
        (
            "price = 'much'",
            "cannot store TEXT value in INTEGER column",
        ),
        ("name = NULL", "NOT NULL constraint failed"),
    ] {
        let sql = format!("{TENANTS} UPDATE products SET {change};");
        let output = sqlite(&support::shop(), &sql);
        assert!(output.contains(message), "{change}: {output}");
    }
}

#[test]
fn a_tenant_goes_with_all_it_has() {
    let sql = format!(
        "{TENANTS} DELETE FROM tenants WHERE id = 'a'; SELECT tenant_id, id FROM products;"
    );
    assert_eq!(sqlite(&support::shop(), &sql), "b|p1\nb|p2\n");
}
