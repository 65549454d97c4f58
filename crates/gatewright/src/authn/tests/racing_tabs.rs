//! Two tabs of one browser, and thieves who look like one, over HTTP.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::clock;
use crate::sealed::{SealingKey, derive};
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, Seen};
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both};

on_both! {
    tabs_that_race_get_one_successor: race_on_sqlite, race_on_postgres;
    a_token_whose_successor_was_used_ends_the_session: used_on_sqlite, used_on_postgres;
    a_token_that_comes_late_ends_the_session: late_on_sqlite, late_on_postgres;
    a_program_has_no_tabs: bearer_on_sqlite, bearer_on_postgres;
    another_host_is_no_tab: host_on_sqlite, host_on_postgres;
    a_suspended_user_has_no_tabs: suspended_on_sqlite, suspended_on_postgres;
    a_session_that_is_over_has_no_tabs: over_on_sqlite, over_on_postgres;
    the_database_does_not_tell_the_successor: sealed_on_sqlite, sealed_on_postgres;
}

async fn world(place: Place) -> World {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world
}

/// Another tab of the same browser, or a thief with a copy of its cookies.
fn twin<'a>(world: &'a World, browser: &Browser<'_>) -> Browser<'a> {
    let mut twin = Browser::new(world);
    twin.jar = browser.jar.clone();
    twin
}

async fn signed_in(world: &World) -> Browser<'_> {
    let mut browser = Browser::new(world);
    browser.sign_in("acme", "ada@example.com").await;
    browser
}

async fn refresh(browser: &mut Browser<'_>) -> u16 {
    ask(browser, "acme").await.status
}

async fn ask(browser: &mut Browser<'_>, slug: &str) -> Seen {
    browser.post(slug, "/auth/refresh", json!({})).await
}

async fn me(browser: &mut Browser<'_>) -> u16 {
    browser.get("acme", "/auth/me").await.status
}

fn refresh_token(browser: &Browser<'_>) -> String {
    browser.jar["acme.localhost:8080"]["__Host-refresh"].clone()
}

async fn reuses(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM platform_audit_log WHERE action = 'auth.refresh_reused'";
    world.app.column(sql, &[]).await.remove(0)
}

async fn tabs_that_race_get_one_successor(place: Place) {
    let world = world(place).await;
    for round in 0..5 {
        let browser = signed_in(&world).await;
        let mut tabs: Vec<Browser<'_>> = (0..10).map(|_| twin(&world, &browser)).collect();
        let statuses = futures_util::future::join_all(tabs.iter_mut().map(refresh)).await;
        assert_eq!(statuses, [200; 10], "{round}");
        let next = refresh_token(&tabs[0]);
        assert_ne!(next, refresh_token(&browser));
        for tab in &mut tabs {
            assert_eq!(refresh_token(tab), next, "{round}");
            assert_eq!(me(tab).await, 200);
        }
        assert_eq!(refresh(&mut tabs[3]).await, 200);
    }
    assert_eq!(reuses(&world).await, 0);
    // Of each sign-in its first token, the one successor, and the successor's.
    assert_eq!(world.app.count("refresh_tokens").await, 5 * 3);
}

async fn a_token_whose_successor_was_used_ends_the_session(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let mut thief = twin(&world, &browser);
    assert_eq!(refresh(&mut browser).await, 200);
    assert_eq!(refresh(&mut browser).await, 200);
    assert_eq!(refresh(&mut thief).await, 401);
    assert_eq!(me(&mut browser).await, 401);
    assert_eq!(refresh(&mut browser).await, 401);
    assert_eq!(reuses(&world).await, 1);
}

async fn a_token_that_comes_late_ends_the_session(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let mut thief = twin(&world, &browser);
    assert_eq!(refresh(&mut browser).await, 200);
    let used = |seconds: u64| {
        let at = clock::before(clock::now(), Duration::from_secs(seconds));
        let sql = "UPDATE refresh_tokens SET used_at = $1 WHERE used_at IS NOT NULL";
        let args = [at.into_value()];
        let app = &world.app;
        async move { app.write(sql, &args).await }
    };
    used(8).await;
    assert_eq!(refresh(&mut twin(&world, &thief)).await, 200);
    used(11).await;
    assert_eq!(refresh(&mut thief).await, 401);
    assert_eq!(me(&mut browser).await, 401);
    assert_eq!(reuses(&world).await, 1);
}

async fn a_program_has_no_tabs(place: Place) {
    let world = world(place).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "bearer" });
    let (_, signed_in) = world
        .send("POST", "", "/auth/login", None, Some(body))
        .await;
    let renew = async |token: &Json| {
        let body = json!({ "refresh_token": token });
        world
            .send("POST", "", "/auth/refresh", None, Some(body))
            .await
    };
    let (status, renewed) = renew(&signed_in["refresh_token"]).await;
    assert_eq!(status, 200);
    let kept = "SELECT COUNT(*) FROM refresh_tokens WHERE successor IS NOT NULL";
    assert_eq!(world.app.column::<i64>(kept, &[]).await, [0]);
    assert_eq!(renew(&signed_in["refresh_token"]).await.0, 401);
    assert_eq!(renew(&renewed["refresh_token"]).await.0, 401);
    assert_eq!(reuses(&world).await, 1);
}

async fn another_host_is_no_tab(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let mut thief = Browser::new(&world);
    let cookies = browser.jar["acme.localhost:8080"].clone();
    thief.jar.insert("localhost:8080".to_owned(), cookies);
    assert_eq!(refresh(&mut browser).await, 200);
    assert_eq!(ask(&mut thief, "").await.status, 401);
    assert_eq!(me(&mut browser).await, 401);
}

async fn a_suspended_user_has_no_tabs(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let mut tab = twin(&world, &browser);
    assert_eq!(refresh(&mut browser).await, 200);
    let suspend = "UPDATE users SET status = 'suspended'";
    world.app.write(suspend, &[]).await;
    assert_eq!(refresh(&mut tab).await, 401);
}

async fn a_session_that_is_over_has_no_tabs(place: Place) {
    let world = world(place).await;
    let long_ago = clock::before(clock::now(), Duration::from_secs(3_601));
    for column in ["last_used_at", "expires_at", "revoked_at"] {
        let mut browser = signed_in(&world).await;
        let mut tab = twin(&world, &browser);
        assert_eq!(refresh(&mut browser).await, 200);
        let sql = format!("UPDATE sessions SET {column} = $1");
        world.app.write(&sql, &[long_ago.into_value()]).await;
        assert_eq!(refresh(&mut tab).await, 401, "{column}");
    }
}

async fn the_database_does_not_tell_the_successor(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let first = refresh_token(&browser);
    assert_eq!(refresh(&mut browser).await, 200);
    let next = refresh_token(&browser);
    let sql = "SELECT successor FROM refresh_tokens WHERE used_at IS NOT NULL ORDER BY used_at";
    let sealed: Vec<Option<String>> = world.app.column(sql, &[]).await;
    let sealed = sealed[0].clone().unwrap();
    assert!(!sealed.contains(&next) && !sealed.contains(&first));
    // Nor does the hash that stands beside it open it, as the token itself does.
    let hash = OpaqueToken::parse(Purpose::Refresh, &first).unwrap().hash();
    let opened = |secret: &str| {
        let key = derive(secret.as_bytes(), "gatewright refresh successor v1").unwrap();
        SealingKey::new(&key).unwrap().open(&hash, &sealed)
    };
    assert_eq!(opened(&hash), None);
    assert_eq!(opened(&first), Some(next.into_bytes()));
    // It goes when it is used.
    assert_eq!(refresh(&mut browser).await, 200);
    let sealed: Vec<Option<String>> = world.app.column(sql, &[]).await;
    assert_eq!(sealed.iter().filter(|kept| kept.is_some()).count(), 1);
    assert_eq!(sealed[0], None);

    // A successor that somebody wrote into the row is none.
    let mut tab = twin(&world, &browser);
    assert_eq!(refresh(&mut browser).await, 200);
    let forged =
        "UPDATE refresh_tokens SET successor = $1, used_at = $2 WHERE successor IS NOT NULL";
    let args = [
        "gwr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            .to_owned()
            .into_value(),
        Timestamp::now().into_value(),
    ];
    world.app.write(forged, &args).await;
    assert_eq!(refresh(&mut tab).await, 401);
}
