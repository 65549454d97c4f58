//! Where a sign-in leads: never to another host.

use super::{ADA, page, signed_in, world};
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{PASSWORD, Place, on_both};

on_both! {
    what_leads_elsewhere_leads_to_the_account: elsewhere_on_sqlite, elsewhere_on_postgres;
    a_page_that_needs_a_session_leads_back_to_it: back_on_sqlite, back_on_postgres;
}

async fn what_leads_elsewhere_leads_to_the_account(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    for next in [
        "",
        "//evil.example",
        "///evil.example",
        "\\evil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "/%2Fevil.example",
        "%2F%2Fevil.example",
        "/%252Fevil.example",
        "https:evil.example",
        "https://evil.example/",
        "http://globex.localhost:8080/",
        "//acme.localhost:8080@evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/.//evil.example",
        "/a\r\nSet-Cookie: a=b",
        "account",
    ] {
        let fields = [("password", PASSWORD), ("next", next)];
        let seen = browser
            .submit("acme", "/auth/reauthenticate", &fields)
            .await;
        assert_eq!(seen.location(), "/account?notice=confirmed", "{next:?}");
        let query: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let seen = browser
            .get("acme", &format!("/auth/login?next={query}"))
            .await;
        let html = page(&seen, 200);
        let value = "name=\"next\" value=\"&#x2f;account\"";
        assert!(html.contains(value), "{next:?}: {html}");
    }
    for next in ["//evil.example", "/%2Fevil.example", "https:evil.example"] {
        let mut browser = Browser::new(&world);
        let fields = [("email", ADA), ("password", PASSWORD), ("next", next)];
        let seen = browser.submit("acme", "/auth/login", &fields).await;
        assert_eq!(
            (seen.status, seen.location()),
            (303, "/account"),
            "{next:?}"
        );
    }
}

async fn a_page_that_needs_a_session_leads_back_to_it(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    let seen = browser.get("acme", "/account/sessions?notice=ended").await;
    let sign_in = "/auth/login?next=%2Faccount%2Fsessions%3Fnotice%3Dended";
    assert_eq!((seen.status, seen.location()), (303, sign_in));
    let seen = browser.get("acme", sign_in).await;
    let value = "value=\"&#x2f;account&#x2f;sessions?notice=ended\"";
    assert!(page(&seen, 200).contains(value), "{}", seen.text);
    // A form has no page to lead back to.
    let seen = browser.submit("acme", "/auth/logout", &[]).await;
    assert_eq!((seen.status, seen.location()), (303, "/auth/login"));
    // A session of another host is none here, and says so as a page.
    let mut browser = signed_in(&world, "acme").await;
    let acme = browser.jar["acme.localhost:8080"].clone();
    browser.jar.insert("localhost:8080".to_owned(), acme);
    page(&browser.get("", "/account").await, 403);
}
