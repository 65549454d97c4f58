//! Connecting providers to an account, and taking them away.

use std::time::Duration;

use super::*;
use crate::authn::account_row::AccountRow;
use crate::authn::email::Email;
use crate::store::{Mode, Scope};

on_both! {
    a_provider_is_connected_and_taken_away: connect_on_sqlite, connect_on_postgres;
    a_visit_that_somebody_else_began_links_nothing: csrf_on_sqlite, csrf_on_postgres;
    two_removals_at_once_leave_one_way_in: remove_on_sqlite, remove_on_postgres;
    a_link_under_way_ends_with_its_session: ends_on_sqlite, ends_on_postgres;
}

/// Asks to connect a provider, and answers where the browser comes back as this person.
async fn ask(stage: &Stage, browser: &mut Browser<'_>, slug: &str, who: Json) -> String {
    let asked = browser
        .post(slug, "/auth/oauth/globex/link?next=/account", json!({}))
        .await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let location = asked.json()["location"].as_str().unwrap().to_owned();
    assert!(
        location.starts_with("http://localhost:8080/auth/oauth/globex/start?visit="),
        "{location}"
    );
    let sent = browser.visit(&location).await;
    stage.globex.authorize(sent.location(), who)
}

async fn a_provider_is_connected_and_taken_away(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@example.com", Some("acme")).await;
    // At the base host and at a tenant's alike.
    for (slug, sub) in [("", "17"), ("acme", "18")] {
        let mut browser = stage.browser();
        browser.sign_in(slug, "ada@example.com").await;
        let who = json!({ "sub": sub, "email": "elsewhere@example.com" });
        let back = ask(&stage, &mut browser, slug, who.clone()).await;
        let end = browser.visit(&back).await;
        let end = end.location().to_owned();
        let origin = crate::tenancy::testing::browser::origin(slug);
        let finish = format!("{origin}/auth/oauth/globex/finish?code=");
        assert!(end.starts_with(&finish), "{end}");
        welcome(&browser.visit(&end).await, "/account");
        refused(&browser.visit(&end).await, 400);
        // It opens the account from then on, whatever its address.
        let mut other = stage.browser();
        welcome(&stage.sign_in(&mut other, "globex", who).await, "/");
        assert_eq!(stage.me(&mut other, "").await["email"], "ada@example.com");
    }
    let mut browser = stage.browser();
    browser.sign_in("", "ada@example.com").await;
    let list = browser.get("", "/auth/identities").await.json();
    let first = &list["data"][0];
    let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["created_at", "email", "id", "last_used_at", "provider"]
    );
    assert_eq!(
        (&first["provider"], &first["email"]),
        (&json!("globex"), &json!("elsewhere@example.com"))
    );

    let path = format!("/auth/identities/{}", first["id"].as_str().unwrap());
    let url = format!("http://localhost:8080{path}");
    // Not by somebody else, and not by who stole the session long after its sign-in.
    stage.world.account("mallory@example.com", None).await;
    let mut mallory = stage.browser();
    mallory.sign_in("", "mallory@example.com").await;
    assert_eq!(mallory.send("DELETE", &url, None).await.status, 404);
    let sql = "UPDATE sessions SET authenticated_at = NULL";
    stage.world.app.write(sql, &[]).await;
    for (method, path) in [
        ("DELETE", path.as_str()),
        ("POST", "/auth/oauth/globex/link"),
    ] {
        let url = format!("http://localhost:8080{path}");
        let seen = browser.send(method, &url, None).await;
        assert_eq!(
            (seen.status, &seen.json()["code"]),
            (403, &json!("reauthentication_required"))
        );
    }
    browser.sign_in("", "ada@example.com").await;
    assert_eq!(browser.send("DELETE", &url, None).await.status, 204);
    assert_eq!(browser.send("DELETE", &url, None).await.status, 404);
    let mut other = stage.browser();
    let gone = json!({ "sub": "17", "email": "elsewhere@example.com" });
    refused(&stage.sign_in(&mut other, "globex", gone).await, 403);
    let actions = stage.actions().await;
    for action in [
        "auth.identity_linked success",
        "auth.identity_removed success",
    ] {
        assert!(actions.iter().any(|known| known == action), "{actions:?}");
    }
}

async fn a_visit_that_somebody_else_began_links_nothing(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("mallory@example.com", None).await;
    stage.world.account("ada@example.com", None).await;
    let (mut mallory, mut ada) = (stage.browser(), stage.browser());
    mallory.sign_in("", "mallory@example.com").await;
    ada.sign_in("", "ada@example.com").await;

    // Mallory asks, and has Ada's browser go: her identity must not open Mallory's account.
    let asked = mallory.post("", "/auth/oauth/globex/link", json!({})).await;
    let location = asked.json()["location"].as_str().unwrap().to_owned();
    let sent = ada.visit(&location).await;
    let back = stage
        .globex
        .authorize(sent.location(), person("17", "ada@example.com"));
    refused(&mallory.visit(&back).await, 400);
    let end = ada.visit(&back).await.location().to_owned();
    refused(&ada.visit(&end).await, 400);
    // In a browser without a session neither.
    let mut nobody = stage.browser();
    refused(&nobody.visit(&end).await, 401);
    // It was given away: nobody takes it over a second time.
    refused(&mallory.visit(&location).await, 400);
    assert_eq!(stage.count("identities").await, 0);

    // A session that ended meanwhile is linked to nothing.
    let back = ask(
        &stage,
        &mut mallory,
        "",
        person("666", "mallory@example.com"),
    )
    .await;
    let end = mallory.visit(&back).await.location().to_owned();
    let sql = "UPDATE sessions SET revoked_at = created_at";
    stage.world.app.write(sql, &[]).await;
    refused(&mallory.visit(&end).await, 401);
    assert_eq!(stage.count("identities").await, 0);

    // And what opens another account already stays there.
    ada.sign_in("", "ada@example.com").await;
    mallory.sign_in("", "mallory@example.com").await;
    let hers = || person("17", "ada@example.com");
    let back = ask(&stage, &mut ada, "", hers()).await;
    welcome(&ada.follow(&back).await, "/account");
    let back = ask(&stage, &mut mallory, "", hers()).await;
    refused(&mallory.follow(&back).await, 409);
    assert_eq!(stage.count("identities").await, 1);
}

async fn two_removals_at_once_leave_one_way_in(place: Place) {
    let stage = Stage::open(place).await;
    let mut browser = stage.browser();
    let ada = person("17", "ada@example.com");
    welcome(&stage.sign_in(&mut browser, "globex", ada).await, "/");
    let list = browser.get("", "/auth/identities").await.json();
    let only = list["data"][0]["id"].as_str().unwrap().to_owned();
    let url = format!("http://localhost:8080/auth/identities/{only}");
    let seen = browser.send("DELETE", &url, None).await;
    assert_eq!(
        (seen.status, &seen.json()["code"]),
        (409, &json!("last_credential"))
    );

    let back = ask(&stage, &mut browser, "", person("18", "ada@example.com")).await;
    welcome(&browser.follow(&back).await, "/account");
    let list = browser.get("", "/auth/identities").await.json();
    let cookies: Vec<String> = browser.jar["localhost:8080"]
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut tasks = tokio::task::JoinSet::new();
    for identity in list["data"].as_array().unwrap() {
        let request = Request::delete(format!(
            "/auth/identities/{}",
            identity["id"].as_str().unwrap()
        ))
        .header(header::HOST, "localhost:8080")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookies.join("; "))
        .body(axum::body::Body::empty())
        .unwrap();
        let router = stage.world.router();
        tasks.spawn(async move {
            tower::ServiceExt::oneshot(router, request)
                .await
                .unwrap()
                .status()
                .as_u16()
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(stage.count("identities").await, 1);
}

#[tokio::test]
async fn a_bearer_has_no_browser_to_connect_from() {
    let stage = Stage::open(Place::Sqlite).await;
    stage.world.account("ada@example.com", None).await;
    let token = stage.world.sign_in("ada@example.com").await;
    let path = "/auth/oauth/globex/link";
    let (status, answer) = stage.world.send("POST", "", path, Some(&token), None).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (400, &json!("browser_only"))
    );
}

/// Whoever takes an account over ends its sessions. A link that had come as far as its last step by then must not
/// stay behind as a way in.
async fn a_link_under_way_ends_with_its_session(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@example.com", None).await;
    let mut browser = stage.browser();
    browser.sign_in("", "ada@example.com").await;
    let who = person("666", "mallory@example.com");
    let back = ask(&stage, &mut browser, "", who).await;
    let end = browser.visit(&back).await.location().to_owned();

    let database = &stage.world.app.runtime.database;
    let mut turn = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let email = Email::parse("ada@example.com").unwrap();
    let held = AccountRow::hold_by_address(&mut turn, &email).await;
    assert!(held.unwrap().is_some());
    let take_over = async move {
        // Until the request has read its session, and waits.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let sql = "UPDATE sessions SET revoked_at = created_at";
        turn.run(sql, &[]).await.unwrap();
        turn.commit().await.unwrap();
    };
    let (seen, ()) = tokio::join!(browser.visit(&end), take_over);
    refused(&seen, 401);
    assert_eq!(stage.count("identities").await, 0);
}
