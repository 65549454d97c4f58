//! The flows against a database, below HTTP.

mod changing_address;
mod changing_password;
mod deleting;
mod mailbox;
mod new_devices;
mod own_account;
mod pages;
mod racing_tabs;
mod registering;
mod resending;
mod resetting;
mod sessions;
mod signing_in;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::testing::App;
use super::{login, signup, verify_email};
use crate::error::Error;
use crate::http::{Context, Json, Submitted};

const PASSWORD: &str = "correct horse battery";

fn parsed<T: serde::de::DeserializeOwned>(body: Value) -> Json<T> {
    Json(serde_json::from_value(body).unwrap())
}

async fn sign_up(context: Context, email: &str, tenant: Option<&str>) -> Result<Response, Error> {
    let tenant = tenant.map(|slug| json!({ "name": "Acme", "slug": slug }));
    signup::signup(
        context,
        parsed(json!({ "email": email, "password": PASSWORD, "tenant": tenant })),
    )
    .await
}

async fn log_in(
    context: Context,
    email: &str,
    password: &str,
    transport: &str,
) -> Result<Response, Error> {
    login::login(
        context,
        parsed(json!({ "email": email, "password": password, "transport": transport })),
    )
    .await
}

async fn verify(app: &App, token: &str, password: &str) -> Response {
    let Json(request) = parsed(json!({ "token": token, "password": password }));
    verify_email::verify_email(app.request(), Submitted::Json(request))
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

fn post(body: Value) -> Request {
    let request = Request::post("/").header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
    .unwrap()
}

async fn body(response: Response) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

/// The token in the latest mail that waits.
async fn mailed_token(app: &App) -> String {
    let bodies: Vec<String> = app
        .column("SELECT body FROM account_outbox ORDER BY id DESC", &[])
        .await;
    let body = bodies.first().unwrap();
    body.split("token=")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned()
}

/// An account, with a tenant of that slug if there is one.
async fn account(app: &App, email: &str, tenant: Option<&str>) {
    assert_eq!(
        sign_up(app.request(), email, tenant)
            .await
            .unwrap()
            .status(),
        202
    );
    let token = mailed_token(app).await;
    assert_eq!(verify(app, &token, PASSWORD).await.status(), 200);
}

async fn actions(app: &App) -> Vec<String> {
    app.column(
        "SELECT action || ' ' || outcome FROM platform_audit_log ORDER BY id",
        &[],
    )
    .await
}
