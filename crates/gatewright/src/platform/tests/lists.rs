//! The lists of tenants and of accounts.

use serde_json::{Value as Json, json};

use super::{WHY, world};
use crate::store::FieldValue;
use crate::tenancy::testing::world::{Place, World, on_both};

on_both! {
    staff_list_the_tenants:
        staff_list_the_tenants_on_sqlite,
        staff_list_the_tenants_on_postgres;
    staff_list_the_accounts:
        staff_list_the_accounts_on_sqlite,
        staff_list_the_accounts_on_postgres;
}

/// One key of each line, by pages of two.
async fn list(world: &World, token: &str, path: &str, query: &str, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{path}?limit=2&{query}{cursor}");
        let (status, seen) = world.send("GET", "", &path, Some(token), None).await;
        assert_eq!(status, 200, "{query}: {seen}");
        let page = seen["data"].as_array().unwrap();
        assert!(page.len() <= 2);
        let keys = page
            .iter()
            .map(|line| line[key].as_str().unwrap().to_owned());
        found.extend(keys);
        match seen["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn staff_list_the_tenants(place: Place) {
    let world = world(place).await;
    let root = world.staff("root@platform.example", "super_admin").await;
    world.account("eve@example.com", Some("acme-west")).await;
    let sql = "UPDATE tenants SET name = $2 WHERE id = $1";
    let args = [
        world.tenant("globex").into_value(),
        "Globex 100% A_B".to_owned().into_value(),
    ];
    world.write("globex", sql, &args).await;
    let path = format!("/platform/tenants/{}", world.tenant("globex"));
    let body = json!({ "status": "suspended", "reason": WHY });
    assert_eq!(world.brief(&root, ("PATCH", "", &path), body).await, "200");
    for (query, slugs) in [
        ("", &["acme", "globex", "acme-west"][..]),
        ("q=acme", &["acme", "acme-west"]),
        ("q=ACME", &["acme", "acme-west"]),
        ("q=100%25", &["globex"]),
        ("q=%25", &["globex"]),
        ("q=a_b", &["globex"]),
        ("q=acme_west", &[]),
        ("q=%5C", &[]),
        ("q=%27", &[]),
        ("status=active", &["acme", "acme-west"]),
        ("status=suspended", &["globex"]),
        ("status=suspended&q=acme", &[]),
    ] {
        let found = list(&world, &root, "/platform/tenants", query, "slug").await;
        assert_eq!(found, slugs, "{query}");
    }
    let (_, seen) = world
        .send("GET", "", "/platform/tenants?q=globex", Some(&root), None)
        .await;
    assert_eq!(seen["data"][0]["members"], 1);
    assert_eq!(seen["data"][0]["status"], "suspended");
    refusals(&world, &root, "/platform/tenants").await;
}

async fn staff_list_the_accounts(place: Place) {
    let world = world(place).await;
    let root = world.staff("root@platform.example", "super_admin").await;
    world.staff("support@platform.example", "support").await;
    let gus = format!("/platform/users/{}", world.user_id("gus@example.com").await);
    let body = json!({ "status": "suspended", "reason": WHY });
    assert_eq!(world.brief(&root, ("PATCH", "", &gus), body).await, "200");
    let everybody = [
        "ada@example.com",
        "gus@example.com",
        "root@platform.example",
        "support@platform.example",
    ];
    for (query, emails) in [
        ("", &everybody[..]),
        ("q=EXAMPLE.com", &everybody[..2]),
        ("q=platform", &everybody[2..]),
        ("q=_", &[]),
        ("status=suspended", &everybody[1..2]),
        ("status=active&q=ada", &everybody[..1]),
    ] {
        let found = list(&world, &root, "/platform/users", query, "email").await;
        assert_eq!(found, emails, "{query}");
    }
    let (_, seen) = world
        .send("GET", "", "/platform/users?q=support", Some(&root), None)
        .await;
    let line = seen["data"][0].as_object().unwrap();
    assert_eq!(line["platform_role"], "support");
    let keys: Vec<&String> = line.keys().collect();
    assert!(!keys.iter().any(|key| key.contains("password")), "{keys:?}");
    refusals(&world, &root, "/platform/users").await;
}

async fn refusals(world: &World, root: &str, path: &str) {
    let long = format!("q={}", "a".repeat(201));
    for query in [
        "status=gone",
        "status=%25",
        "q=a&q=b",
        "q=%00",
        &long,
        "tenant=acme",
        "tenants=all",
        "limit=0",
        "cursor=x",
        "sort=slug",
    ] {
        let path = format!("{path}?{query}");
        let seen = world.brief(root, ("GET", "", &path), Json::Null).await;
        assert!(seen.starts_with("400 invalid_query"), "{query}: {seen}");
    }
    let (_, first) = world
        .send("GET", "", &format!("{path}?limit=1"), Some(root), None)
        .await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let other = format!("{path}?limit=1&q=a&cursor={cursor}");
    let seen = world.brief(root, ("GET", "", &other), Json::Null).await;
    assert!(seen.starts_with("400 invalid_query"), "{seen}");
}
