//! What comes with a page, and the sheet.

use http::header;

use super::{signed_in, world};
use crate::tenancy::testing::browser::Seen;
use crate::tenancy::testing::world::{Place, on_both};

on_both! {
    a_page_may_load_its_sheet_and_nothing_else: policy_on_sqlite, policy_on_postgres;
}

fn hardened(seen: &Seen) {
    let is = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    let policy = is("content-security-policy");
    let mut directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    directives.sort_unstable();
    assert_eq!(
        directives,
        [
            "base-uri 'none'",
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "img-src 'self'",
            "object-src 'none'",
            "style-src 'self'",
        ]
    );
    assert_eq!(is("x-content-type-options"), "nosniff");
    assert_eq!(is("cache-control"), "no-store");
    assert_eq!(is("referrer-policy"), "no-referrer");
    assert_eq!(is("content-type"), "text/html; charset=utf-8");
    let html = seen.text.to_lowercase();
    for what in ["<script", " style=", "<style", "javascript:", " on", "src="] {
        let found = html.split('<').filter(|_| what == " on").any(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            tag.contains(" onload") || tag.contains(" onclick") || tag.contains(" onerror")
        });
        let found = found || (what != " on" && html.contains(what));
        assert!(!found, "{what}: {html}");
    }
}

async fn a_page_may_load_its_sheet_and_nothing_else(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "acme").await;
    for (path, status) in [
        ("/auth/login", 200),
        ("/auth/signup", 200),
        ("/auth/password/forgot", 200),
        ("/auth/verify-email/resend", 200),
        ("/auth/email/confirm?token=x", 200),
        ("/auth/password/reset?token=x", 422),
        ("/auth/verify-email?token=x", 422),
        ("/auth/invitations/accept?token=x", 422),
        ("/auth/handoff", 400),
        ("/account", 200),
        ("/account/sessions", 200),
    ] {
        let seen = browser.get("acme", path).await;
        assert_eq!(seen.status, status, "{path}");
        hardened(&seen);
    }
    hardened(&browser.submit("acme", "/auth/login", &[]).await);
    let id = uuid::Uuid::now_v7();
    let path = format!("/account/sessions/{id}/end");
    let seen = browser.submit("acme", &path, &[]).await;
    assert_eq!(seen.status, 404);
    hardened(&seen);

    let login = browser.get("", "/auth/login").await;
    let (_, rest) = login.text.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let address = rest.split('"').next().unwrap();
    assert!(address.starts_with("/auth/style.css?v="), "{address}");
    for (path, kept) in [
        (address, "public, max-age=31536000, immutable"),
        ("/auth/style.css", "no-cache"),
        ("/auth/style.css?v=0000000000000000", "no-cache"),
    ] {
        let sheet = browser.get("acme", path).await;
        assert_eq!(sheet.status, 200);
        assert_eq!(
            sheet.headers[header::CONTENT_TYPE],
            "text/css; charset=utf-8"
        );
        assert_eq!(sheet.headers[header::CACHE_CONTROL], kept, "{path}");
        assert_eq!(sheet.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(sheet.text.contains("prefers-color-scheme: dark"));
    }
}
