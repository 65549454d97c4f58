//! Tenants and accounts are suspended.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{WHY, world};
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{PASSWORD, Place, on_both};

on_both! {
    a_suspended_tenant_is_open_to_staff_alone:
        a_suspended_tenant_is_open_to_staff_alone_on_sqlite,
        a_suspended_tenant_is_open_to_staff_alone_on_postgres;
    a_suspended_account_loses_its_sessions_for_good:
        a_suspended_account_loses_its_sessions_for_good_on_sqlite,
        a_suspended_account_loses_its_sessions_for_good_on_postgres;
    two_super_admins_who_suspend_each_other_leave_one:
        two_super_admins_who_suspend_each_other_leave_one_on_sqlite,
        two_super_admins_who_suspend_each_other_leave_one_on_postgres;
}

const ROOT: &str = "root@platform.example";

fn to(status: &str) -> Json {
    json!({ "status": status, "reason": WHY })
}

async fn a_suspended_tenant_is_open_to_staff_alone(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let ada = world.sign_in("ada@example.com").await;
    let id = world.tenant("acme");
    let path = format!("/platform/tenants/{id}");
    let patch = ("PATCH", "", path.as_str());
    for (body, said) in [
        (json!({ "status": "suspended" }), "422 invalid_input reason"),
        (json!({ "reason": WHY }), "422 invalid_input status"),
        (to("gone"), "422 invalid_input status"),
        (
            json!({ "status": "active", "reason": "no" }),
            "422 invalid_input reason too_short",
        ),
    ] {
        let seen = world.brief(&root, patch, body.clone()).await;
        assert!(seen.starts_with(said), "{body}: {seen}");
    }
    let nowhere = "/platform/tenants/00000000-0000-7000-8000-000000000000";
    let seen = world.brief(&root, ("PATCH", "", nowhere), to("suspended"));
    assert_eq!(seen.await, "404 not_found");

    let tenant = ("GET", "acme", "/api/tenant");
    let (status, seen) = world
        .send("PATCH", "", &path, Some(&root), Some(to("suspended")))
        .await;
    assert_eq!(
        (status.as_u16(), &seen["status"], &seen["members"]),
        (200, &json!("suspended"), &json!(1))
    );
    // Again is no second event.
    assert_eq!(world.brief(&root, patch, to("suspended")).await, "200");
    assert_eq!(
        world.brief(&ada, tenant, Json::Null).await,
        "403 tenant_suspended"
    );
    assert_eq!(
        world.brief(&root, tenant, Json::Null).await,
        "403 tenant_forbidden"
    );
    world.enter(&root, "acme").await;
    assert_eq!(world.brief(&root, tenant, Json::Null).await, "200");
    assert_eq!(
        world.brief(&ada, tenant, Json::Null).await,
        "403 tenant_suspended"
    );
    assert_eq!(world.brief(&root, patch, to("active")).await, "200");
    assert_eq!(world.brief(&ada, tenant, Json::Null).await, "200");
    assert_eq!(
        world.platform_log().await,
        ["suspended", "entered", "reactivated"]
            .map(|it| format!("platform.tenant_{it} tenant {id} {WHY}"))
    );
    assert_eq!(
        world.staff_log("acme").await,
        ["tenant:suspend", "platform:enter", "tenant:reactivate"].map(|it| format!("{it} {ROOT}"))
    );
}

async fn a_suspended_account_loses_its_sessions_for_good(place: Place) {
    let world = world(place).await;
    let root = world.staff(ROOT, "super_admin").await;
    let ada = world.sign_in("ada@example.com").await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let own = format!("/platform/users/{}", world.user_id(ROOT).await);
    let own = ("PATCH", "", own.as_str());
    assert_eq!(world.brief(&root, own, to("suspended")).await, "409 self");
    assert_eq!(world.brief(&root, own, to("active")).await, "200");
    let nobody = "/platform/users/00000000-0000-7000-8000-000000000000";
    let seen = world.brief(&root, ("PATCH", "", nobody), to("suspended"));
    assert_eq!(seen.await, "404 not_found");

    let id = world.user_id("ada@example.com").await;
    let path = format!("/platform/users/{id}");
    let patch = ("PATCH", "", path.as_str());
    assert_eq!(world.brief(&root, patch, to("suspended")).await, "200");
    assert_eq!(world.brief(&root, patch, to("suspended")).await, "200");
    let me = ("GET", "", "/auth/me");
    let out = "401 unauthenticated";
    assert_eq!(world.brief(&ada, me, Json::Null).await, out);
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
    let login = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "bearer" });
    let (status, _) = world
        .send("POST", "", "/auth/login", None, Some(login))
        .await;
    assert_eq!(status, 401);
    // One that was being opened while the suspension came, and was too late to be ended by it.
    let late = "UPDATE sessions SET revoked_at = NULL WHERE user_id = $1";
    world
        .app
        .write(late, &[crate::store::FieldValue::into_value(id)])
        .await;
    assert_eq!(world.brief(&ada, me, Json::Null).await, out);
    // The tenant's last owner too: the platform's word is above the tenant's rule.
    assert_eq!(world.brief(&root, patch, to("active")).await, "200");
    assert_eq!(world.brief(&ada, me, Json::Null).await, out);
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
    let renewed = browser.post("acme", "/auth/refresh", json!({})).await;
    assert_eq!(renewed.status, 401);
    let again = world.sign_in("ada@example.com").await;
    assert_eq!(world.brief(&again, me, Json::Null).await, "200");
    assert_eq!(
        world.platform_log().await,
        ["suspended", "reactivated"].map(|it| format!("platform.user_{it} {id} {WHY}"))
    );
}

async fn two_super_admins_who_suspend_each_other_leave_one(place: Place) {
    let world = Arc::new(world(place).await);
    let emails = [ROOT, "boss@platform.example"];
    let mut tokens = Vec::new();
    let mut paths = Vec::new();
    for email in emails {
        tokens.push(world.staff(email, "super_admin").await);
        paths.push(format!("/platform/users/{}", world.user_id(email).await));
    }
    for round in 0..6 {
        let tasks = [(0, 1), (1, 0)].map(|(who, whom)| {
            let (world, token) = (Arc::clone(&world), tokens[who].clone());
            let path = paths[whom].clone();
            tokio::spawn(async move {
                let patch = ("PATCH", "", path.as_str());
                world.brief(&token, patch, to("suspended")).await
            })
        });
        let mut said = Vec::new();
        for task in tasks {
            said.push(task.await.unwrap());
        }
        said.sort();
        assert_eq!(said, ["200", "401 unauthenticated"], "round {round}");
        let sql = "SELECT COUNT(*) FROM users u JOIN platform_roles p ON p.user_id = u.id WHERE u.status = 'active'";
        let left: Vec<i64> = world.app.column(sql, &[]).await;
        assert_eq!(left, [1], "round {round}");
        let sql = "UPDATE users SET status = 'active'";
        world.app.write(sql, &[]).await;
        for (token, email) in tokens.iter_mut().zip(emails) {
            *token = world.sign_in(email).await;
        }
    }
}
