//! The example's actions, as its handlers write them: from which state to which, by whom, and once.
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

/// Makes a record and gives its path.
fn make(caller: &Caller<'_>, resource: &str, record: &Value) -> String {
    let made = caller.post(&format!("/api/{resource}"), record);
    assert_eq!(made.status, 201, "{made:?}");
    made.header("location").unwrap().to_owned()
}

fn product(caller: &Caller<'_>, sku: &str, status: &str) -> String {
    let record = json!({ "name": "Anvil", "sku": sku, "price": "99.90", "status": status });
    make(caller, "products", &record)
}

fn order(caller: &Caller<'_>, number: &str, status: &str) -> String {
    let customer = &caller.ids("customers")[0];
    let record = json!({ "number": number, "customer_id": customer, "status": status });
    make(caller, "orders", &record)
}

fn act(caller: &Caller<'_>, path: &str, action: &str) -> Answer {
    caller.post(&format!("{path}/{action}"), &json!({}))
}

/// Refuses an action as a conflict with this code, and changes nothing.
fn assert_refused(caller: &Caller<'_>, path: &str, action: &str, code: &str) {
    let before = caller.get(path).body;
    let answer = act(caller, path, action);
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_eq!(answer.body["errors"][0]["field"], "status");
    assert_eq!(answer.body["errors"][0]["code"], code);
    assert_eq!(caller.get(path).body, before);
}

#[test]
fn a_draft_is_published_and_nothing_else_is() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let editor = server.sign_in("editor@acme.example", "acme");
        let draft = product(&editor, "DRAFT", "draft");
        let archived = product(&editor, "ARCHIVED", "archived");

        let published = act(&editor, &draft, "publish");
        assert_eq!(published.status, 200, "{published:?}");
        assert_eq!(published.header("etag"), Some(r#""2""#));
        assert_eq!(published.body["status"], "active");
        assert_refused(&editor, &draft, "publish", "not_a_draft");
        assert_refused(&editor, &archived, "publish", "not_a_draft");

        let viewer = server.sign_in("viewer@acme.example", "acme");
        let denied = act(&viewer, &draft, "publish");
        assert_eq!(
            (denied.status, &denied.body["permission"]),
            (403, &json!("products:publish"))
        );
    }
}

#[test]
fn of_many_who_publish_a_draft_at_once_one_does() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let editor = server.sign_in("editor@acme.example", "acme");
        let draft = product(&editor, "CONTESTED", "draft");
        let statuses: Vec<u16> = thread::scope(|scope| {
            let publish = || act(&editor, &draft, "publish").status;
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(publish)).collect();
            let answers = racers.into_iter().map(|racer| racer.join().unwrap());
            answers.collect()
        });
        let won = statuses.iter().filter(|status| **status == 200);
        assert_eq!(won.count(), 1, "{statuses:?}");
        let known = |status: &u16| matches!(status, 200 | 409 | 412);
        assert!(statuses.iter().all(known), "{statuses:?}");
        assert_eq!(editor.get(&draft).body["version"], 2);
    }
}

#[test]
fn a_paid_order_is_shipped_by_who_took_it_or_by_who_ships_all() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let clerk = server.sign_in("clerk@acme.example", "acme");
        let admin = server.sign_in("admin@acme.example", "acme");
        let [own, unpaid] = [("OWN", "paid"), ("UNPAID", "open")]
            .map(|(number, status)| order(&clerk, number, status));
        let anothers = order(&admin, "ANOTHERS", "paid");

        assert_eq!(act(&clerk, &own, "ship").body["status"], "shipped");
        assert_refused(&clerk, &own, "ship", "not_paid");
        assert_refused(&clerk, &unpaid, "ship", "not_paid");
        // Read by everybody, shipped by others: for the clerk's action it is not there.
        assert_eq!(clerk.get(&anothers).status, 200);
        assert_eq!(act(&clerk, &anothers, "ship").status, 404);
        assert_eq!(act(&admin, &anothers, "ship").body["status"], "shipped");
    }
}
