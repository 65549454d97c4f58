//! Reading the logs.

use serde_json::{Value as Json, json};

use super::{WHY, world};
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::world::{Place, World, on_both};

on_both! {
    staff_read_the_platforms_log:
        staff_read_the_platforms_log_on_sqlite,
        staff_read_the_platforms_log_on_postgres;
    reading_the_tenants_logs_is_written_down:
        reading_the_tenants_logs_is_written_down_on_sqlite,
        reading_the_tenants_logs_is_written_down_on_postgres;
    support_sees_no_guarded_values:
        support_sees_no_guarded_values_on_sqlite,
        support_sees_no_guarded_values_on_postgres;
}

const ROOT: &str = "root@platform.example";
const PATH: &str = "/platform/audit-log";

async fn read(world: &World, token: &str, query: &str) -> Vec<Json> {
    let path = format!("{PATH}?{query}");
    let (status, seen) = world.send("GET", "", &path, Some(token), None).await;
    assert_eq!(status, 200, "{seen}");
    seen["data"].as_array().unwrap().clone()
}

async fn staff_read_the_platforms_log(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    world.enter(&root, "acme").await;
    let log = read(&world, &root, "").await;
    assert_eq!(log[0]["action"], "platform.tenant_entered");
    assert_eq!(log[0]["reason"], WHY);
    assert_eq!(log[0]["actor_id"], json!(world.user_id(ROOT).await));
    assert!(log.iter().any(|entry| entry["action"] == "auth.login"
        || entry["action"] == "login"
        || entry["action"].as_str().unwrap().contains("login")));
    // Its own log is no tenant's, so reading it is no event.
    assert_eq!(world.platform_log().await.len(), 1);
    // Page by page it is the same.
    let mut paged = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let path = format!("{PATH}?{query}");
        let (_, seen) = world.send("GET", "", &path, Some(&root), None).await;
        paged.extend(seen["data"].as_array().unwrap().clone());
        match seen["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=1&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, log);
    for query in [
        "tenants=some",
        "tenant=nobody",
        "tenant=acme&tenants=all",
        "tenant=acme&tenant=globex",
        "q=x",
        "status=active",
        "limit=0",
        "other=1",
    ] {
        let path = format!("{PATH}?{query}");
        let seen = world.brief(&root, ("GET", "", &path), Json::Null).await;
        assert!(seen.starts_with("400 invalid_query"), "{query}: {seen}");
    }
}

async fn reading_the_tenants_logs_is_written_down(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let of_acme = read(&world, &root, "tenant=acme").await;
    assert!(!of_acme.is_empty());
    assert!(of_acme.iter().all(|entry| entry["tenant"] == "acme"));
    let of_all = read(&world, &root, "tenants=all").await;
    for slug in ["acme", "globex"] {
        assert!(of_all.iter().any(|entry| entry["tenant"] == slug));
    }
    let ids = |log: &[Json]| -> Vec<String> {
        let ids = log
            .iter()
            .map(|entry| entry["id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    assert!(ids(&of_all).is_sorted_by(|one, next| one > next));
    // Every page is a look.
    let (_, page) = world
        .send(
            "GET",
            "",
            &format!("{PATH}?tenants=all&limit=1"),
            Some(&root),
            None,
        )
        .await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = read(
        &world,
        &root,
        &format!("tenants=all&limit=1&cursor={cursor}"),
    )
    .await;
    assert_eq!(next[0], of_all[1]);
    let id = world.tenant("acme");
    let told = |what: &str| format!("platform.audit_read {what} -");
    assert_eq!(
        world.platform_log().await,
        [
            told(&format!("tenant {id}")),
            told("all tenants"),
            told("all tenants"),
            told("all tenants")
        ]
    );
    // A cursor is good for its own question.
    let path = format!("{PATH}?tenant=acme&limit=1&cursor={cursor}");
    let seen = world.brief(&root, ("GET", "", &path), Json::Null).await;
    assert!(seen.starts_with("400 invalid_query"), "{seen}");
}

async fn support_sees_no_guarded_values(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let support = world.staff("support@platform.example", "support").await;
    let changes = json!({ "number": { "new": "A-1" }, "cost": { "old": 1, "new": 2, "guard": "orders:read_cost" } });
    let sql = "INSERT INTO audit_log (tenant_id, id, at, action, outcome, resource, record_id, changes) \
               VALUES ($1, $2, $3, 'orders:update', 'success', 'orders', $2, $4)";
    let args = [
        world.tenant("acme").into_value(),
        uuid::Uuid::now_v7().into_value(),
        clock::now().into_value(),
        changes.into_value(),
    ];
    world.write("acme", sql, &args).await;
    let of_orders = |log: Vec<Json>| {
        let found = log.into_iter().find(|entry| entry["resource"] == "orders");
        found.unwrap()["changes"].clone()
    };
    for query in ["tenant=acme", "tenants=all"] {
        // What was done, but no values: the tenant does not know that anybody looks.
        let seen = of_orders(read(&world, &support, query).await);
        assert_eq!(seen, Json::Null);
        let seen = of_orders(read(&world, &root, query).await);
        assert_eq!(seen["cost"]["new"], 2);
    }
    // In the tenant as well.
    world.enter(&support, "acme").await;
    world.enter(&root, "acme").await;
    let seen = of_orders(read(&world, &support, "tenant=acme").await);
    assert_eq!(seen, json!({ "number": { "new": "A-1" } }));
    let seen = of_orders(read(&world, &support, "tenants=all").await);
    assert_eq!(seen, Json::Null);
    for (token, cost) in [(&support, Json::Null), (&root, json!(2))] {
        let (_, log) = world
            .send("GET", "acme", "/api/audit-log", Some(token), None)
            .await;
        let seen = of_orders(log["data"].as_array().unwrap().clone());
        assert_eq!(seen["number"]["new"], "A-1");
        assert_eq!(seen["cost"]["new"], cost);
    }
}
