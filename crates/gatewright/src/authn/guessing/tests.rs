//! Guessing over HTTP, on both databases.

mod counting;
mod everywhere;
mod waiting;

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use http::header;
use serde_json::{Value as Json, json};

use super::subject::AccountKey;
use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::world::{PASSWORD, World, read, request};

const WRONG: &str = "not the password of anybody";

/// An answer, as far as it may differ from others.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    retry_after: Option<u64>,
    /// Without the request's id.
    body: Json,
}

async fn seen(response: Response) -> Seen {
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let retry_after = retry_after.map(|value| value.to_str().unwrap().parse().unwrap());
    let (status, mut body) = read(response).await;
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    Seen {
        status: status.as_u16(),
        retry_after,
        body,
    }
}

/// The same request from another peer.
fn from(peer: &str, mut request: Request) -> Request {
    let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
    request.extensions_mut().insert(peer);
    request
}

fn login(email: &str, password: &str) -> Request {
    let body = json!({ "email": email, "password": password, "transport": "bearer" });
    request("POST", "", "/auth/login", None, Some(body))
}

/// Signs in from a peer.
async fn try_login(world: &World, peer: &str, email: &str, password: &str) -> Seen {
    seen(world.raw(from(peer, login(email, password))).await).await
}

fn account(email: &str) -> String {
    let key = format!("{:?}", AccountKey::of_text(email));
    key.split('"').nth(1).unwrap().to_owned()
}

/// Makes it so that `subject` failed so often, the last time so many seconds ago.
async fn failed(world: &World, subject: &str, failures: i64, seconds_ago: u64) {
    let last_at = clock::before(clock::now(), Duration::from_secs(seconds_ago));
    let sql = "INSERT INTO password_attempts (subject, failures, last_at) VALUES ($1, $2, $3)
        ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at";
    let args = [
        subject.to_owned().into_value(),
        failures.into_value(),
        last_at.into_value(),
    ];
    world.app.write(sql, &args).await;
}

/// The failures that count against `subject`; `None` where nothing is kept.
async fn failures(world: &World, subject: &str) -> Option<i64> {
    let sql = "SELECT failures FROM password_attempts WHERE subject = $1";
    let args = [subject.to_owned().into_value()];
    world.app.column(sql, &args).await.into_iter().next()
}
