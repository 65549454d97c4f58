//! A record's version goes out as `ETag` and comes back as `If-Match`, over HTTP, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;
use std::thread;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::client::Answer;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

/// Sends a change that is meant for `if_match`.
fn change(caller: &Caller<'_>, if_match: &str, path: &str, patch: &Value) -> Answer {
    let header = format!("If-Match: {if_match}\r\n");
    caller.send_with(&header, "PATCH", path, Some(patch))
}

/// A new category's path, with the answer that made it.
fn category(caller: &Caller<'_>, name: &str) -> (String, Answer) {
    let made = caller.post("/api/categories", &json!({ "name": name }));
    assert_eq!(made.status, 201, "{made:?}");
    (made.header("location").unwrap().to_owned(), made)
}

#[test]
fn a_change_is_meant_for_a_version() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let (path, made) = category(&owner, "Versioned");
        assert_eq!(made.header("etag"), Some(r#""1""#));
        assert_eq!(owner.get(&path).header("etag"), Some(r#""1""#));

        let moved = change(&owner, r#""1""#, &path, &json!({ "position": 2 }));
        assert_eq!((moved.status, moved.header("etag")), (200, Some(r#""2""#)));
        for (if_match, expected) in [
            (r#""1""#, (412, "precondition_failed")),
            (r#"W/"2""#, (412, "precondition_failed")),
            ("2", (400, "invalid_header")),
        ] {
            let patch = json!({ "position": 3 });
            for answer in [
                change(&owner, if_match, &path, &patch),
                owner.send_with(&format!("If-Match: {if_match}\r\n"), "DELETE", &path, None),
            ] {
                let code = answer.body["code"].as_str().unwrap();
                assert_eq!((answer.status, code), expected, "{if_match}");
                assert_eq!(answer.header("etag"), None);
            }
        }
        assert_eq!(owner.get(&path).body["position"], 2);
        // A precondition on nothing says no more than that it is nothing.
        let globex = server.sign_in("owner@globex.example", "globex");
        for if_match in [r#""2""#, r#""7""#, "*"] {
            let answer = change(&globex, if_match, &path, &json!({ "position": 3 }));
            assert_eq!(answer.status, 404, "{if_match}: {answer:?}");
        }
        let any = change(&owner, "*", &path, &json!({ "position": 3 }));
        assert_eq!(any.header("etag"), Some(r#""3""#));
        let listed = "If-Match: \"1\"\r\nIf-Match: \"3\"\r\n";
        assert_eq!(owner.send_with(listed, "DELETE", &path, None).status, 204);
        assert_eq!(owner.get(&path).status, 404);
    }
}

#[test]
fn of_racing_changes_of_one_version_one_wins() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let (path, _) = category(&owner, "Contested");
        for round in 1..=5_i64 {
            let tag = format!("\"{round}\"");
            let mut statuses: Vec<u16> = thread::scope(|scope| {
                let racers: Vec<_> = (0..8)
                    .map(|racer| {
                        let patch = json!({ "position": round * 100 + racer });
                        let (owner, tag, path) = (&owner, &tag, &path);
                        scope.spawn(move || change(owner, tag, path, &patch).status)
                    })
                    .collect();
                let answers = racers.into_iter().map(|racer| racer.join().unwrap());
                answers.collect()
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
        }
        assert_eq!(owner.get(&path).body["version"], 6);
    }
}
