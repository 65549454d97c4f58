//! Requests of people who read their mail, for the tests of the flows that mail links.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::world::{PASSWORD, World};

/// Another password, good enough for anybody.
pub(super) const NEW: &str = "a quiet lamp on the harbour wall";

/// Asks at the base host, with a bearer token or without.
pub(super) async fn ask(
    world: &World,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Json,
) -> (u16, Json) {
    let (status, answer) = world.send(method, "", path, token, Some(body)).await;
    (status.as_u16(), answer)
}

/// A refusal's status and code, and what is wrong with which field.
pub(super) fn brief((status, answer): (u16, Json)) -> String {
    let mut brief = format!("{status} {}", answer["code"].as_str().unwrap_or_default());
    for error in answer["errors"].as_array().into_iter().flatten() {
        let part = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        brief += &format!(" {}={}", part("field"), part("code"));
    }
    brief.trim_end().to_owned()
}

/// The refusal's bytes, request id aside.
pub(super) fn without_request((status, mut answer): (u16, Json)) -> String {
    answer["request_id"] = Json::Null;
    format!("{status} {answer}")
}

pub(super) async fn log_in(world: &World, email: &str, password: &str) -> (u16, Json) {
    let body = json!({ "email": email, "password": password, "transport": "bearer" });
    ask(world, "POST", "/auth/login", None, body).await
}

/// Whether an access token opens its account.
pub(super) async fn me(world: &World, token: &str) -> u16 {
    let (status, _) = world.send("GET", "", "/auth/me", Some(token), None).await;
    status.as_u16()
}

/// `address: subject` of every mail, the oldest first, once all that were asked for are written.
pub(super) async fn mails(world: &World) -> Vec<String> {
    world.app.runtime.afterwards.finish().await;
    let sql = "SELECT recipient || ': ' || subject FROM account_outbox ORDER BY id";
    world.app.column(sql, &[]).await
}

/// The token in the latest mail to an address.
pub(super) async fn token(world: &World, address: &str) -> String {
    world.app.runtime.afterwards.finish().await;
    let sql = "SELECT body FROM account_outbox WHERE recipient = $1 ORDER BY id DESC";
    let args = [address.to_owned().into_value()];
    let bodies: Vec<String> = world.app.column(sql, &args).await;
    let body = bodies.first().unwrap();
    let token = body.split("token=").nth(1).unwrap();
    token.split_whitespace().next().unwrap().to_owned()
}

/// As if the last mail to anybody had been written an hour ago.
pub(super) async fn an_hour_later(world: &World) {
    let ago = clock::before(clock::now(), std::time::Duration::from_secs(3_600));
    let sql = "UPDATE password_attempts SET last_at = $1 WHERE subject LIKE 'mail:%'";
    world.app.write(sql, &[ago.into_value()]).await;
}

pub(super) async fn logged(world: &World, action: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM platform_audit_log WHERE action = $1";
    let args = [action.to_owned().into_value()];
    world.app.column(sql, &args).await.remove(0)
}

/// Ada and Eve, who have the password of all tests. Answers Ada's id.
pub(super) async fn ada_and_eve(world: &World) -> Uuid {
    world.account("eve@example.com", None).await;
    world.account("Ada@Example.com", Some("acme")).await
}

pub(super) async fn signs_in_with(world: &World, email: &str) -> Vec<&'static str> {
    let mut right = Vec::new();
    for password in [PASSWORD, NEW] {
        match log_in(world, email, password).await.0 {
            200 => right.push(password),
            status => assert_eq!(status, 401),
        }
    }
    right
}
