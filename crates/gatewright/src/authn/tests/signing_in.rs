use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::authn::{Session, Transport, refresh};
use crate::http::{Host, Origin};
use crate::store::{Mode, Scope, Value as Stored};

fn bearer(token: &Value) -> HeaderMap {
    let value = format!("Bearer {}", token.as_str().unwrap());
    HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap())])
}

async fn session_of(app: &App, headers: &HeaderMap) -> Result<Session, &'static str> {
    let verified = crate::authn::verify(&app.runtime, headers).await;
    let verified = verified.map_err(|error| error.code())?;
    let database = &app.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    let session = verified.unwrap().session(&mut transaction).await;
    session.map_err(|error| error.code())
}

async fn bearer_login(app: &App) -> Value {
    body(
        log_in(app.request(), "ada@example.com", PASSWORD, "bearer")
            .await
            .unwrap(),
    )
    .await
}

async fn refresh_bearer(app: &App, token: &Value) -> Result<Value, Error> {
    Ok(body(refresh::refresh(app.request(), post(json!({ "refresh_token": token }))).await?).await)
}

fn cookies(response: &Response) -> Vec<(String, String)> {
    let lines = response.headers().get_all(header::SET_COOKIE).iter();
    let pair = |line: &HeaderValue| {
        let pair = line
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .split_once('=')
            .unwrap();
        (pair.0.to_owned(), pair.1.to_owned())
    };
    lines.map(pair).collect()
}

#[tokio::test]
async fn a_bearer_session_has_tokens_in_its_body_and_no_cookie() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", Some("acme")).await;
    let request = app.request_to(Host::Base, Origin::Unproven);
    let response = log_in(request, " ADA@example.com", PASSWORD, "bearer")
        .await
        .unwrap();
    assert!(cookies(&response).is_empty());
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let answer = body(response).await;
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(600))
    );
    assert_eq!(answer["tenants"][0]["slug"], "acme");
    let session = session_of(&app, &bearer(&answer["access_token"]))
        .await
        .unwrap();
    assert_eq!(
        (session.user.email.as_str(), session.transport),
        ("ada@example.com", Transport::Bearer)
    );
    assert_eq!(
        session.host_tenant.map(|id| json!(id)),
        Some(answer["tenants"][0]["id"].clone())
    );
    let stored: Vec<String> = app
        .column("SELECT token_hash FROM refresh_tokens", &[])
        .await;
    assert!(!stored.iter().any(|hash| answer["refresh_token"] == *hash));
}

#[tokio::test]
async fn a_cookie_session_has_cookies_and_no_token_in_its_body() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", Some("acme")).await;
    let unproven = app.request_to(Host::Base, Origin::Unproven);
    let refused = log_in(unproven, "ada@example.com", PASSWORD, "cookie")
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "cross_origin");

    let host = Host::Tenant("acme".to_owned());
    let response = log_in(
        app.request_to(host, Origin::Same),
        "ada@example.com",
        PASSWORD,
        "cookie",
    )
    .await
    .unwrap();
    let [(access_name, access), (refresh_name, refresh_token)] =
        cookies(&response).try_into().unwrap();
    assert_eq!(
        (access_name.as_str(), refresh_name.as_str()),
        ("__Host-access", "__Host-refresh")
    );
    let answer = text(response).await;
    assert!(
        !answer.contains("token") && !answer.contains(&access),
        "{answer}"
    );
    assert!(!answer.contains("expires_in"), "{answer}");

    let cookie = HeaderValue::try_from(format!(
        "__Host-access={access}; __Host-refresh={refresh_token}"
    ))
    .unwrap();
    let session = session_of(
        &app,
        &HeaderMap::from_iter([(header::COOKIE, cookie.clone())]),
    )
    .await
    .unwrap();
    assert!(session.host_tenant.is_some());
    // The same token in the other transport is worth nothing.
    assert_eq!(
        session_of(&app, &bearer(&json!(access))).await.unwrap_err(),
        "unauthenticated"
    );

    let by_cookie = |origin| {
        let request = Request::post("/")
            .header(header::COOKIE, &cookie)
            .body(Body::empty())
            .unwrap();
        refresh::refresh(
            app.request_to(Host::Tenant("acme".to_owned()), origin),
            request,
        )
    };
    assert_eq!(
        by_cookie(Origin::Unproven).await.unwrap_err().code(),
        "cross_origin"
    );
    assert!(refresh_bearer(&app, &json!(refresh_token)).await.is_err());
    let renewed = by_cookie(Origin::Same).await.unwrap();
    assert_eq!(cookies(&renewed).len(), 2);
    assert_eq!(body(renewed).await, json!({ "expires_in": 600 }));
}

#[tokio::test]
async fn unknown_and_wrong_are_one_answer_and_leave_a_trace() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let wrong = log_in(app.request(), "ada@example.com", "wrong password", "bearer")
        .await
        .unwrap_err();
    let unknown = log_in(app.request(), "eve@example.com", PASSWORD, "bearer")
        .await
        .unwrap_err();
    let senseless = log_in(app.request(), "'; DROP TABLE users --", PASSWORD, "bearer")
        .await
        .unwrap_err();
    for error in [wrong, unknown, senseless] {
        assert_eq!(
            (error.status(), error.code()),
            (StatusCode::UNAUTHORIZED, "unauthenticated")
        );
    }
    app.write("UPDATE users SET status = 'suspended'", &[])
        .await;
    let suspended = log_in(app.request(), "ada@example.com", PASSWORD, "bearer")
        .await
        .unwrap_err();
    assert_eq!(suspended.code(), "unauthenticated");
    let failed =
        "SELECT target FROM platform_audit_log WHERE action = 'auth.login_failed' ORDER BY id";
    let targets: Vec<Option<String>> = app.column(failed, &[]).await;
    let user: Vec<Uuid> = app.column("SELECT id FROM users", &[]).await;
    assert_eq!(
        targets,
        [
            Some(user[0].to_string()),
            None,
            None,
            Some(user[0].to_string())
        ]
    );
}

#[tokio::test]
async fn a_tenants_host_is_closed_to_others_after_the_right_password_only() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", Some("acme")).await;
    account(&app, "eve@example.com", None).await;
    for slug in ["acme", "no-such-tenant"] {
        let request = || app.request_to(Host::Tenant(slug.to_owned()), Origin::Same);
        let refused = log_in(request(), "eve@example.com", PASSWORD, "cookie")
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "tenant_forbidden");
        let wrong = log_in(request(), "eve@example.com", "wrong password", "cookie")
            .await
            .unwrap_err();
        assert_eq!(wrong.code(), "unauthenticated");
    }
    assert_eq!(app.count("sessions").await, 0);
}

#[tokio::test]
async fn a_revoked_expired_or_suspended_session_is_over_at_once() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let past = Stored::Timestamp(Timestamp::UNIX_EPOCH);
    let endings = [
        "UPDATE sessions SET revoked_at = $1",
        "UPDATE sessions SET expires_at = $1",
        "UPDATE users SET status = 'suspended', created_at = $1",
    ];
    for ending in endings {
        let answer = bearer_login(&app).await;
        assert!(
            session_of(&app, &bearer(&answer["access_token"]))
                .await
                .is_ok()
        );
        app.write(ending, std::slice::from_ref(&past)).await;
        assert_eq!(
            session_of(&app, &bearer(&answer["access_token"]))
                .await
                .unwrap_err(),
            "unauthenticated"
        );
        assert_eq!(
            refresh_bearer(&app, &answer["refresh_token"])
                .await
                .unwrap_err()
                .code(),
            "unauthenticated"
        );
    }
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_its_whole_session() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let first = bearer_login(&app).await;
    let other = bearer_login(&app).await;
    let second = refresh_bearer(&app, &first["refresh_token"]).await.unwrap();
    let third = refresh_bearer(&app, &second["refresh_token"])
        .await
        .unwrap();
    assert_ne!(second["refresh_token"], third["refresh_token"]);

    assert!(refresh_bearer(&app, &first["refresh_token"]).await.is_err());
    assert!(
        refresh_bearer(&app, &third["refresh_token"]).await.is_err(),
        "the newest descendant is dead too"
    );
    assert!(
        session_of(&app, &bearer(&third["access_token"]))
            .await
            .is_err()
    );
    assert!(
        refresh_bearer(&app, &second["refresh_token"])
            .await
            .is_err()
    );
    let reused = actions(&app)
        .await
        .into_iter()
        .filter(|action| action == "auth.refresh_reused refused")
        .count();
    assert_eq!(reused, 1, "one entry for one theft");
    assert!(
        session_of(&app, &bearer(&other["access_token"]))
            .await
            .is_ok(),
        "other sessions go on"
    );
}

#[tokio::test]
async fn of_two_who_race_with_a_refresh_token_one_wins() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let answer = bearer_login(&app).await;
    let token = &answer["refresh_token"];
    let (one, two) = tokio::join!(refresh_bearer(&app, token), refresh_bearer(&app, token));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
}

#[tokio::test]
async fn refreshing_does_not_move_a_sessions_end() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let ends = "SELECT expires_at FROM sessions";
    let answer = bearer_login(&app).await;
    let before: Vec<Timestamp> = app.column(ends, &[]).await;
    refresh_bearer(&app, &answer["refresh_token"])
        .await
        .unwrap();
    assert_eq!(app.column::<Timestamp>(ends, &[]).await, before);
}

#[tokio::test]
async fn one_kind_of_token_is_not_another() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let answer = bearer_login(&app).await;
    sign_up(app.request(), "kim@example.com", None)
        .await
        .unwrap();
    let link = json!(mailed_token(&app).await);
    let (access, refresh_token) = (&answer["access_token"], &answer["refresh_token"]);
    for token in [refresh_token, &link] {
        assert_eq!(
            session_of(&app, &bearer(token)).await.unwrap_err(),
            "unauthenticated"
        );
    }
    for token in [access, &link] {
        assert_eq!(
            refresh_bearer(&app, token).await.unwrap_err().code(),
            "unauthenticated"
        );
    }
    for token in [access, refresh_token] {
        assert_eq!(
            verify(&app, token.as_str().unwrap(), PASSWORD)
                .await
                .status(),
            422
        );
    }
    assert!(
        refresh_bearer(&app, refresh_token).await.is_ok(),
        "none of this spent it"
    );
}

#[tokio::test]
async fn a_refresh_token_that_can_do_nothing_does_not_wait_for_the_writer() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let over = bearer_login(&app).await;
    app.write(
        "UPDATE sessions SET revoked_at = $1",
        &[Stored::Timestamp(Timestamp::now())],
    )
    .await;
    let unknown = OpaqueToken::generate(Purpose::Refresh).unwrap();
    let database = &app.runtime.database;
    let writer = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    for token in [&json!(unknown.reveal()), &over["refresh_token"]] {
        let answer = refresh_bearer(&app, token);
        let answer = tokio::time::timeout(Duration::from_secs(1), answer).await;
        assert_eq!(answer.unwrap().unwrap_err().code(), "unauthenticated");
    }
    drop(writer);
}
