//! What each caller sees and may do, over HTTP, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

mod guarded;
mod own;
mod types;

use std::path::Path;
use std::sync::Arc;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::client::Answer;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// The application, filled, on each database.
fn applications() -> [Application; 2] {
    let stores = [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))];
    stores.map(|store| Application::seeded(Path::new(env!("CARGO_BIN_EXE_studio")), store))
}

/// Makes a record; answers it.
#[track_caller]
fn make(caller: &Caller<'_>, resource: &str, record: &Value) -> Value {
    let made = caller.post(&format!("/api/{resource}"), record);
    assert_eq!(made.status, 201, "{made:?}");
    made.body
}

/// The path of a task.
fn path(task: &Value) -> String {
    format!("/api/tasks/{}", task["id"].as_str().unwrap())
}

/// An answer's body without what differs from request to request.
fn comparable(mut answer: Answer) -> (u16, Value) {
    if let Some(body) = answer.body.as_object_mut() {
        body.remove("request_id");
    }
    (answer.status, answer.body)
}

/// Status, and field and code of the first error.
#[track_caller]
fn wrong(answer: &Answer) -> (u16, &str, &str) {
    let error = &answer.body["errors"][0];
    let text = |key: &str| {
        error[key]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {answer:?}"))
    };
    (answer.status, text("field"), text("code"))
}

fn task(title: &str) -> Value {
    json!({ "title": title })
}
