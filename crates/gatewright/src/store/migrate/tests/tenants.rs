//! What the generated tables keep apart by themselves: two tenants whose records have the same ids
//! and the same unique values, by the SQL that `gatewright new` writes.

use gatewright_codegen::{Options, Runtime, generate};

use crate::store::testing::Server;

const SCHEMA: &str = r#"
[app]
name = "Twins"

[auth]
require_verified_email = false

[tenancy]
row_level_security = true

[roles]
owner = { permissions = ["*"], assigns = ["*"] }

[resources.shelves]
singular = "Shelf"
fields.name = { type = "string", max = 100, unique = true }

[resources.books]
fields.home_id = { type = "reference", to = "shelves", optional = true, on_delete = "cascade" }
fields.spare_id = { type = "reference", to = "shelves", optional = true, on_delete = "set_null" }
fields.bound_id = { type = "reference", to = "shelves", optional = true, on_delete = "restrict" }
"#;

/// The first migration.
fn tables(dialect: &str) -> String {
    let parsed = gatewright_schema::parse(SCHEMA);
    let schema = parsed
        .schema
        .unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics));
    let options = Options {
        package: "twins".to_owned(),
        source: SCHEMA,
        runtime: Runtime::Vendored,
    };
    let path = format!("migrations/{dialect}/0001_init.sql");
    let files = generate(&schema, &options).unwrap().files.into_iter();
    let mut files = files.filter(|file| file.path == path);
    files.next().unwrap().contents
}

const A: &str = "00000000-0000-0000-0000-00000000000a";
const B: &str = "00000000-0000-0000-0000-00000000000b";

/// A record's id, the same in both tenants.
fn id(n: u32) -> String {
    format!("00000000-0000-0000-0000-{n:012}")
}

const THEN: &str = "2026-01-01T00:00:00Z";

fn shelf(tenant: &str, n: u32) -> String {
    let id = id(n);
    format!(
        "INSERT INTO shelves VALUES ('{tenant}', '{id}', 1, '{THEN}', '{THEN}', NULL, 'shelf {n}');"
    )
}

fn book(tenant: &str, n: u32, column: &str, shelf: u32) -> String {
    let (id, shelf) = (id(n), self::id(shelf));
    format!(
        "INSERT INTO books (tenant_id, id, version, created_at, updated_at, {column})
         VALUES ('{tenant}', '{id}', 1, '{THEN}', '{THEN}', '{shelf}');"
    )
}

/// Both tenants, with the same records; shelf 9 is B's alone.
fn records() -> String {
    let mut sql = String::new();
    for (tenant, slug) in [(A, "a"), (B, "b")] {
        sql += &format!(
            "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ('{tenant}', '{slug}', '{slug}', 'active', '{THEN}');"
        );
        sql += &[shelf(tenant, 1), shelf(tenant, 2)].concat();
        sql += &[
            book(tenant, 11, "home_id", 1),
            book(tenant, 12, "spare_id", 1),
        ]
        .concat();
        sql += &book(tenant, 13, "bound_id", 2);
    }
    sql + &shelf(B, 9)
}

/// A removal in A: what refers to it goes or is cleared, in A.
fn removal() -> String {
    format!(
        "DELETE FROM shelves WHERE tenant_id = '{A}' AND id = '{}';",
        id(1)
    )
}

/// Everything, a line each.
const ROWS: &str = "
    SELECT tenant_id || ' ' || id || ' ' || coalesce(CAST(home_id AS text), '-') || ' '
        || coalesce(CAST(spare_id AS text), '-') || ' ' || coalesce(CAST(bound_id AS text), '-') AS line
    FROM books
    UNION ALL SELECT tenant_id || ' ' || id || ' ' || name FROM shelves ORDER BY 1";

/// The same, with short ids, as they must be after the removal.
const REMAIN: [&str; 9] = [
    "a 12 - - -",
    "a 13 - - 2",
    "a 2 shelf 2",
    "b 1 shelf 1",
    "b 11 1 - -",
    "b 12 - 1 -",
    "b 13 - - 2",
    "b 2 shelf 2",
    "b 9 shelf 9",
];

fn short(lines: Vec<String>) -> Vec<String> {
    let short = |line: String| {
        let line = line.replace("00000000-0000-0000-0000-", "");
        let words = line.split(' ').map(|word| {
            let short = word.trim_start_matches('0');
            if word.len() == 12 { short } else { word }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = lines.into_iter().map(short).collect();
    lines.sort();
    lines
}

#[test]
fn tables_keep_tenants_apart_on_sqlite() {
    let file = rusqlite::Connection::open_in_memory().unwrap();
    file.pragma_update(None, "foreign_keys", true).unwrap();
    file.execute_batch(&tables("sqlite")).unwrap();
    file.execute_batch(&records()).unwrap();
    for column in ["home_id", "spare_id", "bound_id"] {
        let across = file.execute_batch(&book(A, 19, column, 9)).unwrap_err();
        assert!(across.to_string().contains("FOREIGN KEY"), "{across}");
    }
    file.execute_batch(&shelf(A, 2)).unwrap_err();
    file.execute_batch(&removal()).unwrap();
    let mut statement = file.prepare(ROWS).unwrap();
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    assert_eq!(short(rows.map(Result::unwrap).collect()), REMAIN);
}

#[tokio::test]
async fn tables_keep_tenants_apart_on_postgres() {
    let server = Server::new().await;
    server.as_owner(&tables("postgres")).await;
    // The superuser, whom no policy binds: this is about keys.
    let (client, connection) =
        tokio_postgres::connect(&server.url_of("postgres"), tokio_postgres::NoTls)
            .await
            .unwrap();
    tokio::spawn(connection);
    client.batch_execute(&records()).await.unwrap();
    for column in ["home_id", "spare_id", "bound_id"] {
        let across = client.batch_execute(&book(A, 19, column, 9)).await;
        let code = across.unwrap_err().code().cloned();
        assert_eq!(
            code,
            Some(tokio_postgres::error::SqlState::FOREIGN_KEY_VIOLATION)
        );
    }
    client.batch_execute(&shelf(A, 2)).await.unwrap_err();
    client.batch_execute(&removal()).await.unwrap();
    let rows = client.query(ROWS, &[]).await.unwrap();
    assert_eq!(short(rows.iter().map(|row| row.get(0)).collect()), REMAIN);
}

#[tokio::test]
async fn policies_keep_tenants_apart() {
    let server = Server::new().await;
    server.as_owner(&tables("postgres")).await;
    server.grant_to_app("ALL TABLES IN SCHEMA public").await;
    server.as_superuser(&records()).await;
    // As it is for an owner that is bound: the application's role would be by ENABLE alone.
    let policies = "DROP POLICY migration ON shelves; DROP POLICY migration ON books";
    server.as_owner(policies).await;
    for role in [server.app_role(), server.owner_role()] {
        let url = server.url_of(&role);
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let seen = async |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            client.query_one(&sql, &[]).await.unwrap().get(0)
        };
        assert_eq!(
            (seen("shelves").await, seen("books").await),
            (0, 0),
            "{role}"
        );
        client
            .batch_execute(&format!("SET app.tenant_id = '{A}'"))
            .await
            .unwrap();
        assert_eq!(
            (seen("shelves").await, seen("books").await),
            (2, 3),
            "{role}"
        );
        // Neither made nor moved into the other tenant.
        let moved = format!("UPDATE books SET tenant_id = '{B}', id = '{}'", id(99));
        for foreign in [shelf(B, 5), book(B, 15, "home_id", 1), moved] {
            let refused = client.batch_execute(&foreign).await.unwrap_err();
            let refused = refused.as_db_error().unwrap();
            let why = (
                refused.code(),
                refused.message().contains("row-level security"),
            );
            let expected = tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE;
            assert_eq!(why, (&expected, true), "{role}: {refused}");
        }
    }
}
