//! What `support` may do, and who may call the platform's endpoints at all.

use serde_json::{Value as Json, json};

use super::{WHY, world};
use crate::tenancy::testing::world::{Place, World, on_both};

on_both! {
    support_reads_and_no_more:
        support_reads_and_no_more_on_sqlite,
        support_reads_and_no_more_on_postgres;
    an_entry_gives_the_lesser_of_two_roles:
        an_entry_gives_the_lesser_of_two_roles_on_sqlite,
        an_entry_gives_the_lesser_of_two_roles_on_postgres;
    an_entry_beats_a_membership:
        an_entry_beats_a_membership_on_sqlite,
        an_entry_beats_a_membership_on_postgres;
    no_role_of_a_tenant_reaches_the_platform:
        no_role_of_a_tenant_reaches_the_platform_on_sqlite,
        no_role_of_a_tenant_reaches_the_platform_on_postgres;
}

const SUPPORT: &str = "support@platform.example";

async fn held(world: &World, token: &str) -> Json {
    let path = "/api/me/permissions";
    let (_, seen) = world.send("GET", "acme", path, Some(token), None).await;
    seen["permissions"].clone()
}

/// All that reading is; the guarded field of orders is not among it.
fn reading() -> Json {
    let mut slugs = [
        "tenant:read",
        "members:read",
        "invitations:read",
        "roles:read",
        "audit:read",
        "orders:read",
    ];
    slugs.sort_unstable();
    json!(slugs)
}

fn sorted(slugs: Json) -> Json {
    let mut slugs: Vec<String> = serde_json::from_value(slugs).unwrap();
    slugs.sort();
    json!(slugs)
}

async fn support_reads_and_no_more(place: Place) {
    let world = world(place).await;
    let support = world.staff(SUPPORT, "support").await;
    let forbidden = world.brief(&support, ("GET", "acme", "/api/tenant"), Json::Null);
    assert_eq!(forbidden.await, "403 tenant_forbidden");
    world.enter(&support, "acme").await;
    assert_eq!(sorted(held(&world, &support).await), reading());
    for path in [
        "/api/tenant",
        "/api/members",
        "/api/roles",
        "/api/invitations",
        "/api/audit-log",
    ] {
        let seen = world.brief(&support, ("GET", "acme", path), Json::Null);
        assert_eq!(seen.await, "200", "{path}");
    }
    let id = uuid::Uuid::now_v7();
    for (method, path, slug) in [
        ("PATCH", "/api/tenant", "tenant:update"),
        ("POST", "/api/tenant/suspend", "tenant:suspend"),
        ("PATCH", &format!("/api/members/{id}"), "members:update"),
        ("DELETE", &format!("/api/members/{id}"), "members:remove"),
        ("POST", "/api/roles", "roles:create"),
        ("PATCH", &format!("/api/roles/{id}"), "roles:update"),
        ("DELETE", &format!("/api/roles/{id}"), "roles:delete"),
        ("POST", "/api/invitations", "invitations:create"),
        (
            "DELETE",
            &format!("/api/invitations/{id}"),
            "invitations:revoke",
        ),
    ] {
        let seen = world.brief(&support, (method, "acme", path), json!({}));
        let denied = format!("403 permission_denied {slug}");
        assert_eq!(seen.await, denied, "{method} {path}");
    }
}

async fn an_entry_gives_the_lesser_of_two_roles(place: Place) {
    let world = world(place).await;
    let support = world.staff(SUPPORT, "support").await;
    world.enter(&support, "acme").await;
    // The tenant was told of support, so that is who is in it until they enter anew.
    world.role_of(SUPPORT, Some("super_admin")).await;
    assert_eq!(sorted(held(&world, &support).await), reading());
    let patch = ("PATCH", "acme", "/api/tenant");
    let name = json!({ "name": "Mine" });
    let denied = "403 permission_denied tenant:update";
    assert_eq!(world.brief(&support, patch, name.clone()).await, denied);
    world.enter(&support, "acme").await;
    assert_eq!(world.brief(&support, patch, name.clone()).await, "200");
    assert_eq!(
        held(&world, &support).await.as_array().unwrap().len(),
        super::PERMISSIONS.len()
    );
    world.role_of(SUPPORT, Some("support")).await;
    assert_eq!(world.brief(&support, patch, name).await, denied);
    assert_eq!(sorted(held(&world, &support).await), reading());
}

async fn an_entry_beats_a_membership(place: Place) {
    let world = world(place).await;
    let ada = world.sign_in("ada@example.com").await;
    world.role_of("ada@example.com", Some("support")).await;
    let patch = ("PATCH", "acme", "/api/tenant");
    let name = json!({ "name": "Acme" });
    assert_eq!(world.brief(&ada, patch, name.clone()).await, "200");
    world.enter(&ada, "acme").await;
    let denied = "403 permission_denied tenant:update";
    assert_eq!(world.brief(&ada, patch, name.clone()).await, denied);
    // Who may do all there makes nothing of it for themselves.
    let door = world.door("acme");
    let leave = ("DELETE", "", door.as_str());
    assert_eq!(world.brief(&ada, leave, Json::Null).await, "204");
    world.role_of("ada@example.com", Some("super_admin")).await;
    world.enter(&ada, "acme").await;
    let id = "SELECT m.id FROM user_tenants m JOIN users u ON u.id = m.user_id
        WHERE m.tenant_id = $1 AND u.email = 'ada@example.com'";
    let own: Vec<uuid::Uuid> = world.column("acme", id).await;
    let own = format!("/api/members/{}", own[0]);
    let own = ("PATCH", "acme", own.as_str());
    let roles = json!({ "roles": ["owner", "admin"] });
    assert_eq!(world.brief(&ada, own, roles).await, "409 self");
    assert_eq!(world.brief(&ada, leave, Json::Null).await, "204");
    assert_eq!(world.brief(&ada, patch, name).await, "200");
}

async fn no_role_of_a_tenant_reaches_the_platform(place: Place) {
    let world = world(place).await;
    let owner = world.sign_in("ada@example.com").await;
    let support = world.staff(SUPPORT, "support").await;
    let door = world.door("acme");
    let tenant = format!("/platform/tenants/{}", world.tenant("acme"));
    let user = format!("/platform/users/{}", world.user_id("gus@example.com").await);
    let enter = json!({ "reason": WHY });
    let suspend = json!({ "status": "suspended", "reason": WHY });
    // Each with its permission, and what it answers support.
    for (method, path, body, slug, to_support) in [
        (
            "GET",
            "/platform/tenants",
            Json::Null,
            "read_tenants",
            "200",
        ),
        ("PATCH", &tenant, suspend.clone(), "suspend_tenants", "403"),
        ("POST", &door, enter, "enter_tenants", "201"),
        ("DELETE", &door, Json::Null, "enter_tenants", "204"),
        ("GET", "/platform/users", Json::Null, "read_users", "200"),
        ("PATCH", &user, suspend, "suspend_users", "403"),
        (
            "GET",
            "/platform/audit-log",
            Json::Null,
            "read_audit",
            "200",
        ),
    ] {
        let denied = format!("403 permission_denied platform:{slug}");
        // At a tenant's host they own as well.
        for host in ["", "acme"] {
            let seen = world.brief(&owner, (method, host, path), body.clone());
            assert_eq!(seen.await, denied, "{method} {path}");
        }
        let sent = (!body.is_null()).then(|| body.clone());
        let (status, _) = world.send(method, "", path, None, sent).await;
        assert_eq!(status, 401, "{method} {path}");
        let seen = world.brief(&support, (method, "", path), body).await;
        let expected = if to_support == "403" {
            &denied
        } else {
            to_support
        };
        assert_eq!(seen, expected, "{method} {path}");
    }
    let statuses: Vec<String> = world.app.column("SELECT status FROM users", &[]).await;
    assert!(statuses.iter().all(|status| status == "active"));
}
