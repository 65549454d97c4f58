//! The whole attack suite on PostgreSQL. The example's own test runs it on SQLite.

use gatewright_tests::attack;
use gatewright_tests::binary::Walls;
use gatewright_tests::postgres::Database;

#[test]
fn no_tenant_reaches_another_on_postgresql() {
    let database = Database::create();
    attack::suite(Walls::All.binary())
        .env("DATABASE_URL", &database.app_url())
        .env("MIGRATE_DATABASE_URL", &database.owner_url())
        .run()
        .assert_clean();
}

#[test]
#[ignore = "the example's own test does the same; this one is for the broken guards"]
fn no_tenant_reaches_another_on_sqlite() {
    attack::suite(Walls::All.binary()).run().assert_clean();
}
