//! Signing in by a real OpenID provider, through the application's own binary, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use gatewright_tests::application::{Application, Store};
use gatewright_tests::client::{self, Answer};
use gatewright_tests::oauth::Provider;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// A browser: cookies by host.
#[derive(Default)]
struct Browser(BTreeMap<String, BTreeMap<String, String>>);

impl Browser {
    fn visit(&mut self, url: &str) -> Answer {
        let rest = url.strip_prefix("http://").unwrap();
        let (authority, path) = rest.split_at(rest.find('/').unwrap());
        let (host, port) = authority.split_once(':').unwrap();
        let cookies = self.0.entry(authority.to_owned()).or_default();
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, it)| format!("{name}={it}"))
            .collect();
        let headers = match pairs.is_empty() {
            true => String::new(),
            false => format!("Cookie: {}\r\n", pairs.join("; ")),
        };
        let port = port.parse().unwrap();
        let answer = client::send_with(port, "GET", path, host, None, &headers, None);
        for line in answer.head.lines() {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Goes where it is sent, up to a page or a path of the host's own.
    fn follow(&mut self, url: &str) -> Answer {
        let mut answer = self.visit(url);
        for _ in 0..10 {
            match answer.header("location") {
                Some(next) if next.starts_with("http") => {
                    let next = next.to_owned();
                    answer = self.visit(&next);
                }
                _ => break,
            }
        }
        answer
    }
}

fn person(email: &str, verified: bool) -> Value {
    json!({ "sub": "17", "email": email, "email_verified": verified, "name": "Ada" })
}

/// The demonstration, which takes whom the provider says for who they are.
fn application(store: Store, provider: &Provider) -> Application {
    let binary = Path::new(env!("CARGO_BIN_EXE_studio"));
    let application = Application::new(binary, store)
        .with("ACME_ISSUER", &provider.issuer)
        .with("ACME_CLIENT_ID", "studio")
        .with("ACME_CLIENT_SECRET", "hunter2hunter2");
    application.must(&["migrate"]);
    application.must(&["seed-demo"]);
    application
}

fn at_tenant(application: &Application, path: &str) -> String {
    let host = application
        .base_url()
        .replace("localhost", "acme.localhost");
    format!("{host}{path}")
}

#[test]
fn a_member_signs_in_at_their_tenants_host() {
    for store in [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))] {
        let provider = Provider::start(&person("owner@acme.example", true));
        let application = application(store, &provider);
        let serving = application.serve().unwrap();
        for _ in 0..2 {
            let mut browser = Browser::default();
            let start = at_tenant(&application, "/auth/oauth/acme/start?next=/admin");
            let answer = browser.follow(&start);
            assert_eq!(answer.status, 303, "{answer:?}");
            assert_eq!(answer.header("location"), Some("/admin"), "{answer:?}");
            let me = browser.visit(&at_tenant(&application, "/auth/me"));
            assert_eq!(me.body["user"]["email"], "owner@acme.example", "{me:?}");
        }
        assert_eq!(application.count("identities"), 1);
        assert_eq!(application.count("oauth_flows"), 0);
        // Nothing that could sign somebody in is in the log.
        for secret in ["hunter2hunter2", "gwo_", "gwh_", "code="] {
            let lines = application.logged(secret);
            assert!(lines.is_empty(), "{secret}: {lines:?}");
        }
        drop(serving);
    }
}

#[test]
fn nobody_is_who_the_provider_has_not_verified() {
    let provider = Provider::start(&person("owner@acme.example", false));
    let application = application(Store::Sqlite, &provider);
    let _serving = application.serve().unwrap();
    let start = format!("{}/auth/oauth/acme/start", application.base_url());
    let answer = Browser::default().follow(&start);
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(
        answer
            .text
            .contains("<h1>Your address is not verified</h1>")
    );
    assert_eq!(application.count("identities"), 0);
}

#[test]
fn a_provider_that_ended_is_answered_for() {
    let provider = Provider::start(&person("owner@acme.example", true));
    let application = application(Store::Sqlite, &provider);
    let _serving = application.serve().unwrap();
    let mut browser = Browser::default();
    let start = format!("{}/auth/oauth/acme/start", application.base_url());
    let there = browser.visit(&start);
    let back = browser.visit(there.header("location").unwrap());
    let back = back.header("location").unwrap().to_owned();
    drop(provider);
    let answer = browser.visit(&back);
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(
        answer
            .text
            .contains("<h1>The provider does not answer</h1>")
    );
    assert_eq!(application.count("sessions"), 0);
}
