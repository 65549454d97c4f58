//! The way there and back: what ties a return to the visit that it ends.

use super::*;

on_both! {
    a_first_visit_makes_an_account: first_on_sqlite, first_on_postgres;
    a_state_is_good_once_in_its_browser_for_its_provider: state_on_sqlite, state_on_postgres;
    a_code_of_another_visit_signs_nobody_in: code_on_sqlite, code_on_postgres;
    a_visit_ends_after_ten_minutes: late_on_sqlite, late_on_postgres;
}

async fn a_first_visit_makes_an_account(place: Place) {
    let stage = Stage::open(place).await;
    for provider in ["acme", "globex", "github"] {
        let mut browser = stage.browser();
        let email = format!("{provider}@example.com");
        let seen = stage
            .sign_in(&mut browser, provider, person("17", &email))
            .await;
        welcome(&seen, "/");
        let me = stage.me(&mut browser, "").await;
        assert_eq!(me["email"], email);
        assert_eq!(me["name"], "Ada L.");
        assert!(stage.verified_at_is_set(&email).await);
        // And in another browser the same.
        let mut other = stage.browser();
        let seen = stage
            .sign_in(&mut other, provider, person("17", &email))
            .await;
        welcome(&seen, "/");
        assert_eq!(stage.me(&mut other, "").await, me);
    }
    assert_eq!(stage.count("users").await, 3);
    assert_eq!(stage.count("identities").await, 3);
    assert_eq!(stage.count("passwords").await, 0);
    assert_eq!(stage.count("oauth_flows").await, 0);
    let once = [
        "auth.identity_linked success",
        "auth.registered success",
        "auth.login success",
        "auth.login success",
    ];
    assert_eq!(stage.actions().await, once.repeat(3));
}

async fn a_state_is_good_once_in_its_browser_for_its_provider(place: Place) {
    let stage = Stage::open(place).await;
    let mut browser = stage.browser();
    let ada = || person("17", "ada@example.com");
    let back = stage.visit(&mut browser, "acme", ada()).await;
    let seen = browser.get("", "/auth/oauth/acme/start").await;
    let cookie = seen
        .set_cookies()
        .into_iter()
        .find(|line| line.starts_with("__Host-oauth="))
        .unwrap();
    assert!(
        cookie.ends_with("; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );

    let (path, query) = back.split_once('?').unwrap();
    let without_state: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("state="))
        .collect();
    let without_state = without_state.join("&");
    let forged = format!("{without_state}&state=gwo_{}", "A".repeat(43));
    let twice = format!("{query}&{query}");
    for query in [without_state.as_str(), &forged, &twice, "", "state=&code="] {
        refused(&browser.visit(&format!("{path}?{query}")).await, 400);
    }
    // Another browser, with no cookie and with its own.
    let mut other = stage.browser();
    refused(&other.visit(&back).await, 400);
    stage.visit(&mut other, "acme", ada()).await;
    refused(&other.visit(&back).await, 400);
    // The callback of another provider, and of a tenant's host.
    let elsewhere = back.replace("/acme/", "/globex/");
    refused(&browser.visit(&elsewhere).await, 400);
    let elsewhere = back.replace("http://localhost", "http://acme.localhost");
    refused(&browser.visit(&elsewhere).await, 400);
    assert_eq!(stage.count("users").await, 0);
    assert_eq!(stage.count("sessions").await, 0);
    // None of this spent it. The right return does.
    welcome(&browser.visit(&back).await, "/");
    refused(&browser.visit(&back).await, 400);
    assert_eq!(stage.count("sessions").await, 1);
}

async fn a_code_of_another_visit_signs_nobody_in(place: Place) {
    let stage = Stage::open(place).await;
    for provider in ["acme", "github"] {
        let (mut mine, mut theirs) = (stage.browser(), stage.browser());
        let me = person("1", "mallory@example.com");
        let attackers = stage.visit(&mut mine, provider, me).await;
        let victim = person("2", "ada@example.com");
        let victims = stage.visit(&mut theirs, provider, victim).await;
        let of = |url: &str, name: &str| {
            let url = url::Url::parse(url).unwrap();
            let found = url.query_pairs().find(|(known, _)| known == name);
            found.unwrap().1.into_owned()
        };
        let (code, state) = (of(&attackers, "code"), of(&victims, "state"));
        let injected = format!(
            "http://localhost:8080/auth/oauth/{provider}/callback?code={code}&state={state}"
        );
        refused(&theirs.visit(&injected).await, 400);
    }
    assert_eq!(stage.count("users").await, 0);
    assert_eq!(stage.count("sessions").await, 0);
}

async fn a_visit_ends_after_ten_minutes(place: Place) {
    let stage = Stage::open(place).await;
    let mut browser = stage.browser();
    let ada = person("17", "ada@example.com");
    let back = stage.visit(&mut browser, "acme", ada).await;
    let sql = "UPDATE oauth_flows SET expires_at = created_at";
    stage.world.app.write(sql, &[]).await;
    refused(&browser.visit(&back).await, 400);
    assert_eq!(stage.count("sessions").await, 0);
}

#[tokio::test]
async fn the_database_is_not_told_what_a_visit_hangs_on() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    let back = stage
        .visit(&mut browser, "acme", person("17", "ada@example.com"))
        .await;
    let sql = "SELECT state_hash || ' ' || browser_hash || ' ' || sealed FROM oauth_flows";
    let rows: Vec<String> = stage.world.app.column(sql, &[]).await;
    let state = back.split("state=").nth(1).unwrap();
    let cookie = &browser.jar["localhost:8080"]["__Host-oauth"];
    assert_eq!(rows.len(), 1);
    assert!(
        !rows[0].contains(state) && !rows[0].contains(cookie),
        "{rows:?}"
    );
    // What is sealed for one row opens in no other.
    let mut other = stage.browser();
    let second = stage
        .visit(&mut other, "acme", person("18", "bob@example.com"))
        .await;
    let sql = "UPDATE oauth_flows SET sealed = (SELECT sealed FROM oauth_flows ORDER BY created_at LIMIT 1)";
    stage.world.app.write(sql, &[]).await;
    refused(&other.visit(&second).await, 400);
    welcome(&browser.visit(&back).await, "/");
}

#[tokio::test]
async fn a_provider_that_there_is_none_of_is_not_found() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    for name in ["google", "password", "acme2", "%00"] {
        for step in ["start", "callback?state=x&code=y", "finish?code=x"] {
            let seen = browser.get("", &format!("/auth/oauth/{name}/{step}")).await;
            assert_eq!(seen.status, 404, "{name} {step}");
        }
    }
    assert_eq!(stage.count("oauth_flows").await, 0);
}

#[tokio::test]
async fn afterwards_a_browser_stays_on_this_origin() {
    let stage = Stage::open(Place::Sqlite).await;
    for (asked, next) in [
        ("%2Fadmin%3Fq%3D1", "/admin?q=1"),
        ("%2F%2Fevil.example", "/"),
        ("%5C%5Cevil.example", "/"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("https:evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("%2F%252Fevil.example", "/"),
        ("http://globex.localhost:8080/", "/"),
    ] {
        let mut browser = stage.browser();
        let path = format!("/auth/oauth/acme/start?next={asked}");
        let ada = person("17", "ada@example.com");
        let back = stage.visit_from(&mut browser, "", &path, "acme", ada).await;
        welcome(&browser.visit(&back).await, next);
    }
}

#[tokio::test]
async fn nothing_of_a_session_is_answered_to_a_program() {
    let stage = Stage::open(Place::Sqlite).await;
    let answer = raw(
        &stage.world,
        "/auth/oauth/acme/start",
        &[("cookie", "__Host-oauth=x; __Host-oauth=y")],
    )
    .await;
    assert_eq!(answer.status(), 303);
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    // A cookie that is none of ours is not taken over.
    assert!(
        line.starts_with("__Host-oauth=") && !line.starts_with("__Host-oauth=x"),
        "{line}"
    );
}
