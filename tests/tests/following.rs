//! `serve`, `migrate --check` and `migrate` where stored roles do not follow the schema yet.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::postgres::Database;

/// As if the schema before had been without `orders:read` and `owner`, and with what is gone now.
const EARLIER: &str = "
    DELETE FROM permissions WHERE slug = 'orders:read';
    INSERT INTO permissions (slug, resource, kind) VALUES ('ghosts:read', 'ghosts', 'read');
    INSERT INTO role_templates (name) VALUES ('ghost');";

fn story(store: Store) {
    let application = Application::seeded(Walls::All.binary(), store.clone());
    drop(application.serve().unwrap());
    assert_eq!(application.told(&["migrate", "--check"]).0, Some(0));
    match &store {
        Store::Sqlite => {
            let file = rusqlite::Connection::open(application.file()).unwrap();
            file.execute_batch(EARLIER).unwrap();
        }
        Store::Postgres(database) => database.as_owner().run(EARLIER),
    }

    let refused = application.serve().err().unwrap();
    assert!(
        refused.contains(
            "stored roles do not follow the schema yet (permission orders:read is new); run the `migrate` command first"
        ),
        "{refused}"
    );
    let (code, text) = application.told(&["migrate", "--check"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        text,
        "pending: permission orders:read is new\npending: permission ghosts:read is gone\n\
         pending: role ghost is gone\n"
    );
    let (code, text) = application.told(&["migrate"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        text,
        "permission orders:read is new\npermission ghosts:read is gone\nrole ghost is gone\n"
    );
    assert_eq!(
        application.told(&["migrate", "--check"]),
        (Some(0), String::new())
    );
    assert_eq!(
        application.told(&["migrate"]).1,
        "nothing to do: the database is up to date\n"
    );
    drop(application.serve().unwrap());
}

#[test]
fn nobody_serves_before_stored_roles_follow_on_sqlite() {
    story(Store::Sqlite);
}

#[test]
fn nobody_serves_before_stored_roles_follow_on_postgres() {
    story(Store::Postgres(Arc::new(Database::create())));
}
