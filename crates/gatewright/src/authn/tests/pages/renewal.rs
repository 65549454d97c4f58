//! An access token that has expired is renewed on the way to a page.

use std::time::Duration;

use super::{ADA, page, signed_in, world};
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{Place, World, on_both};

on_both! {
    a_page_renews_what_has_expired: page_on_sqlite, page_on_postgres;
    a_form_renews_too_and_does_what_it_asks: form_on_sqlite, form_on_postgres;
    a_session_that_is_over_leads_to_the_sign_in: over_on_sqlite, over_on_postgres;
    a_program_s_route_renews_nothing: program_on_sqlite, program_on_postgres;
}

/// Puts an access token that has expired in the place of the good one.
async fn expire(world: &World, browser: &mut Browser<'_>, host: &str) -> String {
    let sql = "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 AND s.revoked_at IS NULL";
    let sessions: Vec<uuid::Uuid> = world.app.column(sql, &[ADA.to_owned().into_value()]).await;
    let sql = "SELECT id FROM users WHERE email = $1";
    let users: Vec<uuid::Uuid> = world.app.column(sql, &[ADA.to_owned().into_value()]).await;
    let tokens = &world.app.runtime.access_tokens;
    let from = clock::before(clock::now(), Duration::from_secs(60 * 60));
    let old = tokens.issue_from(sessions[0], users[0], from).unwrap();
    let jar = browser.jar.get_mut(host).unwrap();
    jar.insert("__Host-access".to_owned(), old.clone());
    old
}

const HOST: &str = "acme.localhost:8080";

async fn a_page_renews_what_has_expired(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    let old = expire(&world, &mut browser, HOST).await;
    let refresh = browser.jar[HOST]["__Host-refresh"].clone();
    let seen = browser.get("acme", "/account").await;
    assert!(page(&seen, 200).contains(ADA));
    assert_eq!(seen.set_cookies().len(), 2, "{:?}", seen.set_cookies());
    assert_ne!(browser.jar[HOST]["__Host-access"], old);
    assert_ne!(browser.jar[HOST]["__Host-refresh"], refresh);
    let seen = browser.get("acme", "/account").await;
    page(&seen, 200);
    assert!(seen.set_cookies().is_empty());
    // A page that is refused leaves the browser the pair as well.
    expire(&world, &mut browser, HOST).await;
    let path = format!("/account/sessions/{}/end", uuid::Uuid::now_v7());
    let seen = browser.submit("acme", &path, &[]).await;
    page(&seen, 404);
    assert_eq!(seen.set_cookies().len(), 2);
    page(&browser.get("acme", "/account").await, 200);
}

async fn a_form_renews_too_and_does_what_it_asks(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    expire(&world, &mut browser, HOST).await;
    let seen = browser
        .submit("acme", "/account/name", &[("name", "Ada L.")])
        .await;
    assert_eq!(
        (seen.status, seen.location()),
        (303, "/account?notice=renamed")
    );
    assert_eq!(seen.set_cookies().len(), 2);
    // What ends the session is not undone by what renewed it.
    expire(&world, &mut browser, HOST).await;
    let seen = browser.submit("acme", "/auth/logout", &[]).await;
    assert_eq!(seen.status, 303);
    assert!(browser.jar[HOST].is_empty(), "{:?}", browser.jar);
}

async fn a_session_that_is_over_leads_to_the_sign_in(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    expire(&world, &mut browser, HOST).await;
    world
        .app
        .write("UPDATE sessions SET revoked_at = created_at", &[])
        .await;
    let seen = browser.get("acme", "/account").await;
    assert_eq!(
        (seen.status, seen.location()),
        (303, "/auth/login?next=%2Faccount")
    );
    assert!(seen.set_cookies().is_empty());
    // Nor does a refresh token of another host renew anything.
    let mut browser = signed_in(&world, "").await;
    let of_base = browser.jar["localhost:8080"]["__Host-refresh"].clone();
    let mut other = signed_in(&world, "acme").await;
    expire(&world, &mut other, HOST).await;
    let jar = other.jar.get_mut(HOST).unwrap();
    jar.insert("__Host-refresh".to_owned(), of_base);
    assert_eq!(other.get("acme", "/account").await.status, 303);
    page(&browser.get("", "/account").await, 200);
}

async fn a_program_s_route_renews_nothing(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    expire(&world, &mut browser, HOST).await;
    let seen = browser.get("acme", "/auth/me").await;
    assert_eq!(
        (seen.status, seen.json()["code"].as_str()),
        (401, Some("token_expired"))
    );
    let seen = browser
        .post("acme", "/auth/logout", serde_json::json!({}))
        .await;
    assert_eq!(
        (seen.status, seen.json()["code"].as_str()),
        (401, Some("token_expired"))
    );
    assert!(seen.set_cookies().is_empty());
    // Nor does a page renew for a program, which does not ask for HTML.
    let request = axum::extract::Request::get("/account")
        .header("host", HOST)
        .header("accept", "*/*")
        .header(
            "cookie",
            format!("__Host-access={}", browser.jar[HOST]["__Host-access"]),
        )
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = world.raw(request).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}
