//! Providers that say no, say nothing, or say too much.

use super::provider::Twist;
use super::*;

#[tokio::test]
async fn a_denial_is_a_page_without_a_word_of_it() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    for error in [
        "access_denied",
        "<script>alert(1)</script>",
        "javascript:alert(1)",
    ] {
        let back = stage
            .visit(&mut browser, "acme", person("17", "ada@example.com"))
            .await;
        let state = back.split("state=").nth(1).unwrap();
        let mut url = url::Url::parse("http://localhost:8080/auth/oauth/acme/callback").unwrap();
        url.query_pairs_mut()
            .append_pair("error", error)
            .append_pair("error_description", "<img src=x onerror=alert(1)>")
            .append_pair("error_uri", "javascript:alert(2)");
        let url = format!("{url}&state={state}");
        let seen = browser.visit(&url).await;
        refused(&seen, 400);
        for word in [error, "alert", "onerror", "javascript"] {
            assert!(!seen.text.contains(word), "{}", seen.text);
        }
        // The visit is over by that.
        refused(&browser.visit(&back).await, 400);
    }
    // Whoever makes one up learns and ends nothing.
    let made_up = "http://localhost:8080/auth/oauth/acme/callback?error=access_denied";
    refused(&browser.visit(made_up).await, 400);
    assert_eq!(stage.count("sessions").await, 0);
    assert_eq!(stage.actions().await, ["auth.login_failed refused"; 3]);
}

#[tokio::test]
async fn a_broken_answer_is_bad_gateway() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    for (provider, twist) in [
        ("acme", Twist::Status(500)),
        ("acme", Twist::Status(302)),
        ("acme", Twist::Status(200)),
        ("acme", Twist::Endless),
        ("github", Twist::Status(500)),
        ("github", Twist::Endless),
    ] {
        stage.fake(provider).twist(twist);
        let ada = person("17", "ada@example.com");
        let seen = stage.sign_in(&mut browser, provider, ada).await;
        refused(&seen, 502);
    }
    assert_eq!(stage.count("users").await, 0);
}

#[tokio::test]
async fn a_provider_that_is_down_is_unavailable() {
    // A port that nobody listens at any more.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let own = [
        ("ACME_ISSUER", origin.as_str()),
        ("ACME_CLIENT_ID", "storefront"),
        ("ACME_CLIENT_SECRET", "secret"),
    ];
    let world = World::with_settings(Place::Sqlite, &OPEN, |_| {}, &own).await;
    let mut browser = Browser::new(&world);
    refused(&browser.get("", "/auth/oauth/acme/start").await, 503);
}

#[tokio::test]
async fn a_configuration_of_another_issuer_is_not_used() {
    let fake = Fake::start("EdDSA").await;
    // It calls itself 127.0.0.1.
    let origin = fake.origin.replace("127.0.0.1", "localhost");
    let own = [
        ("ACME_ISSUER", origin.as_str()),
        ("ACME_CLIENT_ID", "storefront"),
        ("ACME_CLIENT_SECRET", "secret"),
    ];
    let world = World::with_settings(Place::Sqlite, &OPEN, |_| {}, &own).await;
    let mut browser = Browser::new(&world);
    refused(&browser.get("", "/auth/oauth/acme/start").await, 502);
}

#[tokio::test]
async fn an_answer_that_names_its_issuer_names_the_right_one() {
    let stage = Stage::open(Place::Sqlite).await;
    stage.acme.send_issuer();
    let mut browser = stage.browser();
    let ada = || person("17", "ada@example.com");
    let back = stage.visit(&mut browser, "acme", ada()).await;
    for iss in ["", "&iss=https://evil.example", "&iss="] {
        let back = stage.visit(&mut browser, "acme", ada()).await;
        let (without, _) = back.split_once("&iss=").unwrap();
        refused(&browser.visit(&format!("{without}{iss}")).await, 400);
    }
    welcome(&browser.visit(&back).await, "/");
    // Where it is not promised it need not come, but what comes must be right.
    let back = stage.visit(&mut browser, "globex", ada()).await;
    let forged = format!("{back}&iss={}", stage.acme.origin);
    refused(&browser.visit(&forged).await, 400);
}
