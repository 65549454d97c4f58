use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequest;
use http::StatusCode;
use uuid::Uuid;

use super::*;
use crate::authn::create_super_admin;
use crate::http::{Host, Origin};
use crate::mail::deliver_forever;
use crate::store::{Scope, Value as Stored};

#[tokio::test]
async fn a_verified_address_becomes_a_user_with_a_tenant_that_they_own() {
    let app = App::verifying().await;
    assert_eq!(
        sign_up(app.request(), "Ada@Example.com", Some("acme"))
            .await
            .unwrap()
            .status(),
        202
    );
    assert_eq!(app.count("users").await, 0);
    let token = mailed_token(&app).await;
    let stored: Vec<String> = app
        .column("SELECT token_hash FROM pending_registrations", &[])
        .await;
    assert!(!stored.contains(&token));

    assert_eq!(verify(&app, &token, "another password").await.status(), 422);
    assert_eq!(
        app.count("pending_registrations").await,
        1,
        "a wrong password costs no link"
    );
    assert_eq!(verify(&app, &token, PASSWORD).await.status(), 200);
    assert_eq!(
        verify(&app, &token, PASSWORD).await.status(),
        422,
        "a link is good once"
    );

    let emails: Vec<String> = app.column("SELECT email_normalized FROM users", &[]).await;
    assert_eq!(emails, ["ada@example.com"]);
    let ids: Vec<Uuid> = app.column("SELECT id FROM tenants", &[]).await;
    let scope = Scope::Tenant(ids[0]);
    let roles: Vec<String> = app
        .column_in(scope, "SELECT name FROM roles ORDER BY name", &[])
        .await;
    assert_eq!(roles, ["owner", "viewer"]);
    let entries: Vec<String> = app
        .column_in(scope, "SELECT action FROM audit_log", &[])
        .await;
    assert_eq!(entries, ["tenant:create"]);
    let traced =
        "SELECT address FROM audit_log WHERE actor_id IS NOT NULL AND request_id IS NOT NULL";
    let addresses: Vec<String> = app.column_in(scope, traced, &[]).await;
    assert_eq!(addresses, ["127.0.0.1"]);
    assert_eq!(actions(&app).await, ["auth.registered success"]);

    let answer = log_in(app.request(), "ada@example.com", PASSWORD, "bearer").await;
    let answer = body(answer.unwrap()).await;
    assert_eq!(answer["tenants"][0]["roles"], json!(["owner"]));
}

#[tokio::test]
async fn a_known_address_is_answered_alike_and_told_by_mail() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let known = sign_up(app.request(), "ADA@example.com", None)
        .await
        .unwrap();
    let unknown = sign_up(app.request(), "eve@example.com", None)
        .await
        .unwrap();
    assert_eq!(
        (known.status(), text(known).await),
        (unknown.status(), text(unknown).await)
    );
    let subjects: Vec<String> = app
        .column("SELECT subject FROM account_outbox ORDER BY id", &[])
        .await;
    assert_eq!(
        subjects,
        [
            "Confirm your address for Storefront",
            "You already have an account at Storefront",
            "Confirm your address for Storefront"
        ]
    );
}

#[tokio::test]
async fn a_strangers_registration_dies_with_the_owners() {
    let app = App::verifying().await;
    let stranger = json!({ "email": "ada@example.com", "password": "stranger's choice" });
    signup::signup(app.request(), parsed(stranger))
        .await
        .unwrap();
    let strangers_token = mailed_token(&app).await;
    account(&app, "ada@example.com", None).await;
    assert_eq!(
        verify(&app, &strangers_token, "stranger's choice")
            .await
            .status(),
        422
    );
    assert!(
        log_in(
            app.request(),
            "ada@example.com",
            "stranger's choice",
            "bearer"
        )
        .await
        .is_err()
    );
}

#[tokio::test]
async fn a_slug_is_taken_once_and_a_loser_changes_nothing() {
    let app = App::verifying().await;
    sign_up(app.request(), "ada@example.com", Some("acme"))
        .await
        .unwrap();
    let first = mailed_token(&app).await;
    sign_up(app.request(), "eve@example.com", Some("acme"))
        .await
        .unwrap();
    let second = mailed_token(&app).await;
    assert_eq!(verify(&app, &first, PASSWORD).await.status(), 200);
    assert_eq!(verify(&app, &second, PASSWORD).await.status(), 409);
    assert_eq!(
        (app.count("users").await, app.count("tenants").await),
        (1, 1)
    );
    assert_eq!(
        app.count("pending_registrations").await,
        1,
        "the link was not spent"
    );
    let error = sign_up(app.request(), "kim@example.com", Some("acme"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.extra().errors[0].field.as_str()),
        (StatusCode::CONFLICT, "tenant.slug")
    );
}

#[tokio::test]
async fn of_two_who_race_with_a_link_one_wins() {
    let app = App::verifying().await;
    sign_up(app.request(), "ada@example.com", Some("acme"))
        .await
        .unwrap();
    let token = mailed_token(&app).await;
    let (one, two) = tokio::join!(
        verify(&app, &token, PASSWORD),
        verify(&app, &token, PASSWORD)
    );
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(app.count("users").await, 1);
}

#[tokio::test]
async fn an_expired_link_is_an_unknown_link() {
    let app = App::verifying().await;
    sign_up(app.request(), "ada@example.com", None)
        .await
        .unwrap();
    let token = mailed_token(&app).await;
    let past = Stored::Timestamp(jiff::Timestamp::UNIX_EPOCH);
    app.write("UPDATE pending_registrations SET expires_at = $1", &[past])
        .await;
    let expired = verify(&app, &token, PASSWORD).await;
    let unknown = verify(&app, &format!("gwv_{}", "A".repeat(43)), PASSWORD).await;
    assert_eq!(
        (expired.status().as_u16(), text(expired).await),
        (422, text(unknown).await)
    );
}

#[tokio::test]
async fn without_verification_an_account_comes_with_its_session() {
    let app = App::at_once().await;
    let response = sign_up(app.request(), "ada@example.com", Some("acme"))
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(
        response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .count(),
        2
    );
    assert_eq!(
        body(response).await["tenants"][0]["roles"],
        json!(["owner"])
    );
    let again = sign_up(app.request(), "ada@example.com", None)
        .await
        .unwrap_err();
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let unproven = app.request_to(Host::Base, Origin::Unproven);
    assert_eq!(
        sign_up(unproven, "eve@example.com", None)
            .await
            .unwrap_err()
            .code(),
        "cross_origin"
    );
    assert_eq!(app.count("users").await, 1);
}

#[tokio::test]
async fn an_operators_link_makes_a_super_admin_or_promotes_an_account() {
    let app = App::verifying().await;
    account(&app, "ada@example.com", None).await;
    let link = create_super_admin(&app.runtime, "ada@example.com")
        .await
        .unwrap();
    let token = link.split("token=").nth(1).unwrap();
    assert_eq!(
        verify(&app, token, "a new password").await.status(),
        422,
        "an account keeps its password"
    );
    assert_eq!(verify(&app, token, PASSWORD).await.status(), 200);

    let link = create_super_admin(&app.runtime, "root@example.com")
        .await
        .unwrap();
    let token = link.split("token=").nth(1).unwrap();
    assert_eq!(
        verify(&app, token, "password").await.status(),
        422,
        "it must be a good one"
    );
    assert_eq!(
        verify(&app, token, "root's own password").await.status(),
        200
    );
    log_in(
        app.request(),
        "root@example.com",
        "root's own password",
        "bearer",
    )
    .await
    .unwrap();
    assert_eq!(
        app.column::<String>("SELECT role FROM platform_roles", &[])
            .await,
        ["super_admin", "super_admin"]
    );
}

#[tokio::test]
async fn the_form_answers_with_pages() {
    let app = App::verifying().await;
    let email = "o'hara&co@example.com";
    sign_up(app.request(), email, None).await.unwrap();
    let token = mailed_token(&app).await;
    let shown = |query: String| {
        let uri = format!("/auth/verify-email?{query}").parse().unwrap();
        verify_email::show_form(app.request(), uri)
    };
    let page = shown(format!("token={token}")).await;
    assert_eq!(page.status(), 200);
    let page = text(page).await;
    assert!(
        page.contains("o&#x27;hara&amp;co@example.com") && page.contains(&token),
        "{page}"
    );

    for query in [
        String::new(),
        "token".to_owned(),
        "token=%ff%zz&&=".to_owned(),
        format!("token={token}&token={token}"),
    ] {
        let page = shown(query.clone()).await;
        assert_eq!(page.status(), 422, "{query}");
        let page = text(page).await;
        assert!(page.contains("This link cannot be used"), "{page}");
    }

    let form = async |password: &str| {
        let mut request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={token}&password={password}")))
            .unwrap();
        request.extensions_mut().insert(app.request());
        let submitted = Submitted::from_request(request, &()).await.unwrap();
        verify_email::verify_email(app.request(), submitted)
            .await
            .unwrap()
    };
    let wrong = form("wrong+password").await;
    assert_eq!(wrong.status(), 422);
    let wrong = text(wrong).await;
    assert!(wrong.contains("not the password"), "{wrong}");
    assert!(wrong.contains("<title>Error: "), "{wrong}");
    let right = form(&PASSWORD.replace(' ', "+")).await;
    assert_eq!(right.status(), 303);
    assert_eq!(
        right.headers()[header::LOCATION],
        "/auth/login?notice=verified"
    );
    assert_eq!(form("x").await.status(), 422);
}

#[tokio::test]
async fn mail_is_delivered_and_its_secret_erased() {
    let app = App::verifying().await;
    sign_up(app.request(), "ada@example.com", None)
        .await
        .unwrap();
    let token = mailed_token(&app).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(deliver_forever(Arc::clone(&app.runtime), async {
        let _ = stopped.await;
    }));
    let sent = "SELECT body FROM account_outbox WHERE sent_at IS NOT NULL";
    let arrival = async {
        while app.column::<String>(sent, &[]).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrival)
        .await
        .unwrap();
    assert_eq!(app.column::<String>(sent, &[]).await, [""]);
    let files: Vec<_> = std::fs::read_dir(app.directory.join("mail"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
    let mail = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    assert!(
        mail.contains(&format!(
            "http://localhost:8080/auth/verify-email?token={token}\r\n"
        )),
        "{mail}"
    );
    stop.send(()).unwrap();
    worker.await.unwrap();
}
