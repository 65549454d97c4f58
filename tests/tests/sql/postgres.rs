//! PostgreSQL, as the application's role that row-level security binds.

use std::sync::{Arc, Mutex, Weak};

use gatewright_tests::application::{Application, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::postgres::{Database, Session};
use gatewright_tests::tenancy_rows;
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;
use uuid::Uuid;

/// Written and read by the application, never changed.
const APPEND_ONLY: &str = "audit_log";

/// One seeded database for the tests of this file; the last to finish drops it.
fn database() -> Arc<Database> {
    static SHARED: Mutex<Weak<Database>> = Mutex::new(Weak::new());
    // A failed test elsewhere says nothing about the database.
    let mut shared = SHARED.lock().unwrap_or_else(|broken| broken.into_inner());
    shared.upgrade().unwrap_or_else(|| {
        let database = Arc::new(Database::create());
        let store = Store::Postgres(database.clone());
        Application::seeded(Walls::All.binary(), store.clone());
        let superuser = database.as_superuser();
        let resources = "SELECT replace(relname, '_custom_values', '') FROM pg_class
            WHERE relkind = 'r' AND relname LIKE '%\\_custom\\_values'";
        let resources: Vec<String> = superuser.column(resources, &[]);
        superuser.run(&tenancy_rows::statements(&store, &resources));
        *shared = Arc::downgrade(&database);
        database
    })
}

fn tenant(superuser: &Session, slug: &str) -> Uuid {
    superuser.column("SELECT id FROM tenants WHERE slug = $1", &[&slug])[0]
}

fn count(session: &Session, table: &str, tenant: Option<Uuid>) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE $1::uuid IS NULL OR tenant_id = $1");
    session.column(&sql, &[&tenant])[0]
}

/// A row of the tenant, as JSON.
fn a_row(superuser: &Session, table: &str, tenant: Uuid) -> Value {
    let sql = format!("SELECT to_jsonb(t) FROM {table} AS t WHERE tenant_id = $1 LIMIT 1");
    let rows: Vec<Value> = superuser.column(&sql, &[&tenant]);
    rows.into_iter()
        .next()
        .unwrap_or_else(|| panic!("{table} has no row"))
}

/// A statement that inserts a row given as JSON, under a new id where it has one.
fn insert(table: &str, mut row: Value) -> String {
    if row.get("id").is_some() {
        row["id"] = json!(Uuid::now_v7());
    }
    let row = row.to_string().replace('\'', "''");
    format!("INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, '{row}')")
}

/// Runs a statement that must fail, in a tenant or in none, and gives the error's code and text.
fn refusal(session: &Session, tenant: Option<Uuid>, statement: &str) -> (SqlState, String) {
    let tenant = tenant.map_or_else(String::new, |id| id.to_string());
    session.run(&format!(
        "BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true)"
    ));
    let outcome = session.try_run(statement);
    session.run("ROLLBACK");
    let error = outcome.expect_err(statement);
    let error = error.as_db_error().expect("an answer of the server");
    (error.code().clone(), error.message().to_owned())
}

fn assert_policy_refuses(session: &Session, tenant: Option<Uuid>, statement: &str) {
    let (code, message) = refusal(session, tenant, statement);
    assert_eq!(
        code,
        SqlState::INSUFFICIENT_PRIVILEGE,
        "{statement}: {message}"
    );
    assert!(
        message.contains("violates row-level security policy"),
        "{statement}: {message}"
    );
}

#[test]
fn db01_the_applications_role_is_bound() {
    let database = database();
    let app = database.as_app();
    let powers: Vec<bool> = app.column(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolinherit
         FROM pg_roles WHERE rolname = current_user",
        &[],
    );
    assert_eq!(powers, [false]);
    let owned: Vec<String> = app.column(
        "SELECT relname::text FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND pg_has_role(current_user, relowner, 'MEMBER')",
        &[],
    );
    assert!(owned.is_empty(), "{owned:?}");
}

#[test]
fn db01_every_table_of_a_tenant_is_forced_and_has_a_policy() {
    let database = database();
    let sql = "SELECT relrowsecurity AND relforcerowsecurity
            AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'tenant'
                AND polcmd = '*' AND polroles = '{0}'
                AND pg_get_expr(polqual, polrelid) LIKE '%app.tenant_id%'
                AND pg_get_expr(polwithcheck, polrelid) LIKE '%app.tenant_id%')
        FROM pg_class WHERE oid = $1::text::regclass";
    for table in database.tenant_tables() {
        let guarded: Vec<bool> = database.as_superuser().column(sql, &[&table]);
        assert_eq!(guarded, [true], "{table}");
    }
}

#[test]
fn db01_without_a_tenant_there_are_no_rows() {
    let database = database();
    let (app, superuser) = (database.as_app(), database.as_superuser());
    let acme = tenant(&superuser, "acme");
    for table in database.tenant_tables() {
        assert!(
            count(&superuser, &table, None) > 0,
            "{table} is empty, which proves nothing"
        );
        assert_eq!(count(&app, &table, None), 0, "{table}");
        assert_policy_refuses(&app, None, &insert(&table, a_row(&superuser, &table, acme)));
    }
}

#[test]
fn db01_a_tenant_sees_and_writes_its_own_rows_alone() {
    let database = database();
    let (app, superuser) = (database.as_app(), database.as_superuser());
    let [acme, globex] = ["acme", "globex"].map(|slug| tenant(&superuser, slug));
    for table in database.tenant_tables() {
        app.run(&format!("BEGIN; SET LOCAL app.tenant_id = '{acme}'"));
        assert_eq!(
            count(&app, &table, None),
            count(&superuser, &table, Some(acme)),
            "{table}"
        );
        assert_eq!(count(&app, &table, Some(globex)), 0, "{table}");
        app.run("ROLLBACK");

        assert_policy_refuses(
            &app,
            Some(acme),
            &insert(&table, a_row(&superuser, &table, globex)),
        );
        let moves = format!("UPDATE {table} SET tenant_id = '{globex}'");
        if table == APPEND_ONLY {
            let (code, _) = refusal(&app, Some(acme), &moves);
            assert_eq!(code, SqlState::INSUFFICIENT_PRIVILEGE);
        } else {
            assert_policy_refuses(&app, Some(acme), &moves);
            // Own rows can be written, so it was the tenant that was refused.
            app.run(&format!(
                "BEGIN; SET LOCAL app.tenant_id = '{acme}'; UPDATE {table} SET tenant_id = tenant_id; ROLLBACK"
            ));
        }
    }
}

/// A foreign key between two tables of a tenant.
#[derive(Debug)]
struct Reference {
    name: String,
    child: String,
    parent: String,
    /// The child's column beside `tenant_id`, and the parent's.
    column: String,
    target: String,
}

fn references(superuser: &Session) -> Vec<Reference> {
    let sql = "SELECT conname::text, conrelid::regclass::text, confrelid::regclass::text,
            (SELECT array_agg(attname::text ORDER BY n) FROM unnest(conkey) WITH ORDINALITY AS k (num, n)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = num),
            (SELECT array_agg(attname::text ORDER BY n) FROM unnest(confkey) WITH ORDINALITY AS k (num, n)
                JOIN pg_attribute ON attrelid = confrelid AND attnum = num)
        FROM pg_constraint
        WHERE contype = 'f' AND EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = confrelid AND attname = 'tenant_id')
        ORDER BY conname";
    let rows = superuser.rows(sql, &[]);
    rows.iter()
        .map(|row| {
            let [name, child, parent]: [String; 3] = [row.get(0), row.get(1), row.get(2)];
            let [columns, targets]: [Vec<String>; 2] = [row.get(3), row.get(4)];
            let ([from_tenant, column], [to_tenant, target]) = (&columns[..], &targets[..]) else {
                panic!("{name} refers by {columns:?} to {targets:?}");
            };
            assert_eq!(
                (&**from_tenant, &**to_tenant),
                ("tenant_id", "tenant_id"),
                "{name}"
            );
            let [column, target] = [column.clone(), target.clone()];
            Reference {
                name,
                child,
                parent,
                column,
                target,
            }
        })
        .collect()
}

#[test]
fn db05_a_reference_to_another_tenants_row_is_refused() {
    let database = database();
    let superuser = database.as_superuser();
    let [acme, globex] = ["acme", "globex"].map(|slug| tenant(&superuser, slug));
    let references = references(&superuser);
    assert!(
        references.len() >= 7,
        "too few references to be true: {references:?}"
    );
    for reference in references {
        let Reference {
            name,
            child,
            parent,
            column,
            target,
        } = reference;
        // Not one that acme has too: a user may be a member of both.
        let sql = format!("SELECT {target} FROM {parent} WHERE tenant_id = $1");
        let own: Vec<Uuid> = superuser.column(&sql, &[&acme]);
        let theirs: Vec<Uuid> = superuser.column(&sql, &[&globex]);
        let foreign = theirs
            .iter()
            .find(|id| !own.contains(id))
            .expect("a row of globex");

        let points_across = format!(
            "UPDATE {child} SET {column} = '{foreign}'
             WHERE ctid = (SELECT ctid FROM {child} WHERE tenant_id = '{acme}' LIMIT 1)"
        );
        // Row-level security does not look at references, does not bind a superuser, and lets the
        // owner see everything: the key alone refuses.
        for session in [&database.as_app(), &database.as_owner(), &superuser] {
            let (code, message) = refusal(session, Some(acme), &points_across);
            assert_eq!(code, SqlState::FOREIGN_KEY_VIOLATION, "{message}");
            assert!(message.contains(&name), "{name}: {message}");
        }
    }
}

#[test]
fn db05_a_new_row_cannot_refer_to_another_tenants() {
    let database = database();
    let superuser = database.as_superuser();
    let [acme, globex] = ["acme", "globex"].map(|slug| tenant(&superuser, slug));
    let mut row = a_row(&superuser, "categories", acme);
    row["name"] = json!("Stray");
    row["parent_id"] = a_row(&superuser, "categories", globex)["id"].clone();
    for session in [database.as_app(), database.as_owner(), superuser] {
        let (code, message) = refusal(&session, Some(acme), &insert("categories", row.clone()));
        assert_eq!(code, SqlState::FOREIGN_KEY_VIOLATION, "{message}");
        let mut row = row.clone();
        row["parent_id"] = Value::Null;
        session.run(&format!(
            "BEGIN; SET LOCAL app.tenant_id = '{acme}'; {}; ROLLBACK",
            insert("categories", row)
        ));
    }
}
