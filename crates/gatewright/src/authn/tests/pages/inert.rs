//! What strangers write is text on a page.

use http::header;

use super::{ADA, page, signed_in, world};
use crate::store::FieldValue;
use crate::tenancy::testing::world::{Place, on_both};

on_both! {
    nothing_that_is_echoed_is_more_than_text: echoed_on_sqlite, echoed_on_postgres;
    names_and_devices_are_text: names_on_sqlite, names_on_postgres;
}

const PAYLOADS: [&str; 6] = [
    "\"><script>alert(1)</script>",
    "' onfocus=alert(1) autofocus x='",
    "<svg/onload=alert(1)>",
    "{{7*7777777}}{% raw %}",
    "javascript:alert(1)",
    "</title><img src=x onerror=alert(1)>",
];

fn inert(html: &str, payload: &str) {
    for live in [
        "<script>alert",
        "<svg",
        "<img",
        " onfocus=alert(1) autofocus x='\"",
    ] {
        assert!(!html.contains(live), "{payload}: {html}");
    }
    assert!(!html.contains("54444439"), "{payload}: {html}");
    assert!(!html.contains("href=\"javascript:"), "{payload}: {html}");
    // Quotes would end the attribute that a value stands in.
    if payload.contains(['"', '<', '\'']) {
        assert!(!html.contains(payload), "{payload}: {html}");
    }
}

async fn nothing_that_is_echoed_is_more_than_text(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "").await;
    for payload in PAYLOADS {
        let all = [
            ("email", payload),
            ("name", payload),
            ("tenant.name", payload),
            ("tenant.slug", payload),
            ("token", payload),
            ("next", payload),
        ];
        let password = ("password", "x");
        for (path, names) in [
            ("/auth/login", &["email", "next"][..]),
            (
                "/auth/signup",
                &["email", "name", "tenant.name", "tenant.slug"],
            ),
            ("/auth/password/forgot", &["email"]),
            ("/auth/verify-email/resend", &["email"]),
            ("/auth/password/reset", &["token"]),
            ("/auth/verify-email", &["token"]),
            ("/auth/invitations/accept", &["token", "name"]),
            ("/auth/email/confirm", &["token"]),
            ("/auth/email/change", &["email"]),
        ] {
            let mut fields: Vec<_> = all
                .into_iter()
                .filter(|(name, _)| names.contains(name))
                .collect();
            fields.push(password);
            let seen = browser.submit("", path, &fields).await;
            assert!((400..500).contains(&seen.status), "{path} {}", seen.status);
            inert(page(&seen, seen.status), payload);
        }
        let query: String = form_urlencoded::byte_serialize(payload.as_bytes()).collect();
        for path in [
            "/auth/login?next=",
            "/auth/login?notice=",
            "/auth/signup?next=",
            "/auth/email/confirm?token=",
            "/auth/password/reset?token=",
            "/auth/verify-email?token=",
            "/auth/invitations/accept?token=",
            "/account?notice=",
        ] {
            let seen = browser.get("", &format!("{path}{query}")).await;
            inert(page(&seen, seen.status), payload);
        }
        // The name of a field is a stranger's text too.
        let seen = browser
            .submit("", "/auth/login", &[(payload, payload)])
            .await;
        inert(page(&seen, 422), payload);
    }
}

async fn names_and_devices_are_text(place: Place) {
    let world = world(place).await;
    for payload in PAYLOADS {
        let args = [payload.to_owned().into_value()];
        let rename = "UPDATE tenants SET name = $1";
        world.app.write(rename, &args).await;
        world.app.write("UPDATE users SET name = $1", &args).await;
        let form = "email=ada%40example.com&password=correct+horse+battery";
        let request = axum::extract::Request::post("/auth/login")
            .header(header::HOST, "acme.localhost:8080")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::USER_AGENT, payload)
            .body(axum::body::Body::from(form))
            .unwrap();
        assert_eq!(world.raw(request).await.status(), 303);
        let mut browser = signed_in(&world, "acme").await;
        for path in ["/account", "/account/sessions"] {
            let seen = browser.get("acme", path).await;
            let html = page(&seen, 200);
            inert(html, payload);
            assert!(html.contains(ADA) || path.ends_with("sessions"));
        }
    }
}
