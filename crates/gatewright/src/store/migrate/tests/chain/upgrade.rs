//! Databases of earlier versions of the tool, with records, brought to the tables of this one.
//!
//! `testdata/upgrade/format_N` holds what the tool wrote when its lock had that format: the lock and
//! the first migrations. The schema stays as it is.

use std::collections::BTreeMap;

use gatewright_codegen::migrate::{History, changes};
use gatewright_codegen::{Lock, Options, Runtime, generate};

use super::place::{Place, leak};
use super::*;

const A: &str = "00000000-0000-7000-8000-00000000000a";
const B: &str = "00000000-0000-7000-8000-00000000000b";
const THEN: &str = "2026-01-01T00:00:00.000000Z";

fn id(n: u32) -> String {
    format!("00000000-0000-7000-8000-{n:012}")
}

/// The old tables' migration, the one that brings them up, and what a fresh database gets.
fn migrations(place: &Place, format: u32) -> ([Migration; 2], String) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/upgrade");
    let file = |name: &str| {
        std::fs::read_to_string(root.join(format!("format_{format}")).join(name)).unwrap()
    };
    let lock = file("gatewright.lock");
    assert!(lock.contains(&format!("\nformat = {format}\n")));
    let lock = Lock::parse(&lock).unwrap();
    let init = Migration {
        version: 1,
        name: "init",
        sql: leak(file(&format!("{}.sql", place.name()))),
    };
    let folder = format!("migrations/{}/", place.name());
    let history = History::new([(format!("{folder}0001_init.sql"), String::new())]).unwrap();
    let changes = changes(&lock, lock.schema()).ok().unwrap();
    assert!(changes.losses.is_empty(), "{:?}", changes.losses);
    let next = changes.files(&history);
    let next = next.iter().find(|file| file.path.starts_with(&folder));
    let next = Migration {
        version: 2,
        name: "upgrade",
        sql: leak(next.unwrap().contents.clone()),
    };
    let options = Options {
        package: "upgraded".to_owned(),
        source: "",
        runtime: Runtime::Vendored,
    };
    let fresh = generate(lock.schema(), &options).unwrap().files.into_iter();
    let mut fresh = fresh.filter(|file| file.path.starts_with(&folder));
    ([init, next], fresh.next().unwrap().contents)
}

/// A row in every table that both formats have.
fn records(format: u32) -> String {
    let hash = "'h'";
    let mut sql = String::new();
    let mut put = |table: &str, columns: &str, values: String| {
        sql += &format!("INSERT INTO {table} ({columns}) VALUES ({values});\n");
    };
    let user = id(1);
    put(
        "users",
        "id, email, email_normalized, name, password_hash, status, created_at",
        format!("'{user}', 'U@x.org', 'u@x.org', 'Ü', {hash}, 'suspended', '{THEN}'"),
    );
    put(
        "platform_roles",
        "user_id, role, created_at",
        format!("'{user}', 'support', '{THEN}'"),
    );
    put(
        "platform_audit_log",
        "id, at, actor_id, action, outcome, target, request_id, address",
        format!(
            "'{}', '{THEN}', '{user}', 'a:b', 'refused', 't', '{user}', '::1'",
            id(2)
        ),
    );
    put(
        "pending_registrations",
        "token_hash, email, email_normalized, name, tenant_name, created_at, expires_at",
        format!("{hash}, 'V@x.org', 'v@x.org', 'V', 'T', '{THEN}', '{THEN}'"),
    );
    put(
        "account_outbox",
        "id, recipient, subject, body, created_at, attempts, due_at",
        format!("'{}', 'r', 's', 'b', '{THEN}', 3, '{THEN}'", id(3)),
    );
    // The same ids in both tenants.
    for (tenant, slug, status) in [(A, "a", "active"), (B, "b", "suspended")] {
        put(
            "tenants",
            "id, slug, name, status, created_at",
            format!("'{tenant}', '{slug}', 'T {slug}', '{status}', '{THEN}'"),
        );
        let session = if slug == "a" { id(4) } else { id(5) };
        put(
            "sessions",
            "id, user_id, host_tenant, transport, created_at, expires_at",
            format!("'{session}', '{user}', '{tenant}', 'cookie', '{THEN}', '{THEN}'"),
        );
        put(
            "refresh_tokens",
            "token_hash, session_id, created_at",
            format!("'{slug}', '{session}', '{THEN}'"),
        );
        for (n, name) in [(6, "owner"), (7, "viewer")] {
            let (columns, template) = match format {
                ..=2 => ("tenant_id, id, name, created_at", String::new()),
                _ => (
                    "tenant_id, id, name, created_at, template",
                    format!(", '{name}'"),
                ),
            };
            put(
                "roles",
                columns,
                format!("'{tenant}', '{}', '{name}', '{THEN}'{template}", id(n)),
            );
        }
        put(
            "user_tenants",
            "tenant_id, id, user_id, status, created_at",
            format!("'{tenant}', '{}', '{user}', '{status}', '{THEN}'", id(8)),
        );
        put(
            "user_tenant_roles",
            "tenant_id, user_id, role_id, created_at",
            format!("'{tenant}', '{user}', '{}', '{THEN}'", id(7)),
        );
        for (n, actor, kind) in [
            (9, format!("'{user}'"), "'user'"),
            (10, "NULL".to_owned(), "'system'"),
        ] {
            let (column, kind) = match format {
                ..=2 => ("", String::new()),
                _ => (", actor_kind", format!(", {kind}")),
            };
            put(
                "audit_log",
                &format!(
                    "tenant_id, id, at, actor_id, action, outcome, resource, record_id, changes{column}"
                ),
                format!(
                    "'{tenant}', '{}', '{THEN}', {actor}, 'x:create', 'success', 'x', '{user}', '{{\"a\": 1}}'{kind}",
                    id(n)
                ),
            );
        }
        for (table, n, columns, values) in resources(format) {
            put(
                table,
                &format!("tenant_id, id, version, created_at, updated_at, {columns}"),
                format!("'{tenant}', '{}', 4, '{THEN}', '{THEN}', {values}", id(n)),
            );
        }
    }
    sql
}

/// Records of the schema: a table, the last digits of an id, columns and values.
fn resources(format: u32) -> Vec<(&'static str, u32, &'static str, String)> {
    let (one, two) = (id(20), id(21));
    if format == 1 {
        vec![
            (
                "categories",
                20,
                "name, position, parent_id",
                "'Tools', 1, NULL".to_owned(),
            ),
            (
                "categories",
                21,
                "name, position, parent_id",
                format!("'Saws', 2, '{one}'"),
            ),
            (
                "products",
                20,
                "name, sku, price, stock, status, category_id",
                format!("'Säge', 's', 1050, 3, 'active', '{two}'"),
            ),
        ]
    } else {
        vec![
            (
                "rooms",
                20,
                "type, name, floor, created_by",
                format!("'lab', 'L', -2, '{one}'"),
            ),
            (
                "patients",
                20,
                "name, born_on, email, history, allergies, deceased",
                "'P', '1990-02-28', 'p@x.org', NULL, '{\"nuts\": true}', FALSE".to_owned(),
            ),
            (
                "visits",
                20,
                "patient_id, room_id, match, starts_at, status, fee, created_by",
                format!("'{one}', '{one}', NULL, '{THEN}', 'done', 12500, '{two}'"),
            ),
            (
                "visits",
                21,
                "patient_id, room_id, match, starts_at, status, fee",
                format!("'{one}', NULL, '{one}', '{THEN}', 'booked', 0"),
            ),
        ]
    }
}

type Rows = BTreeMap<String, Vec<BTreeMap<String, Option<String>>>>;

/// Every row of every table, as text by column.
async fn rows(place: &Place, database: &Database) -> Rows {
    let columns = match place.dialect() {
        Dialect::Sqlite => {
            "SELECT t.name, c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
             WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1, c.cid"
        }
        Dialect::Postgres => {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        }
    };
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mut row in transaction.run(columns, &[]).await.unwrap() {
        let table: String = row.next().unwrap();
        if table != "gatewright_migrations" {
            tables.entry(table).or_default().push(row.next().unwrap());
        }
    }
    let mut found = Rows::new();
    for (table, columns) in tables {
        let list: Vec<String> = columns
            .iter()
            .map(|name| format!("CAST(\"{name}\" AS text)"))
            .collect();
        let sql = format!("SELECT {} FROM \"{table}\"", list.join(", "));
        let mut rows: Vec<BTreeMap<String, Option<String>>> = Vec::new();
        for mut row in transaction.run(&sql, &[]).await.unwrap() {
            let values = columns
                .iter()
                .map(|name| (name.clone(), row.next().unwrap()));
            rows.push(values.collect());
        }
        found.insert(table, rows);
    }
    found
}

/// The rows of one table with these columns alone, in order.
fn kept<'a>(
    rows: &'a [BTreeMap<String, Option<String>>],
    columns: &[&String],
) -> Vec<Vec<Option<&'a str>>> {
    let mut kept: Vec<Vec<Option<&str>>> = rows
        .iter()
        .map(|row| columns.iter().map(|name| row[*name].as_deref()).collect())
        .collect();
    kept.sort();
    kept
}

async fn upgrade(place: Place, format: u32) {
    let database = place.connect().await;
    let ([init, next], fresh) = migrations(&place, format);
    place.apply(&database, vec![init]).await.unwrap();
    place.run(&database, &records(format)).await;
    let before = rows(&place, &database).await;
    let old_structure = place.structure(&database).await;

    // Stopped after each of its statements, it has not happened.
    let statements: Vec<&str> = next.sql.split("\n\n").collect();
    for done in 1..=statements.len() {
        let start = statements[..done].join("\n\n");
        let broken = Migration {
            sql: leak(format!("{start}\n\nSELECT * FROM interrupted;\n")),
            ..next
        };
        let stopped = place
            .apply(&database, vec![init, broken])
            .await
            .unwrap_err();
        assert!(stopped.to_string().contains("interrupted"), "{stopped}");
    }
    assert!(place.structure(&database).await == old_structure);
    assert!(rows(&place, &database).await == before);

    let applied = place.apply(&database, vec![init, next]).await.unwrap();
    assert_eq!(applied.len(), 1);
    let differences = place
        .structure(&database)
        .await
        .differences(&place.structure_of(&database, &fresh).await);
    assert!(differences.is_empty(), "{differences:#?}");
    let list: &'static [Migration] = Vec::leak(vec![init, next]);
    let drifted = drift(&database, &place.url(), &both(list)).await.unwrap();
    assert!(drifted.is_empty(), "{drifted:#?}");

    let after = rows(&place, &database).await;
    for (table, old) in &before {
        let Some(first) = old.first() else { continue };
        // The one column that moved: to `passwords`.
        let stay = |name: &&String| table != "users" || *name != "password_hash";
        let columns: Vec<&String> = first.keys().filter(stay).collect();
        assert_eq!(
            kept(&after[table], &columns),
            kept(old, &columns),
            "{table}"
        );
    }
    let full = before.values().filter(|rows| !rows.is_empty()).count();
    assert!(full >= 14, "too few records to be true: {full} tables");
    let new = |table: &str, column: &str| {
        let mut values: Vec<&str> = after[table]
            .iter()
            .map(|row| row[column].as_deref().unwrap_or("-"))
            .collect();
        values.sort_unstable();
        values
    };
    assert_eq!(
        new("roles", "template"),
        ["owner", "owner", "viewer", "viewer"]
    );
    assert_eq!(new("roles", "version"), ["1"; 4]);
    assert_eq!(
        new("audit_log", "actor_kind"),
        ["system", "system", "user", "user"]
    );
    assert_eq!(new("tenants", "custom_fields_version"), ["0", "0"]);
    assert_eq!(new("platform_audit_log", "reason"), ["-"]);
    match format {
        1 => assert_eq!(new("products", "created_by"), ["-", "-"]),
        _ => assert_eq!(new("rooms", "created_by"), [id(20), id(20)]),
    }
    assert_eq!(new("passwords", "user_id"), [id(1)]);
    assert_eq!(new("passwords", "hash"), ["h"]);
    // The clinic, of the later formats, let people in whose address nobody had verified.
    match format {
        1 => assert_eq!(
            new("users", "email_verified_at"),
            new("users", "created_at")
        ),
        _ => assert_eq!(new("users", "email_verified_at"), ["-"]),
    }
    assert_eq!(
        new("sessions", "last_used_at"),
        new("sessions", "created_at")
    );
    let empty = after
        .iter()
        .filter(|(table, _)| !before.contains_key(*table) && *table != "passwords");
    for (table, rows) in empty {
        assert!(rows.is_empty(), "{table}");
    }
}

#[tokio::test]
async fn a_database_of_the_first_format_is_brought_up_on_sqlite() {
    upgrade(Place::sqlite(), 1).await;
}

#[tokio::test]
async fn a_database_of_the_first_format_is_brought_up_on_postgres() {
    upgrade(Place::postgres().await, 1).await;
}

#[tokio::test]
async fn a_database_of_the_second_format_is_brought_up_on_sqlite() {
    upgrade(Place::sqlite(), 2).await;
}

#[tokio::test]
async fn a_database_of_the_second_format_is_brought_up_on_postgres() {
    upgrade(Place::postgres().await, 2).await;
}

#[tokio::test]
async fn a_database_of_the_third_format_is_brought_up_on_sqlite() {
    upgrade(Place::sqlite(), 3).await;
}

#[tokio::test]
async fn a_database_of_the_third_format_is_brought_up_on_postgres() {
    upgrade(Place::postgres().await, 3).await;
}
