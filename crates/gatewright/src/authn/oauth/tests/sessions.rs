//! The user of a session proves again who they are, without a password.

use super::*;

on_both! {
    whoever_has_no_password_proves_it_at_the_provider: again_on_sqlite, again_on_postgres;
}

const AGAIN: &str = "/auth/oauth/acme/start?reauth=1&next=/account";

fn signed(sub: &str, auth_time: Json) -> Json {
    let mut who = person(sub, "ada@acme.example");
    who["auth_time"] = auth_time;
    who
}

async fn is_recent(stage: &Stage) -> bool {
    let sql = "SELECT authenticated_at IS NOT NULL FROM sessions ORDER BY created_at LIMIT 1";
    let found = stage.world.app.column(sql, &[]).await;
    found.first().copied().unwrap()
}

async fn whoever_has_no_password_proves_it_at_the_provider(place: Place) {
    let stage = Stage::open(place).await;
    let mut browser = stage.browser();
    let now = || json!(crate::clock::now().as_second());
    welcome(
        &stage
            .sign_in(&mut browser, "acme", signed("17", json!(null)))
            .await,
        "/",
    );
    let sql = "UPDATE sessions SET authenticated_at = NULL";
    stage.world.app.write(sql, &[]).await;

    // From long ago, unsaid, or by somebody else.
    let old = json!(crate::clock::now().as_second() - 3_600);
    for (who, status) in [
        (signed("17", old), 403),
        (signed("17", json!(null)), 403),
        (signed("18", now()), 403),
    ] {
        let back = stage.visit_from(&mut browser, "", AGAIN, "acme", who).await;
        refused(&browser.follow(&back).await, status);
        assert!(!is_recent(&stage).await);
    }
    // By another browser: the session's own is the one that counts.
    let back = stage
        .visit_from(&mut browser, "", AGAIN, "acme", signed("17", now()))
        .await;
    let mut other = stage.browser();
    refused(&other.visit(&back).await, 400);
    welcome(&browser.follow(&back).await, "/account");
    assert!(is_recent(&stage).await);
    let actions = stage.actions().await;
    assert_eq!(actions.last().unwrap(), "auth.reauthenticated success");
    assert!(
        actions
            .iter()
            .any(|it| it == "auth.identity_rejected refused")
    );
    assert_eq!(stage.count("users").await, 1);
}

#[tokio::test]
async fn the_provider_is_told_to_ask_again() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    welcome(
        &stage
            .sign_in(&mut browser, "acme", signed("17", json!(null)))
            .await,
        "/",
    );
    let mut sent = browser.get("", AGAIN).await;
    sent = browser.visit(sent.location()).await;
    assert!(
        sent.location().contains("&prompt=login&max_age=0"),
        "{}",
        sent.location()
    );
    sent = browser.get("", "/auth/oauth/github/start?reauth=1").await;
    sent = browser.visit(sent.location()).await;
    assert!(
        sent.location().contains("&prompt=select_account"),
        "{}",
        sent.location()
    );
    // A plain sign-in asks for neither.
    sent = browser.get("", "/auth/oauth/acme/start").await;
    assert!(!sent.location().contains("prompt"), "{}", sent.location());
}

#[tokio::test]
async fn another_site_cannot_have_it_proven() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    welcome(
        &stage
            .sign_in(&mut browser, "acme", signed("17", json!(null)))
            .await,
        "/",
    );
    let cookies: Vec<String> = browser.jar["localhost:8080"]
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let cookies = cookies.join("; ");
    for site in ["cross-site", "same-site"] {
        let headers = [("cookie", cookies.as_str()), ("sec-fetch-site", site)];
        let answer = raw(&stage.world, AGAIN, &headers).await;
        assert_eq!(answer.status(), 403, "{site}");
    }
    let headers = [
        ("cookie", cookies.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(raw(&stage.world, AGAIN, &headers).await.status(), 303);
    // And nobody without a session.
    refused(&stage.browser().get("", AGAIN).await, 401);
}

#[tokio::test]
async fn an_access_token_may_expire_at_the_provider() {
    let short = [("ACCESS_TOKEN_TTL", "1s")];
    let stage = Stage::with(Place::Sqlite, &OPEN, &short).await;
    let mut browser = stage.browser();
    welcome(
        &stage
            .sign_in(&mut browser, "acme", signed("17", json!(null)))
            .await,
        "/",
    );
    let now = json!(crate::clock::now().as_second());
    let back = stage
        .visit_from(&mut browser, "", AGAIN, "acme", signed("17", now))
        .await;
    let end = browser.visit(&back).await.location().to_owned();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(
        browser.get("", "/auth/me").await.json()["code"],
        "token_expired"
    );
    welcome(&browser.visit(&end).await, "/account");
}
