//! A change and its audit entry commit together or not at all. What becomes of both when a handler
//! misbehaves is for `tests/probe` to show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

/// The newest entries of the audit log: action and record.
fn entries(caller: &Caller<'_>) -> Vec<(Value, Value)> {
    let answer = caller.get("/api/audit-log?limit=200");
    assert_eq!(answer.status, 200, "{answer:?}");
    let entries = answer.body["data"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| (entry["action"].clone(), entry["record_id"].clone()))
        .collect()
}

#[test]
fn every_change_has_its_entry() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let made = owner.post("/api/categories", &json!({ "name": "Entered" }));
        let id = made.body["id"].clone();
        let path = format!("/api/categories/{}", id.as_str().expect("a category"));
        assert_eq!(owner.patch(&path, &json!({ "position": 7 })).status, 200);
        assert_eq!(owner.delete(&path).status, 204);
        let expected = ["delete", "update", "create"]
            .map(|action| (json!(format!("categories:{action}")), id.clone()));
        assert_eq!(entries(&owner)[..3], expected);
    }
}

#[test]
fn a_change_whose_entry_cannot_be_written_is_undone() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store.clone());
        match &store {
            Store::Sqlite => rusqlite::Connection::open(application.file())
                .unwrap()
                .execute_batch(
                    "CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'full'); END",
                )
                .unwrap(),
            Store::Postgres(database) => database.as_owner().run(
                "ALTER TABLE audit_log ADD CONSTRAINT full_up CHECK (false) NOT VALID",
            ),
        }
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let before = owner.ids("categories");
        let answer = owner.post("/api/categories", &json!({ "name": "Unaudited" }));
        assert!(answer.status >= 500, "{answer:?}");
        assert_eq!(owner.ids("categories"), before);
    }
}
