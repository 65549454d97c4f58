//! Each wall of isolation holds alone: tests take the others away.
//!
//! The walls below the types are the tenant predicate of each query, row-level security
//! (PostgreSQL), and composite foreign keys. `Walls` builds the application without the first, or
//! without the refusal to start when the second is missing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::process::Command;
use std::sync::Arc;

use gatewright_tests::application::{Application, Server, Store};
use gatewright_tests::attack::suite;
use gatewright_tests::binary::{Walls, repository};
use gatewright_tests::postgres::Database;
use serde_json::json;

/// The whole attack suite on this database.
fn attack(walls: Walls, database: &Database) {
    suite(walls.binary())
        .env("DATABASE_URL", &database.app_url())
        .env("MIGRATE_DATABASE_URL", &database.owner_url())
        .run()
        .assert_clean();
}

/// A migrated database whose row-level security is gone.
fn without_row_level_security(walls: Walls) -> Arc<Database> {
    let database = Arc::new(Database::create());
    Application::new(walls.binary(), Store::Postgres(database.clone())).must(&["migrate"]);
    database.disable_row_level_security();
    database
}

/// Whether acme's owner is shown a product of globex, by id and in the list.
fn leaks(server: &Server<'_>) -> (bool, bool) {
    let acme = server.sign_in("owner@acme.example", "acme");
    let globex = server.sign_in("owner@globex.example", "globex");
    let seen_by_globex = globex.ids("products");
    let id = seen_by_globex.last().expect("globex has products");
    let answer = acme.get(&format!("/api/products/{id}"));
    let by_id = match answer.status {
        200 => true,
        404 => false,
        _ => panic!("{answer:?}"),
    };
    (by_id, acme.ids("products").contains(id))
}

/// Whether acme's product can be put into globex's category, which must be refused with 422.
fn assert_reference_refused(server: &Server<'_>) {
    let acme = server.sign_in("owner@acme.example", "acme");
    let globex = server.sign_in("owner@globex.example", "globex");
    let product = |category: &str| json!({ "name": "Stray", "sku": "STRAY-1", "price": "1.00", "category_id": category });
    // The newest is globex's own, whatever the walls let through.
    let made = globex.post("/api/categories", &json!({ "name": "Of globex" }));
    let foreign = made.body["id"].as_str().expect("a category").to_owned();

    let before = acme.ids("products");
    let answer = acme.post("/api/products", &product(&foreign));
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(acme.ids("products"), before);

    // The same request with a category of its own would have worked.
    let made = acme.post("/api/categories", &json!({ "name": "Of acme" }));
    let own = made.body["id"].as_str().expect("a category").to_owned();
    let answer = acme.post("/api/products", &product(&own));
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(acme.ids("products").len(), before.len() + 1);
}

#[test]
fn row_level_security_holds_without_the_predicate() {
    attack(Walls::NoScope, &Database::create());
}

#[test]
fn the_predicate_holds_without_row_level_security() {
    let database = without_row_level_security(Walls::NoRls);
    attack(Walls::NoRls, &database);
    assert!(!database.has_row_level_security());
}

#[test]
fn composite_keys_hold_without_both() {
    let database = without_row_level_security(Walls::Neither);
    let application = Application::new(Walls::Neither.binary(), Store::Postgres(database));
    application.must(&["seed-demo", "--edge-cases"]);
    let server = application.serve().unwrap();
    // Both walls are really gone, else what follows says nothing.
    assert_eq!(leaks(&server), (true, true));
    assert_reference_refused(&server);
}

#[test]
fn on_sqlite_the_predicate_is_what_keeps_reads_apart() {
    let whole = Application::seeded(Walls::All.binary(), Store::Sqlite);
    assert_eq!(leaks(&whole.serve().unwrap()), (false, false));

    let broken = Application::seeded(Walls::NoScope.binary(), Store::Sqlite);
    let server = broken.serve().unwrap();
    assert_eq!(leaks(&server), (true, true));
    // And the keys hold: the application's own connections enforce them.
    assert_reference_refused(&server);
}

#[test]
fn serve_refuses_a_table_without_row_level_security() {
    let database = Arc::new(Database::create());
    let application = Application::new(Walls::All.binary(), Store::Postgres(database.clone()));
    application.must(&["migrate"]);
    drop(application.serve().unwrap());

    let owner = database.as_owner();
    for (breaks, mends) in [("DISABLE", "ENABLE"), ("NO FORCE", "FORCE")] {
        owner.run(&format!("ALTER TABLE products {breaks} ROW LEVEL SECURITY"));
        let refusal = application.serve().expect_err("serve must not start");
        assert!(
            refusal.contains("row-level security is not forced on products"),
            "{refusal}"
        );
        owner.run(&format!("ALTER TABLE products {mends} ROW LEVEL SECURITY"));
        drop(application.serve().unwrap());
    }
}

/// The refusal in the runtime's own words, compiled alone: the whole crate would take minutes.
#[test]
fn a_release_build_refuses_to_lose_a_wall() {
    let lib = std::fs::read_to_string(repository().join("crates/gatewright/src/lib.rs")).unwrap();
    let (_, rest) = lib.split_once("#[cfg(all(").expect("the refusal");
    let (item, _) = rest.split_once(");\n").unwrap();
    assert!(item.contains("compile_error!(\n"), "{item}");
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("lib.rs");
    std::fs::write(&source, format!("#[cfg(all({item});\n")).unwrap();

    for (release, wall, builds) in [
        (true, Some("scope"), false),
        (true, Some("rls"), false),
        (true, None, true),
        (false, Some("scope"), true),
        (false, Some("rls"), true),
    ] {
        // What cargo passes for the profiles `release` and `dev`.
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
        rustc
            .arg(&source)
            .args(["--crate-type", "lib", "--emit", "metadata", "--out-dir"]);
        rustc.arg(directory.path());
        rustc.args(match release {
            true => ["-C", "opt-level=3"],
            false => ["-C", "debug-assertions=on"],
        });
        if let Some(wall) = wall {
            rustc
                .arg("--cfg")
                .arg(format!("gatewright_wall_off=\"{wall}\""));
        }
        let output = rustc.output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.success(),
            builds,
            "release: {release}, {wall:?}: {log}"
        );
        assert!(
            builds || log.contains("a release build refuses it"),
            "{log}"
        );
    }
}
