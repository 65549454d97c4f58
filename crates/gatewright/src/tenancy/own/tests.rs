use serde_json::json;

use super::super::testing::world::{
    CLOSED, INVITE_ONLY, OPEN, Place, World, on_both, read, request,
};
use crate::store::FieldValue;

on_both! {
    an_account_makes_a_tenant_and_owns_it:
        an_account_makes_a_tenant_and_owns_it_on_sqlite,
        an_account_makes_a_tenant_and_owns_it_on_postgres;
    of_twenty_tenants_of_one_slug_there_is_one:
        of_twenty_tenants_of_one_slug_there_is_one_on_sqlite,
        of_twenty_tenants_of_one_slug_there_is_one_on_postgres;
    a_tenant_is_renamed_and_keeps_its_slug:
        a_tenant_is_renamed_and_keeps_its_slug_on_sqlite,
        a_tenant_is_renamed_and_keeps_its_slug_on_postgres;
    a_suspended_tenant_is_closed_to_all_of_it:
        a_suspended_tenant_is_closed_to_all_of_it_on_sqlite,
        a_suspended_tenant_is_closed_to_all_of_it_on_postgres;
    a_tenant_sees_who_of_the_platform_is_in_it:
        a_tenant_sees_who_of_the_platform_is_in_it_on_sqlite,
        a_tenant_sees_who_of_the_platform_is_in_it_on_postgres;
}

async fn an_account_makes_a_tenant_and_owns_it(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let token = world.sign_in("ada@example.com").await;
    let path = "/api/tenants";
    let body = json!({ "name": " Acme & Sons ", "slug": "acme" });
    let (status, _) = world.send("POST", "", path, None, Some(body.clone())).await;
    assert_eq!(status, 401);
    let (status, made) = world
        .send("POST", "", path, Some(&token), Some(body.clone()))
        .await;
    assert_eq!((status.as_u16(), &made["slug"]), (201, &json!("acme")));
    assert_eq!(
        (&made["name"], &made["status"], &made["platform_access"]),
        (&json!("Acme & Sons"), &json!("active"), &json!([]))
    );
    let (status, seen) = world
        .send("GET", "acme", "/api/tenant", Some(&token), None)
        .await;
    assert_eq!((status.as_u16(), seen), (200, made));
    let (_, mine) = world
        .send("GET", "acme", "/api/me/permissions", Some(&token), None)
        .await;
    assert_eq!(mine["roles"], json!(["owner"]));

    for (body, field, code) in [
        (json!({ "name": "Other", "slug": "acme" }), "slug", "taken"),
        (
            json!({ "name": "Other", "slug": "Acme" }),
            "slug",
            "invalid",
        ),
        (
            json!({ "name": "Other", "slug": "admin" }),
            "slug",
            "reserved",
        ),
        (
            json!({ "name": "Other", "slug": "xn--a" }),
            "slug",
            "invalid",
        ),
        (json!({ "name": "Other", "slug": "a.b" }), "slug", "invalid"),
        (
            json!({ "name": "a\nb", "slug": "other" }),
            "name",
            "invalid",
        ),
        (
            json!({ "name": "Other", "slug": "other", "owner": "x" }),
            "owner",
            "unknown_field",
        ),
        (json!({ "slug": "other" }), "name", "required"),
    ] {
        let (status, answer) = world.send("POST", "", path, Some(&token), Some(body)).await;
        let expected = if code == "taken" { 409 } else { 422 };
        let wrong = &answer["errors"][0];
        assert_eq!(
            (status.as_u16(), &wrong["field"], &wrong["code"]),
            (expected, &json!(field), &json!(code))
        );
    }
    for model in [&INVITE_ONLY, &CLOSED] {
        let world = World::start(place, model).await;
        world.account("ada@example.com", None).await;
        let token = world.sign_in("ada@example.com").await;
        let (status, _) = world
            .send("POST", "", path, Some(&token), Some(body.clone()))
            .await;
        assert_eq!(status, 404);
        assert_eq!(world.app.count("tenants").await, 0);
        for (role, expected) in [("support", 404), ("super_admin", 201)] {
            world.app.write("DELETE FROM platform_roles", &[]).await;
            let sql = "INSERT INTO platform_roles (user_id, role, created_at) \
                       SELECT id, $1, created_at FROM users";
            world.app.write(sql, &[role.to_owned().into_value()]).await;
            let body = Some(body.clone());
            let (status, _) = world.send("POST", "", path, Some(&token), body).await;
            assert_eq!(status, expected, "{role}");
        }
    }
}

async fn of_twenty_tenants_of_one_slug_there_is_one(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let token = world.sign_in("ada@example.com").await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let body = json!({ "name": "Acme", "slug": "acme" });
        let request = request("POST", "", "/api/tenants", Some(&token), Some(body));
        let routes = world.router();
        tasks.spawn(async move {
            let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
            read(answer).await.0.as_u16()
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    let mut expected = vec![409; 20];
    expected[0] = 201;
    assert_eq!(statuses, expected);
    assert_eq!(world.app.count("tenants").await, 1);
}

async fn a_tenant_is_renamed_and_keeps_its_slug(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let token = world.sign_in("ada@example.com").await;
    let viewer = world.member("acme", "vic@example.com", &["viewer"]).await;
    let patch = async |token: &str, body| {
        let (status, answer) = world
            .send("PATCH", "acme", "/api/tenant", Some(token), Some(body))
            .await;
        (status.as_u16(), answer)
    };
    let (status, answer) = patch(&token, json!({ "name": "Acme Ltd" })).await;
    assert_eq!((status, &answer["name"]), (200, &json!("Acme Ltd")));
    let (status, answer) = patch(&token, json!({})).await;
    assert_eq!((status, &answer["name"]), (200, &json!("Acme Ltd")));
    let (status, answer) = patch(&token, json!({ "slug": "other" })).await;
    assert_eq!(
        (status, &answer["errors"][0]["code"]),
        (422, &json!("unknown_field"))
    );
    let (status, _) = patch(&token, json!({ "name": null })).await;
    assert_eq!(status, 422);
    let (status, answer) = patch(&viewer, json!({ "name": "Mine" })).await;
    assert_eq!(
        (status, &answer["permission"]),
        (403, &json!("tenant:update"))
    );
    let names: Vec<String> = world
        .app
        .column("SELECT name FROM tenants ORDER BY slug", &[])
        .await;
    assert_eq!(names, ["Acme Ltd", "GLOBEX"]);
    let logged: Vec<String> = world
        .column(
            "acme",
            "SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id",
        )
        .await;
    assert_eq!(logged, ["tenant:create", "tenant:update"]);
}

async fn a_suspended_tenant_is_closed_to_all_of_it(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let token = world.sign_in("ada@example.com").await;
    let eve = world.sign_in("eve@example.com").await;
    let viewer = world.member("acme", "vic@example.com", &["viewer"]).await;
    let path = "/api/tenant/suspend";
    let (status, _) = world.send("POST", "acme", path, Some(&viewer), None).await;
    assert_eq!(status, 403);
    let (status, answer) = world.send("POST", "acme", path, Some(&token), None).await;
    assert_eq!(
        (status.as_u16(), &answer["status"]),
        (200, &json!("suspended"))
    );
    for (method, path) in [
        ("GET", "/api/tenant"),
        ("POST", path),
        ("GET", "/api/members"),
    ] {
        let (status, answer) = world.send(method, "acme", path, Some(&token), None).await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (403, &json!("tenant_suspended"))
        );
    }
    let (status, _) = world
        .send("GET", "globex", "/api/tenant", Some(&eve), None)
        .await;
    assert_eq!(status, 200);
    let logged: Vec<String> = world
        .column(
            "acme",
            "SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id",
        )
        .await;
    assert_eq!(logged, ["tenant:create", "tenant:suspend"]);
}

async fn a_tenant_sees_who_of_the_platform_is_in_it(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let staff = world.account("staff@example.com", None).await.into_value();
    let token = world.sign_in("ada@example.com").await;
    let role = "INSERT INTO platform_roles (user_id, role, created_at) \
                SELECT id, 'support', created_at FROM users WHERE id = $1";
    world.app.write(role, std::slice::from_ref(&staff)).await;
    let now = crate::clock::now();
    let minutes = |minutes: i64| (now + jiff::SignedDuration::from_mins(minutes)).into_value();
    // Of four entries one holds: the others are over, ended, and another tenant's.
    for (slug, reason, until, ended) in [
        ("acme", "a ticket", 30, None),
        ("acme", "over", -1, None),
        ("acme", "ended", 30, Some(-1)),
        ("globex", "elsewhere", 30, None),
    ] {
        let sql = "INSERT INTO platform_entries \
            (tenant_id, id, user_id, role, reason, created_at, expires_at, ended_at) \
            VALUES ($1, $2, $3, 'support', $4, $5, $6, $7)";
        let args = [
            world.tenant(slug).into_value(),
            uuid::Uuid::now_v7().into_value(),
            staff.clone(),
            reason.to_owned().into_value(),
            minutes(-10),
            minutes(until),
            ended.map_or(crate::store::Value::Null, minutes),
        ];
        world.write(slug, sql, &args).await;
    }
    let access = async || {
        let (_, seen) = world
            .send("GET", "acme", "/api/tenant", Some(&token), None)
            .await;
        seen["platform_access"].clone()
    };
    let seen = access().await;
    let of = |entry: &serde_json::Value| (entry["by"].clone(), entry["reason"].clone());
    let seen: Vec<_> = seen.as_array().unwrap().iter().map(of).collect();
    assert_eq!(seen, [(json!("staff@example.com"), json!("a ticket"))]);
    world
        .app
        .write("DELETE FROM platform_roles WHERE user_id = $1", &[staff])
        .await;
    assert_eq!(access().await, json!([]));
}
