//! A sign-in from where there was none before, over HTTP, on both databases.

use std::net::SocketAddr;
use std::time::Duration;

use http::header;
use serde_json::json;

use super::mailbox::mails;
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, request};

on_both! {
    a_device_that_is_new_is_announced: a_device_on_sqlite, a_device_on_postgres;
    a_device_is_forgotten_in_ninety_days: ninety_days_on_sqlite, ninety_days_on_postgres;
    going_to_another_host_is_no_sign_in: another_host_on_sqlite, another_host_on_postgres;
}

const ADA: &str = "ada@example.com";
const FOX: &str = "Firefox/140";

async fn sign_in(world: &World, client: &str, address: &str, password: &str) -> u16 {
    let body = json!({ "email": ADA, "password": password, "transport": "bearer" });
    let mut request = request("POST", "", "/auth/login", None, Some(body));
    if !client.is_empty() {
        request
            .headers_mut()
            .insert(header::USER_AGENT, client.parse().unwrap());
    }
    let peer = SocketAddr::new(address.parse().unwrap(), 4_711);
    request.extensions_mut().insert(peer);
    world.raw(request).await.status().as_u16()
}

async fn a_device_that_is_new_is_announced(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account(ADA, None).await;
    world.account("eve@example.com", None).await;
    world.sign_in("eve@example.com").await;
    for (client, address, mailed) in [
        (FOX, "203.0.113.9", 0), // the very first
        (FOX, "203.0.113.200", 0),
        (FOX, "203.0.114.9", 1),
        (FOX, "203.0.114.10", 1),
        ("curl/8", "203.0.113.9", 2),
        ("", "203.0.113.9", 3),
        ("", "203.0.113.8", 3),
        (FOX, "2001:db8:1::1", 4),
        (FOX, "2001:db8:1:ffff::1", 4),
        (FOX, "2001:db8:2::1", 5),
        (FOX, "203.0.113.9", 5),
    ] {
        assert_eq!(sign_in(&world, client, address, PASSWORD).await, 200);
        assert_eq!(mails(&world).await.len(), mailed, "{client} {address}");
    }
    assert_eq!(
        sign_in(&world, "curl/9", "192.0.2.1", "a wrong password").await,
        401
    );
    let mails = mails(&world).await;
    assert_eq!(mails.len(), 5);
    assert!(
        mails
            .iter()
            .all(|mail| mail == "ada@example.com: New sign-in to Storefront")
    );
    let sql = "SELECT body FROM account_outbox ORDER BY id";
    let bodies: Vec<String> = world.app.column(sql, &[]).await;
    assert!(bodies[0].contains("203.0.114.9"), "{}", bodies[0]);
    assert!(bodies[1].contains("curl"), "{}", bodies[1]);
}

async fn a_device_is_forgotten_in_ninety_days(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account(ADA, None).await;
    assert_eq!(sign_in(&world, FOX, "203.0.113.9", PASSWORD).await, 200);
    let last_used = async |days: u64| {
        let at = clock::before(clock::now(), Duration::from_secs(days * 24 * 60 * 60));
        let sql = "UPDATE sessions SET created_at = $1, last_used_at = $1, revoked_at = $1";
        world.app.write(sql, &[at.into_value()]).await;
    };
    last_used(89).await;
    assert_eq!(sign_in(&world, FOX, "203.0.113.9", PASSWORD).await, 200);
    assert_eq!(mails(&world).await.len(), 0);
    last_used(91).await;
    assert_eq!(sign_in(&world, FOX, "203.0.113.9", PASSWORD).await, 200);
    assert_eq!(mails(&world).await.len(), 1);
    // An account whose sessions were cleared away long ago is not new.
    world.app.write("DELETE FROM sessions", &[]).await;
    assert_eq!(sign_in(&world, FOX, "203.0.113.9", PASSWORD).await, 200);
    assert_eq!(mails(&world).await.len(), 1, "an account of today is");
    world.app.write("DELETE FROM sessions", &[]).await;
    let at = clock::before(clock::now(), Duration::from_secs(91 * 24 * 60 * 60));
    let age = "UPDATE users SET created_at = $1";
    world.app.write(age, &[at.into_value()]).await;
    assert_eq!(sign_in(&world, FOX, "203.0.113.9", PASSWORD).await, 200);
    assert_eq!(mails(&world).await.len(), 2);
}

async fn going_to_another_host_is_no_sign_in(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account(ADA, Some("acme")).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("", ADA).await;
    let elsewhere = "UPDATE sessions SET address = '192.0.2.1'";
    world.app.write(elsewhere, &[]).await;
    let asked = browser.get("acme", "/auth/handoff?from=").await;
    let issued = browser.visit(asked.location()).await;
    browser.visit(issued.location()).await;
    assert_eq!(browser.get("acme", "/auth/me").await.status, 200);
    assert_eq!(mails(&world).await.len(), 0);
    // Nor does it make a place known.
    browser.sign_in("", ADA).await;
    assert_eq!(mails(&world).await.len(), 1);
}
