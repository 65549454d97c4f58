//! Tables of tenants may be split by `tenant_id` on PostgreSQL, and nothing else changes: DB06.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Server, Store};
use gatewright_tests::attack;
use gatewright_tests::binary::Walls;
use gatewright_tests::partitions::{self, PARTITIONS};
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;

/// Each table of a tenant, how it is stored and how many partitions it has.
const SPLIT: &str = "SELECT relname::text, relkind::text,
        (SELECT count(*) FROM pg_inherits WHERE inhparent = pg_class.oid)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND attname = 'tenant_id' AND NOT attisdropped";

#[test]
fn no_tenant_reaches_another_in_partitioned_tables() {
    let (database, _application) = partitions::application();
    let superuser = database.as_superuser();
    let tables = superuser.rows(SPLIT, &[]);
    assert!(tables.len() >= 14, "too few tables to be true");
    for table in tables {
        let (name, kind, parts): (String, String, i64) = (table.get(0), table.get(1), table.get(2));
        assert_eq!((kind.as_str(), parts), ("p", PARTITIONS as i64), "{name}");
    }

    attack::suite(Walls::All.binary())
        .env("DATABASE_URL", &database.app_url())
        .env("MIGRATE_DATABASE_URL", &database.owner_url())
        .run()
        .assert_clean();

    // The tenants that were attacked lay apart.
    let used = "SELECT count(DISTINCT tableoid) FROM user_tenants";
    assert!(superuser.column::<i64>(used, &[])[0] > 1);
}

/// What a client is told when a value is taken, in one record and in several at once, when a record
/// that is referred to would go, and when a reference leads nowhere. Only what varies is left out.
fn refusals(server: &Server<'_>) -> Vec<Value> {
    let acme = server.sign_in("owner@acme.example", "acme");
    let made = acme.post("/api/brands", &json!({ "name": "Made once" }));
    let brand = made.body["id"].as_str().expect("a brand").to_owned();
    let product = |sku: &str, brand: &str| json!({ "name": "Twice", "sku": sku, "price": "1.00", "brand_id": brand });
    let first = acme.post("/api/products", &product("TWICE-1", &brand));
    assert_eq!(first.status, 201, "{first:?}");
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let bulk = json!({ "records": [product("TWICE-2", &brand), product("TWICE-1", &brand)] });
    let answers = [
        acme.post("/api/products", &product("TWICE-1", &brand)),
        acme.post("/api/products/bulk/create", &bulk),
        acme.delete(&format!("/api/brands/{brand}")),
        acme.post("/api/products", &product("TWICE-3", nowhere)),
    ];
    let told = answers.into_iter().map(|mut answer| {
        let body = answer.body.as_object_mut().expect("a problem");
        body.remove("request_id");
        body.insert("status".to_owned(), json!(answer.status));
        answer.body
    });
    told.collect()
}

#[test]
fn a_clash_names_the_same_field_in_partitioned_tables() {
    let (_database, split) = partitions::application();
    split.must(&["seed-demo", "--edge-cases"]);
    let store = Store::Postgres(Arc::new(Database::create()));
    let whole = Application::seeded(Walls::All.binary(), store);
    let told = refusals(&split.serve().unwrap());
    assert_eq!(told, refusals(&whole.serve().unwrap()));
    // Something was refused each time, and the first says what.
    let statuses: Vec<_> = told
        .iter()
        .map(|problem| problem["status"].clone())
        .collect();
    assert_eq!(statuses, [409, 409, 409, 422]);
    assert_eq!(told[0]["errors"][0]["field"], "sku", "{told:?}");
}

#[test]
fn a_partition_is_no_way_around_the_policies() {
    let (database, application) = partitions::application();
    application.must(&["seed-demo", "--edge-cases"]);
    let app = database.as_app();
    for part in 0..PARTITIONS {
        let error = app.try_run(&format!("SELECT FROM user_tenants_{part}"));
        let error = error.expect_err("a partition was read");
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    }
    // Once somebody opens one by hand, the application does not start.
    let owner = database.as_owner();
    let app_role = database.app_role();
    owner.run(&format!("GRANT SELECT ON user_tenants_3 TO {app_role}"));
    let refusal = application.serve().map(drop).expect_err("it started");
    assert!(refusal.contains("user_tenants_3"), "{refusal}");
    // Which takes it away again.
    owner.run(&format!("REVOKE SELECT ON user_tenants_3 FROM {app_role}"));
    application.serve().map(drop).unwrap();
}

#[test]
fn how_tables_are_split_is_no_drift_and_a_change_of_them_is() {
    let (database, application) = partitions::application();
    application.must(&["migrate", "--check"]);
    let drift = |change: &str, word: &str| {
        database.as_owner().run(change);
        let output = application.run(&["migrate", "--check"]);
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{change}: {said}");
        assert!(said.contains(word), "{change}: {said}");
    };
    drift("DROP INDEX products_brand_id_idx", "products_brand_id_idx");
    drift(
        "ALTER TABLE products DROP CONSTRAINT products_sku_unique",
        "products_sku_unique",
    );
    drift("DROP POLICY tenant ON orders", "policy tenant");
    drift(
        "ALTER TABLE reviews DROP CONSTRAINT reviews_product_id_fkey",
        "reviews_product_id_fkey",
    );
    drift("ALTER TABLE audit_log ADD COLUMN extra text", "extra");
}
