//! From host to host, and from one default tenant to another.

use serde_json::json;

use super::{code, user, world};
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, origin};
use crate::tenancy::testing::world::{Place, on_both};

on_both! {
    a_browser_goes_from_one_host_to_another:
        a_browser_goes_from_one_host_to_another_on_sqlite,
        a_browser_goes_from_one_host_to_another_on_postgres;
    two_windows_have_two_tenants_at_once:
        two_windows_have_two_tenants_at_once_on_sqlite,
        two_windows_have_two_tenants_at_once_on_postgres;
    a_handoff_lengthens_no_session:
        a_handoff_lengthens_no_session_on_sqlite,
        a_handoff_lengthens_no_session_on_postgres;
    a_bearer_session_changes_its_tenant:
        a_bearer_session_changes_its_tenant_on_sqlite,
        a_bearer_session_changes_its_tenant_on_postgres;
}

async fn a_browser_goes_from_one_host_to_another(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let body = json!({ "tenant": "globex" });
    let asked = browser.post("acme", "/auth/switch-tenant", body).await;
    let location = origin("globex") + "/auth/handoff?from=acme";
    assert_eq!(
        (asked.status, asked.json()),
        (200, json!({ "location": location }))
    );

    let sent = browser.visit(&location).await;
    assert_eq!(sent.status, 303);
    let start = origin("acme") + "/auth/switch-tenant?to=globex&nonce=";
    let nonce_hash = sent.location().strip_prefix(&start).unwrap();
    assert_eq!(nonce_hash.len(), 64);
    let cookies = sent.set_cookies();
    let [nonce] = cookies[..] else {
        panic!("{cookies:?}")
    };
    let (value, attributes) = nonce.split_once("; ").unwrap();
    let value = value.strip_prefix("__Host-handoff=").unwrap();
    assert_eq!(
        attributes,
        "Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"
    );
    assert!(!sent.location().contains(value), "the nonce stays here");
    assert_eq!(sent.headers["cache-control"], "no-store");

    let issued = browser.visit(sent.location()).await;
    let start = origin("globex") + "/auth/handoff?code=gwh_";
    assert!(issued.location().starts_with(&start), "{issued:?}");
    assert_eq!(issued.headers["cache-control"], "no-store");
    let taken = browser.visit(issued.location()).await;
    assert_eq!((taken.status, taken.location()), (303, "/"));
    assert_eq!(taken.headers["referrer-policy"], "no-referrer");
    let names: Vec<&String> = browser.jar["globex.localhost:8080"].keys().collect();
    assert_eq!(names, ["__Host-access", "__Host-refresh"]);

    let me = browser.get("globex", "/auth/me").await;
    assert_eq!(me.json()["user"]["email"], "ada@example.com");
    // To the base host, which is nobody's, and from there to a tenant's.
    let to_base = browser
        .post("globex", "/auth/switch-tenant", json!({ "tenant": null }))
        .await;
    let there = to_base.json()["location"].as_str().unwrap().to_owned();
    assert_eq!(there, origin("") + "/auth/handoff?from=globex");
    assert_eq!(browser.follow(&there).await.location(), "/");
    assert_eq!(browser.get("", "/auth/me").await.status, 200);
    browser.jar.remove("acme.localhost:8080");
    assert_eq!(browser.get("acme", "/api/tenant").await.status, 401);
    let back = browser
        .post("", "/auth/switch-tenant", json!({ "tenant": "acme" }))
        .await;
    let there = back.json()["location"].as_str().unwrap().to_owned();
    assert_eq!(there, origin("acme") + "/auth/handoff?from=");
    assert_eq!(browser.follow(&there).await.location(), "/");
    let tenant = browser.get("acme", "/api/tenant").await;
    assert_eq!(tenant.json()["slug"], "acme");
}

/// Owner in one window, viewer in the other.
async fn two_windows_have_two_tenants_at_once(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let there = code(&mut browser).await;
    browser.visit(&there).await;
    let mut other = Browser::new(&world);
    other.jar = browser.jar.clone();
    for round in 0..4 {
        let name = json!({ "name": format!("Acme {round}") });
        let urls = ["acme", "globex"].map(|slug| origin(slug) + "/api/tenant");
        let (here, there) = tokio::join!(
            browser.send("PATCH", &urls[0], Some(name.clone())),
            other.send("PATCH", &urls[1], Some(name.clone())),
        );
        assert_eq!(
            (here.status, &here.json()["name"]),
            (200, &name["name"]),
            "{here:?}"
        );
        assert_eq!(
            (there.status, &there.json()["permission"]),
            (403, &json!("tenant:update"))
        );
        let (here, there) = tokio::join!(
            browser.get("acme", "/api/me/permissions"),
            other.get("globex", "/api/me/permissions"),
        );
        assert_eq!(here.json()["roles"], json!(["owner"]));
        assert_eq!(there.json()["roles"], json!(["viewer"]));
        let named = other.get("globex", "/api/tenant").await;
        assert_eq!(named.json()["name"], "GLOBEX");
    }
    // A session of one host is nothing at the other.
    let of_acme = browser.jar["acme.localhost:8080"].clone();
    browser
        .jar
        .insert("globex.localhost:8080".to_owned(), of_acme);
    let crossed = browser.get("globex", "/api/tenant").await;
    assert_eq!(crossed.json()["code"], "tenant_forbidden");
}

async fn a_handoff_lengthens_no_session(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let soon = crate::clock::after(crate::clock::now(), std::time::Duration::from_secs(300));
    let sql = "UPDATE sessions SET expires_at = $1 WHERE host_tenant = $2";
    let args = [soon.into_value(), world.tenant("acme").into_value()];
    world.app.write(sql, &args).await;
    let there = code(&mut browser).await;
    assert_eq!(browser.visit(&there).await.location(), "/");
    let sql = "SELECT expires_at FROM sessions WHERE host_tenant = $1";
    let args = [world.tenant("globex").into_value()];
    let ends: Vec<jiff::Timestamp> = world.app.column(sql, &args).await;
    assert_eq!(ends, [soon]);
}

async fn a_bearer_session_changes_its_tenant(place: Place) {
    let world = world(place).await;
    let token = world.sign_in("ada@example.com").await;
    let tenant = |token: String| {
        let world = &world;
        async move {
            let (_, seen) = world
                .send("GET", "", "/api/tenant", Some(&token), None)
                .await;
            match &seen["slug"] {
                serde_json::Value::Null => seen["code"].clone(),
                slug => slug.clone(),
            }
        }
    };
    assert_eq!(tenant(token.clone()).await, "tenant_forbidden");
    for (to, then) in [
        (json!("globex"), "globex"),
        (json!("acme"), "acme"),
        (json!(null), "tenant_forbidden"),
        (json!("globex"), "globex"),
    ] {
        let body = json!({ "tenant": to });
        let path = "/auth/switch-tenant";
        let (status, seen) = world.send("POST", "", path, Some(&token), Some(body)).await;
        assert_eq!(status, 200, "{seen}");
        assert_eq!(seen["user"]["email"], "ada@example.com");
        assert_eq!(seen["tenants"].as_array().unwrap().len(), 2);
        assert_eq!(tenant(token.clone()).await, then);
    }
    // Whoever is removed keeps the name of the tenant and nothing in it.
    let ada = user(&world, "ada@example.com").await;
    let sql = "UPDATE user_tenants SET status = 'suspended' WHERE tenant_id = $1 AND user_id = $2";
    let args = [world.tenant("globex").into_value(), ada.into_value()];
    world.write("globex", sql, &args).await;
    assert_eq!(tenant(token.clone()).await, "tenant_forbidden");
    let body = json!({ "tenant": "globex" });
    let (status, seen) = world
        .send("POST", "", "/auth/switch-tenant", Some(&token), Some(body))
        .await;
    assert_eq!(
        (status.as_u16(), &seen["code"]),
        (403, &json!("tenant_forbidden"))
    );
}
