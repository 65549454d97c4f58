//! Signing in, signing up and confirming an address, by forms.

use super::{ADA, beside, page, signed_in, world};
use axum::extract::FromRequest;

use crate::authn::testing::App;
use crate::http::Submitted;
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{CLOSED, INVITE_ONLY, OPEN, PASSWORD, Place, World, on_both};

on_both! {
    a_form_signs_in_and_leads_on: sign_in_on_sqlite, sign_in_on_postgres;
    a_refused_sign_in_shows_its_form_again: refused_on_sqlite, refused_on_postgres;
    who_guesses_is_told_how_long_to_wait: waiting_on_sqlite, waiting_on_postgres;
    a_form_of_another_site_signs_nobody_in: cross_site_on_sqlite, cross_site_on_postgres;
    a_form_signs_up: sign_up_on_sqlite, sign_up_on_postgres;
    who_may_sign_up_is_what_the_page_says: policy_on_sqlite, policy_on_postgres;
    programs_are_answered_as_before: programs_on_sqlite, programs_on_postgres;
}

async fn a_form_signs_in_and_leads_on(place: Place) {
    let world = world(place).await;
    for slug in ["", "acme"] {
        let mut browser = Browser::new(&world);
        let seen = browser
            .get(slug, "/auth/login?next=/account/sessions")
            .await;
        let html = page(&seen, 200);
        assert!(
            html.contains("<title>Sign in · Storefront</title>"),
            "{html}"
        );
        assert!(html.contains("action=\"/auth/login\""), "{html}");
        assert!(html.contains("href=\"/auth/signup\""), "{html}");
        assert!(html.contains("account&#x2f;sessions"), "{html}");
        let fields = [
            ("next", "/account/sessions"),
            ("email", ADA),
            ("password", PASSWORD),
        ];
        let seen = browser.submit(slug, "/auth/login", &fields).await;
        assert_eq!((seen.status, seen.location()), (303, "/account/sessions"));
        assert_eq!(seen.set_cookies().len(), 2);
        assert!(seen.text.is_empty());
        assert_eq!(browser.get(slug, "/account/sessions").await.status, 200);
    }
    let mut browser = signed_in(&world, "acme").await;
    let seen = browser.submit("acme", "/auth/logout", &[]).await;
    let location = "/auth/login?notice=signed_out";
    assert_eq!((seen.status, seen.location()), (303, location));
    let seen = browser.get("acme", location).await;
    assert!(
        page(&seen, 200).contains("<p class=\"notice\" role=\"status\">You are signed out.</p>")
    );
    assert!(browser.jar["acme.localhost:8080"].is_empty());
}

async fn a_refused_sign_in_shows_its_form_again(place: Place) {
    let world = world(place).await;
    world.account("gus@example.com", Some("globex")).await;
    let mut browser = Browser::new(&world);
    let mut sign_in =
        async |fields: &[(&str, &str)]| browser.submit("acme", "/auth/login", fields).await;

    let seen = sign_in(&[("email", ADA), ("password", "not this one"), ("next", "/x")]).await;
    let html = page(&seen, 401);
    assert!(html.contains("<title>Error: Sign in"), "{html}");
    assert!(
        html.contains("role=\"alert\">Address and password do not belong together."),
        "{html}"
    );
    assert!(html.contains("value=\"ada@example.com\""), "{html}");
    assert!(html.contains("name=\"next\" value=\"&#x2f;x\""), "{html}");
    assert!(!html.contains("not this one"), "{html}");
    assert!(seen.set_cookies().is_empty());

    let seen = sign_in(&[("email", "gus@example.com"), ("password", PASSWORD)]).await;
    assert!(
        page(&seen, 403).contains("You have no access") || seen.text.contains("no member here")
    );
    assert!(seen.set_cookies().is_empty());

    let seen = sign_in(&[("email", ADA)]).await;
    let html = page(&seen, 422);
    assert_eq!(beside(html, "password"), Some("This field is required."));
    let input = html
        .split("<input")
        .find(|input| input.contains("id=\"password\""))
        .unwrap();
    for attribute in [
        "aria-invalid=\"true\"",
        "aria-describedby=\"password-error\"",
        " autofocus",
        "autocomplete=\"current-password\"",
    ] {
        assert!(input.contains(attribute), "{attribute}: {input}");
    }
    for unknown in [
        ("role", "owner"),
        ("tenant_id", "x"),
        ("transport", "bearer"),
    ] {
        let seen = sign_in(&[("email", ADA), ("password", PASSWORD), unknown]).await;
        page(&seen, 422);
        assert!(seen.set_cookies().is_empty(), "{unknown:?}");
    }
    let twice = [("email", ADA), ("password", PASSWORD), ("email", ADA)];
    assert!(page(&sign_in(&twice).await, 400).contains("This form cannot be read"));
    let long = "x".repeat(20_000);
    page(&sign_in(&[("email", ADA), ("password", &long)]).await, 413);
}

async fn who_guesses_is_told_how_long_to_wait(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    let fields = [("email", ADA), ("password", "not this one")];
    let mut seen = browser.submit("", "/auth/login", &fields).await;
    for _ in 0..12 {
        seen = browser.submit("", "/auth/login", &fields).await;
        if seen.status == 429 {
            break;
        }
    }
    let html = page(&seen, 429);
    assert!(
        html.contains("Too many attempts. Try again in a second."),
        "{html}"
    );
    assert_eq!(seen.headers["retry-after"], "1");
    assert!(html.contains("action=\"/auth/login\""), "{html}");
}

async fn a_form_of_another_site_signs_nobody_in(place: Place) {
    let world = world(place).await;
    let signing_up = [
        ("email", "eve@example.com"),
        ("password", "nine staples hold the battery"),
    ];
    let signing_in = [("email", ADA), ("password", PASSWORD)];
    for site in ["cross-site", "same-site"] {
        for (path, fields) in [("/auth/login", &signing_in), ("/auth/signup", &signing_up)] {
            let mut browser = Browser::new(&world);
            let seen = browser.submit_from(site, "", path, fields).await;
            assert_eq!(seen.status, 403, "{site} {path}");
            assert!(seen.set_cookies().is_empty(), "{site} {path}");
        }
    }
    // Nor one that does not say where it comes from, whatever it would do.
    for path in ["/auth/login", "/auth/password/forgot"] {
        let request = axum::extract::Request::post(path)
            .header(http::header::HOST, "localhost:8080")
            .header(
                http::header::CONTENT_TYPE,
                "application/x-www-form-urlencoded",
            )
            .body(axum::body::Body::from("email=ada%40example.com"))
            .unwrap();
        assert_eq!(world.raw(request).await.status(), 403, "{path}");
    }
    assert_eq!(world.app.count("sessions").await, 0);
    assert_eq!(world.app.count("users").await, 1);
}

async fn a_form_signs_up(place: Place) {
    let world = World::start(place, &OPEN).await;
    let mut browser = Browser::new(&world);
    let html = browser.get("", "/auth/signup").await;
    assert!(page(&html, 200).contains("autocomplete=\"new-password\""));
    let with = |password, slug| {
        [
            ("next", "/account"),
            ("name", "Ada"),
            ("email", ADA),
            ("password", password),
            ("tenant.name", "Acme & Sons"),
            ("tenant.slug", slug),
        ]
    };
    let seen = browser
        .submit("", "/auth/signup", &with("short", "WWW"))
        .await;
    let html = page(&seen, 422);
    assert!(
        beside(html, "password")
            .unwrap()
            .contains("at least 8 characters"),
        "{html}"
    );
    assert!(beside(html, "tenant.slug").is_some(), "{html}");
    assert!(html.contains("value=\"Acme &amp; Sons\""), "{html}");
    assert!(!html.contains("short\""), "{html}");

    let words = "nine staples hold the battery";
    let seen = browser
        .submit("", "/auth/signup", &with(words, "acme"))
        .await;
    assert_eq!((seen.status, seen.location()), (303, "/account"));
    let account = browser.get("", "/account").await;
    assert!(
        page(&account, 200).contains("Acme &amp; Sons"),
        "{}",
        account.text
    );

    let mut other = Browser::new(&world);
    let fields = [
        ("email", "gus@example.com"),
        ("password", words),
        ("name", ""),
        ("tenant.name", ""),
        ("tenant.slug", ""),
    ];
    assert_eq!(other.submit("", "/auth/signup", &fields).await.status, 303);
    assert_eq!(world.app.count("tenants").await, 1);
}

#[tokio::test]
async fn where_addresses_are_verified_a_sign_up_leads_to_the_mail() {
    let app = App::verifying().await;
    let mut request = axum::extract::Request::post("/")
        .header(
            http::header::CONTENT_TYPE,
            "application/x-www-form-urlencoded",
        )
        .body(axum::body::Body::from(
            "email=ada%40example.com&password=nine+staples+hold+the+battery",
        ))
        .unwrap();
    request.extensions_mut().insert(app.request());
    let submitted = Submitted::from_request(request, &()).await.unwrap();
    let answer = crate::authn::pages::signup::submit(app.request(), submitted).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(
        answer.headers()["location"],
        "/auth/login?notice=verification_sent"
    );
    assert_eq!(app.count("pending_registrations").await, 1);
}

async fn who_may_sign_up_is_what_the_page_says(place: Place) {
    for (model, says) in [
        (&INVITE_ONLY, "New accounts are made by invitation."),
        (&CLOSED, "New accounts are not made here."),
    ] {
        let world = World::start(place, model).await;
        let mut browser = Browser::new(&world);
        let seen = browser.get("", "/auth/signup").await;
        let html = page(&seen, 200);
        assert!(html.contains(says) && !html.contains("<form"), "{html}");
        let fields = [
            ("email", ADA),
            ("password", "nine staples hold the battery"),
        ];
        let seen = browser.submit("", "/auth/signup", &fields).await;
        assert!(!page(&seen, 404).contains("<form"));
        assert_eq!(world.app.count("users").await, 0);
        let seen = browser.get("", "/auth/login").await;
        assert!(!page(&seen, 200).contains("/auth/signup"), "{}", seen.text);
    }
}

async fn programs_are_answered_as_before(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    let body = serde_json::json!({ "email": ADA, "password": "not this one" });
    let seen = browser.post("", "/auth/login", body).await;
    assert_eq!(seen.status, 401);
    assert_eq!(seen.headers["content-type"], "application/problem+json");
    browser.sign_in("", ADA).await;
    let seen = browser
        .post(
            "",
            "/auth/logout-all",
            serde_json::json!({ "keep_current": true }),
        )
        .await;
    assert_eq!((seen.status, seen.text.as_str()), (204, ""));
    let seen = browser
        .post("", "/auth/logout", serde_json::json!({}))
        .await;
    assert_eq!(seen.status, 204);
    let seen = browser
        .post("", "/auth/logout", serde_json::json!({}))
        .await;
    assert_eq!(seen.headers["content-type"], "application/problem+json");
}
