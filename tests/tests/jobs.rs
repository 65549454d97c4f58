//! The example's job, as the application runs it: after the commit, and as whoever caused it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::binary::{Walls, repository};
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

/// A draft of the caller's, published.
fn publish(caller: &Caller<'_>, sku: &str) {
    let draft = json!({ "name": "Anvil", "sku": sku, "price": "99.90" });
    let made = caller.post("/api/products", &draft);
    assert_eq!(made.status, 201, "{made:?}");
    let path = made.header("location").unwrap();
    let published = caller.post(&format!("{path}/publish"), &json!({}));
    assert_eq!(published.status, 200, "{published:?}");
}

/// The coupons that the job makes.
fn coupons(caller: &Caller<'_>) -> usize {
    let answer = caller.get("/api/coupons?filter[code][gte]=NEW-&filter[code][lt]=NEW.&limit=200");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].as_array().unwrap().len()
}

/// The newest entry of the log with this action.
fn entry(caller: &Caller<'_>, action: &str) -> Option<Value> {
    let answer = caller.get("/api/audit-log?limit=200");
    assert_eq!(answer.status, 200, "{answer:?}");
    let entries = answer.body["data"].as_array().unwrap();
    entries.iter().find(|it| it["action"] == action).cloned()
}

/// Looks until something is there.
fn until<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("nothing came of it in a minute");
}

#[test]
fn a_job_runs_after_the_commit_as_whoever_caused_it_may_then() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let user_id = {
            let server = application.serve().unwrap();
            let owner = server.sign_in("owner@acme.example", "acme");
            let admin = server.sign_in("admin@acme.example", "acme");
            let before = coupons(&owner);
            publish(&admin, "INTRODUCED");
            until(|| (coupons(&owner) == before + 1).then_some(()));
            let made = entry(&owner, "coupons:create").unwrap();
            let me = admin.get("/auth/me").body;
            assert_eq!(made["actor_id"], me["user"]["id"], "{made} {me}");
            assert_eq!(
                (&made["actor_kind"], &made["outcome"]),
                (&json!("user"), &json!("success"))
            );

            // Who may make no coupons causes none.
            let editor = server.sign_in("editor@acme.example", "acme");
            publish(&editor, "NOT INTRODUCED");
            me["user"]["id"].as_str().unwrap().to_owned()
        };
        // The same job once more, of somebody who was demoted before it ran.
        application.execute("UPDATE outbox SET done_at = NULL, due_at = created_at");
        application.execute(&format!(
            "DELETE FROM user_tenant_roles WHERE user_id = '{user_id}'"
        ));
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let before = coupons(&owner);
        let refused = until(|| entry(&owner, "outbox:run"));
        assert_eq!(refused["outcome"], "refused", "{refused}");
        let why = json!({
            "job": { "new": "introduce" },
            "permission": { "new": "products:read" },
        });
        assert_eq!(refused["changes"], why);
        assert_eq!(refused["actor_id"], user_id.as_str());
        assert_eq!(coupons(&owner), before);
        // The other tenant has neither coupon nor entry.
        let other = server.sign_in("owner@globex.example", "globex");
        assert_eq!(coupons(&other), 0);
        assert_eq!(entry(&other, "outbox:run"), None);
    }
}

#[test]
fn the_page_quotes_what_runs() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let lines =
        |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let sources = ["handlers/products.rs", "jobs.rs", "main.rs"];
    let sources = sources.map(|file| lines(&read(&format!("examples/storefront/src/{file}"))));
    let page = read("docs/jobs.md");
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let quoted = lines(block.split("```").next().unwrap());
        let is_quoted = sources
            .iter()
            .any(|source| source.windows(quoted.len()).any(|lines| lines == quoted));
        assert!(is_quoted, "this runs nowhere:\n{}", quoted.join("\n"));
    }
}
