//! Entering a tenant and leaving it.

use serde_json::{Value as Json, json};

use super::{WHY, world};
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, origin};
use crate::tenancy::testing::world::{Place, on_both};

on_both! {
    nobody_of_the_platform_is_in_a_tenant_without_an_entry:
        nobody_of_the_platform_is_in_a_tenant_without_an_entry_on_sqlite,
        nobody_of_the_platform_is_in_a_tenant_without_an_entry_on_postgres;
    an_entry_needs_a_reason_and_an_end:
        an_entry_needs_a_reason_and_an_end_on_sqlite,
        an_entry_needs_a_reason_and_an_end_on_postgres;
    an_entry_stands_in_both_logs:
        an_entry_stands_in_both_logs_on_sqlite,
        an_entry_stands_in_both_logs_on_postgres;
    an_entry_ends:
        an_entry_ends_on_sqlite,
        an_entry_ends_on_postgres;
    an_entry_ends_with_the_role_and_the_account:
        an_entry_ends_with_the_role_and_the_account_on_sqlite,
        an_entry_ends_with_the_role_and_the_account_on_postgres;
    staff_enter_by_browser:
        staff_enter_by_browser_on_sqlite,
        staff_enter_by_browser_on_postgres;
    staff_invite_nobody:
        staff_invite_nobody_on_sqlite,
        staff_invite_nobody_on_postgres;
}

const ROOT: &str = "root@platform.example";
const TENANT: (&str, &str, &str) = ("GET", "acme", "/api/tenant");

async fn nobody_of_the_platform_is_in_a_tenant_without_an_entry(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let mut answers = Vec::new();
    for slug in ["acme", "globex", "nobody"] {
        for (method, path, body) in [
            ("GET", "/api/tenant", None),
            ("GET", "/api/members", None),
            ("GET", "/api/audit-log", None),
            ("GET", "/api/me/permissions", None),
            ("PATCH", "/api/tenant", Some(json!({ "name": "Mine" }))),
            ("POST", "/api/tenant/suspend", Some(json!({}))),
        ] {
            let (status, mut seen) = world.send(method, slug, path, Some(&root), body).await;
            assert_eq!(
                (status.as_u16(), &seen["code"]),
                (403, &json!("tenant_forbidden")),
                "{method} {path}"
            );
            seen.as_object_mut().unwrap().remove("request_id");
            answers.push(seen);
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    // An entry is in one tenant, and of one account.
    world.enter(&root, "acme").await;
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, "200");
    let other = ("GET", "globex", "/api/tenant");
    let forbidden = "403 tenant_forbidden";
    assert_eq!(world.brief(&root, other, Json::Null).await, forbidden);
    let second = world.staff("second@platform.example", "super_admin").await;
    assert_eq!(world.brief(&second, TENANT, Json::Null).await, forbidden);
}

async fn an_entry_needs_a_reason_and_an_end(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let door = world.door("acme");
    let long = "a".repeat(501);
    for (body, said) in [
        (json!({}), "422 invalid_input reason required"),
        (json!({ "reason": null }), "422 invalid_input reason"),
        (
            json!({ "reason": "  because   " }),
            "422 invalid_input reason too_short",
        ),
        (
            json!({ "reason": long }),
            "422 invalid_input reason too_long",
        ),
        (
            json!({ "reason": "Ticket 4711\nand more" }),
            "422 invalid_input reason invalid",
        ),
        (
            json!({ "reason": WHY, "minutes": 0 }),
            "422 invalid_input minutes out_of_range",
        ),
        (
            json!({ "reason": WHY, "minutes": 61 }),
            "422 invalid_input minutes out_of_range",
        ),
        (
            json!({ "reason": WHY, "minutes": -1 }),
            "422 invalid_input minutes",
        ),
        (
            json!({ "reason": WHY, "minutes": 1.5 }),
            "422 invalid_input minutes",
        ),
        (
            json!({ "reason": WHY, "role": "super_admin" }),
            "422 invalid_input role",
        ),
    ] {
        let seen = world.brief(&root, ("POST", "", &door), body.clone()).await;
        assert!(seen.starts_with(said), "{body}: {seen}");
    }
    let nowhere = "/platform/tenants/00000000-0000-7000-8000-000000000000/enter";
    let body = json!({ "reason": WHY });
    let seen = world
        .brief(&root, ("POST", "", nowhere), body.clone())
        .await;
    assert_eq!(seen, "404 not_found");
    let seen = world
        .brief(&root, ("DELETE", "", nowhere), Json::Null)
        .await;
    assert_eq!(seen, "404 not_found");
    assert!(world.platform_log().await.is_empty());
    assert_eq!(
        world.brief(&root, TENANT, Json::Null).await,
        "403 tenant_forbidden"
    );

    for minutes in [None, Some(1), Some(60)] {
        let mut body = json!({ "reason": WHY });
        if let Some(minutes) = minutes {
            body["minutes"] = json!(minutes);
        }
        let (status, entry) = world.send("POST", "", &door, Some(&root), Some(body)).await;
        assert_eq!(status, 201, "{entry}");
        assert_eq!(
            (&entry["tenant"], &entry["location"]),
            (&json!("acme"), &Json::Null)
        );
        let sql = |column| {
            format!(
                "SELECT {column} FROM platform_entries WHERE tenant_id = $1 AND ended_at IS NULL"
            )
        };
        let from: Vec<jiff::Timestamp> = world.column("acme", &sql("created_at")).await;
        let until: Vec<jiff::Timestamp> = world.column("acme", &sql("expires_at")).await;
        // One entry at a time.
        assert_eq!((from.len(), until.len()), (1, 1));
        let lasts = until[0].duration_since(from[0]).as_secs();
        assert_eq!(lasts, i64::from(minutes.unwrap_or(30)) * 60);
        let told: jiff::Timestamp = entry["expires_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(told, until[0]);
    }
}

async fn an_entry_stands_in_both_logs(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let entry = world.enter(&root, "acme").await;
    let ada = world.sign_in("ada@example.com").await;
    let (_, seen) = world
        .send("GET", "acme", "/api/tenant", Some(&ada), None)
        .await;
    let access = &seen["platform_access"];
    assert_eq!(access[0]["reason"], WHY);
    assert_eq!(access[0]["until"], entry["expires_at"]);

    let name = json!({ "name": "Acme Ltd" });
    let patch = ("PATCH", "acme", "/api/tenant");
    assert_eq!(world.brief(&root, patch, name).await, "200");
    let door = world.door("acme");
    let leave = ("DELETE", "", door.as_str());
    assert_eq!(world.brief(&root, leave, Json::Null).await, "204");
    assert_eq!(
        world.brief(&root, TENANT, Json::Null).await,
        "403 tenant_forbidden"
    );
    assert_eq!(world.brief(&root, leave, Json::Null).await, "404 not_found");

    assert_eq!(
        world.staff_log("acme").await,
        ["platform:enter", "tenant:update", "platform:leave"].map(|it| format!("{it} {ROOT}"))
    );
    let id = world.tenant("acme");
    assert_eq!(
        world.platform_log().await,
        [
            format!("platform.tenant_entered tenant {id} {WHY}"),
            format!("platform.tenant_left tenant {id} -"),
        ]
    );
    let root_id = world.user_id(ROOT).await;
    let sql = "SELECT actor_id FROM platform_audit_log WHERE action LIKE 'platform.%'";
    let actors: Vec<uuid::Uuid> = world.app.column(sql, &[]).await;
    assert_eq!(actors, [root_id, root_id]);
    let (_, log) = world
        .send("GET", "acme", "/api/audit-log", Some(&ada), None)
        .await;
    let entries = log["data"].as_array().unwrap();
    let entered = entries
        .iter()
        .find(|entry| entry["action"] == "platform:enter")
        .unwrap();
    assert_eq!(entered["changes"]["reason"]["new"], WHY);
    assert_eq!(entered["actor_id"], json!(root_id));
    assert!(world.staff_log("globex").await.is_empty());
}

async fn an_entry_ends(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    world.enter(&root, "acme").await;
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, "200");
    let sql = "UPDATE platform_entries SET expires_at = $2 WHERE tenant_id = $1";
    let args = [world.tenant("acme").into_value(), clock::now().into_value()];
    world.write("acme", sql, &args).await;
    let forbidden = "403 tenant_forbidden";
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, forbidden);
    let ada = world.sign_in("ada@example.com").await;
    let (_, seen) = world
        .send("GET", "acme", "/api/tenant", Some(&ada), None)
        .await;
    assert_eq!(seen["platform_access"], json!([]));
    // What is over is not left.
    let door = world.door("acme");
    let leave = ("DELETE", "", door.as_str());
    assert_eq!(world.brief(&root, leave, Json::Null).await, "404 not_found");
}

async fn an_entry_ends_with_the_role_and_the_account(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let boss = world.staff("boss@platform.example", "super_admin").await;
    world.enter(&root, "acme").await;
    world.role_of(ROOT, None).await;
    let forbidden = "403 tenant_forbidden";
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, forbidden);
    world.role_of(ROOT, Some("super_admin")).await;
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, "200");

    let path = format!("/platform/users/{}", world.user_id(ROOT).await);
    let patch = ("PATCH", "", path.as_str());
    let body = |status| json!({ "status": status, "reason": WHY });
    assert_eq!(world.brief(&boss, patch, body("suspended")).await, "200");
    let out = "401 unauthenticated";
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, out);
    // Interrupted, not ended: it holds for the rest of its time, in a new session.
    assert_eq!(world.brief(&boss, patch, body("active")).await, "200");
    assert_eq!(world.brief(&root, TENANT, Json::Null).await, out);
    let again = world.sign_in(ROOT).await;
    assert_eq!(world.brief(&again, TENANT, Json::Null).await, "200");
}

async fn staff_enter_by_browser(place: Place) {
    let world = world(place).await;
    world.staff(ROOT, "super_admin").await;
    let mut browser = Browser::new(&world);
    browser.sign_in("", ROOT).await;
    let body = json!({ "tenant": "acme" });
    let early = browser.post("", "/auth/switch-tenant", body).await;
    assert_eq!(early.json()["code"], "tenant_forbidden");
    let door = world.door("acme");
    let entered = browser.post("", &door, json!({ "reason": WHY })).await;
    assert_eq!(entered.status, 201, "{entered:?}");
    let location = origin("acme") + "/auth/handoff?from=";
    assert_eq!(entered.json()["location"], json!(location));
    assert_eq!(browser.follow(&location).await.location(), "/");
    assert_eq!(browser.get("acme", "/api/tenant").await.status, 200);
    // They remain who they are, and the platform's endpoints are open to them at the base host alone:
    // what runs in a page of the tenant's gets no hold of the platform.
    for (host, status) in [("", 200), ("acme", 403)] {
        let tenants = browser.get(host, "/platform/tenants").await;
        assert_eq!(tenants.status, status, "{tenants:?}");
    }
    let me = browser.get("acme", "/auth/me").await;
    assert_eq!(me.json()["user"]["email"], ROOT);
    let url = origin("") + &door;
    assert_eq!(browser.send("DELETE", &url, None).await.status, 204);
    let after = browser.get("acme", "/api/tenant").await;
    assert_eq!(after.json()["code"], "tenant_forbidden");
}

async fn staff_invite_nobody(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    world.enter(&root, "acme").await;
    let path = "/api/invitations";
    let body = json!({ "email": "new@example.com", "roles": ["viewer"] });
    let invite = ("POST", "acme", path);
    assert_eq!(world.brief(&root, invite, body.clone()).await, "409 staff");
    let ada = world.sign_in("ada@example.com").await;
    let (status, made) = world
        .send("POST", "acme", path, Some(&ada), Some(body))
        .await;
    assert_eq!(status, 201, "{made}");
    let resend = format!("{path}/{}/resend", made["id"].as_str().unwrap());
    let resend = ("POST", "acme", resend.as_str());
    assert_eq!(world.brief(&root, resend, json!({})).await, "409 staff");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let revoke = ("DELETE", "acme", one.as_str());
    assert_eq!(world.brief(&root, revoke, Json::Null).await, "204");
}
