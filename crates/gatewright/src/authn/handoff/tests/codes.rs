//! What a code is good for: once, for a minute, at one host, in one browser, while its session lives.

use serde_json::json;

use super::{code, sessions, user, world};
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, Seen, origin};
use crate::tenancy::testing::world::{Place, World, on_both};

on_both! {
    a_code_is_for_the_browser_that_asked:
        a_code_is_for_the_browser_that_asked_on_sqlite,
        a_code_is_for_the_browser_that_asked_on_postgres;
    a_code_opens_one_session:
        a_code_opens_one_session_on_sqlite,
        a_code_opens_one_session_on_postgres;
    a_code_is_for_one_host:
        a_code_is_for_one_host_on_sqlite,
        a_code_is_for_one_host_on_postgres;
    a_code_is_of_the_host_that_was_asked:
        a_code_is_of_the_host_that_was_asked_on_sqlite,
        a_code_is_of_the_host_that_was_asked_on_postgres;
    a_thief_who_changed_hosts_is_thrown_out_too:
        a_thief_who_changed_hosts_is_thrown_out_too_on_sqlite,
        a_thief_who_changed_hosts_is_thrown_out_too_on_postgres;
    a_code_dies_with_its_minute_its_session_and_its_account:
        a_code_dies_with_its_minute_its_session_and_its_account_on_sqlite,
        a_code_dies_with_its_minute_its_session_and_its_account_on_postgres;
}

const NONCE: &str = "__Host-handoff";

async fn signed_in(world: &World) -> Browser<'_> {
    let mut browser = Browser::new(world);
    browser.sign_in("acme", "ada@example.com").await;
    browser
}

fn assert_refused(seen: &Seen) {
    assert_eq!(seen.status, 400, "{seen:?}");
    assert!(seen.set_cookies().is_empty(), "{seen:?}");
    assert_eq!(seen.location(), "");
    assert!(seen.text.contains("This link cannot be used"), "{seen:?}");
}

/// A host that learned a browser's nonce could have a code made at another, for somebody else's session.
async fn a_code_is_of_the_host_that_was_asked(place: Place) {
    let world = world(place).await;
    let mut attacker = signed_in(&world).await;
    let mut victim = Browser::new(&world);
    let asked = victim.get("globex", "/auth/handoff?from=").await;
    let (_, query) = asked.location().split_once('?').unwrap();
    let path = format!("/auth/switch-tenant?{query}");
    let issued = attacker.get("acme", &path).await;
    assert!(issued.location().contains("code=gwh_"), "{issued:?}");
    assert_refused(&victim.visit(issued.location()).await);
    assert_eq!(sessions(&world, "globex").await, 0);
}

async fn a_thief_who_changed_hosts_is_thrown_out_too(place: Place) {
    const REFRESH: &str = "__Host-refresh";
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let there = code(&mut browser).await;
    assert_eq!(browser.visit(&there).await.location(), "/");
    assert_eq!(browser.get("globex", "/auth/me").await.status, 200);
    let acme = "acme.localhost:8080";
    let used = browser.jar[acme][REFRESH].clone();
    // Twice: until its successor is used, a token that comes again may be another tab's.
    for _ in 0..2 {
        let renewed = browser.post("acme", "/auth/refresh", json!({})).await;
        assert_eq!(renewed.status, 200);
    }
    // The token that was used comes again: one of the two who have it is a thief.
    let jar = browser.jar.get_mut(acme).unwrap();
    jar.insert(REFRESH.to_owned(), used);
    let reused = browser.post("acme", "/auth/refresh", json!({})).await;
    assert_eq!(reused.status, 401);
    assert_eq!(browser.get("globex", "/auth/me").await.status, 401);
    assert_eq!(sessions(&world, "globex").await, 0);
}

async fn a_code_is_for_the_browser_that_asked(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let there = code(&mut browser).await;
    // A link that somebody else sent: without a nonce, and in a browser that has one of its own.
    let mut victim = Browser::new(&world);
    assert_refused(&victim.visit(&there).await);
    victim.get("globex", "/auth/handoff?from=acme").await;
    assert!(victim.jar["globex.localhost:8080"].contains_key(NONCE));
    assert_refused(&victim.visit(&there).await);
    // Two nonces, of which one is right, are none.
    let right = browser.jar["globex.localhost:8080"][NONCE].clone();
    let two = format!("other; {NONCE}={right}");
    let jar = victim.jar.get_mut("globex.localhost:8080").unwrap();
    jar.insert(NONCE.to_owned(), two);
    assert_refused(&victim.visit(&there).await);
    assert_eq!(sessions(&world, "globex").await, 0);
    assert_eq!(browser.visit(&there).await.location(), "/");
    assert_eq!(sessions(&world, "globex").await, 1);
}

async fn a_code_opens_one_session(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    let there = code(&mut browser).await;
    let nonce = browser.jar["globex.localhost:8080"].clone();
    let mut at_once = Vec::new();
    for _ in 0..8 {
        let mut again = Browser::new(&world);
        again
            .jar
            .insert("globex.localhost:8080".to_owned(), nonce.clone());
        at_once.push(again);
    }
    let visits = at_once.iter_mut().map(|again| again.visit(&there));
    let seen = futures_util::future::join_all(visits).await;
    let opened = seen.iter().filter(|seen| seen.status == 303).count();
    assert_eq!(opened, 1);
    for seen in seen.iter().filter(|seen| seen.status != 303) {
        assert_refused(seen);
    }
    assert_eq!(sessions(&world, "globex").await, 1);
    assert_refused(&browser.visit(&there).await);
}

async fn a_code_is_for_one_host(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;
    for elsewhere in ["acme", "", "nobody"] {
        let there = code(&mut browser).await;
        let nonce = browser.jar["globex.localhost:8080"][NONCE].clone();
        let mut thief = Browser::new(&world);
        let at = origin(elsewhere);
        let host = at.strip_prefix("http://").unwrap().to_owned();
        let jar = thief.jar.entry(host).or_default();
        jar.insert(NONCE.to_owned(), nonce);
        let query = there.split_once('?').unwrap().1;
        let before = world.app.count("sessions").await;
        let seen = thief.visit(&format!("{at}/auth/handoff?{query}")).await;
        assert_refused(&seen);
        assert_eq!(world.app.count("sessions").await, before);
    }
}

async fn a_code_dies_with_its_minute_its_session_and_its_account(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world).await;

    let there = code(&mut browser).await;
    let sql = "SELECT COUNT(*) FROM one_time_tokens WHERE expires_at > $1";
    let minute = clock::after(clock::now(), super::super::LIFETIME);
    let later: Vec<i64> = world.app.column(sql, &[minute.into_value()]).await;
    assert_eq!(later, [0]);
    let sql = "UPDATE one_time_tokens SET expires_at = $1";
    world.app.write(sql, &[clock::now().into_value()]).await;
    assert_refused(&browser.visit(&there).await);

    let there = code(&mut browser).await;
    let out = browser.post("acme", "/auth/logout", json!({})).await;
    assert!(out.status < 300, "{out:?}");
    assert_refused(&browser.visit(&there).await);

    let ada = user(&world, "ada@example.com").await;
    browser.sign_in("acme", "ada@example.com").await;
    let there = code(&mut browser).await;
    let sql = "UPDATE users SET status = 'suspended' WHERE id = $1";
    world.app.write(sql, &[ada.into_value()]).await;
    assert_refused(&browser.visit(&there).await);
    assert_eq!(sessions(&world, "globex").await, 0);
}
