//! Whose account an identity opens.

use std::collections::BTreeSet;

use super::*;
use crate::tenancy::testing::world::PASSWORD;

on_both! {
    an_address_that_is_not_verified_opens_nothing: unverified_on_sqlite, unverified_on_postgres;
    an_account_registered_in_advance_is_its_owners: hijack_on_sqlite, hijack_on_postgres;
    a_verified_account_opens_to_who_gives_the_address_out: domains_on_sqlite, domains_on_postgres;
    an_identity_is_its_issuer_and_subject: key_on_sqlite, key_on_postgres;
    twenty_first_visits_make_one_account: race_on_sqlite, race_on_postgres;
    a_suspended_account_stays_closed: suspended_on_sqlite, suspended_on_postgres;
}

async fn an_address_that_is_not_verified_opens_nothing(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@acme.example", None).await;
    let mut browser = stage.browser();
    for verified in [
        json!(false),
        json!(null),
        json!("false"),
        json!("true"),
        json!(1),
    ] {
        for email in ["ada@acme.example", "new@acme.example"] {
            let mut who = person("17", email);
            who["email_verified"] = verified.clone();
            let seen = stage.sign_in(&mut browser, "acme", who).await;
            refused(&seen, 403);
        }
    }
    let mut absent = person("17", "ada@acme.example");
    absent.as_object_mut().unwrap().remove("email_verified");
    refused(&stage.sign_in(&mut browser, "acme", absent).await, 403);
    // No address, or what is none.
    for email in [
        json!(null),
        json!(17),
        json!("ada"),
        json!(["ada@acme.example"]),
    ] {
        let mut who = person("17", "");
        who["email"] = email;
        refused(&stage.sign_in(&mut browser, "acme", who).await, 403);
    }
    // GitHub: another address of theirs is verified, the primary one is not.
    let mut who = person("17", "ada@acme.example");
    who["email_verified"] = json!(false);
    refused(&stage.sign_in(&mut browser, "github", who).await, 403);
    assert_eq!(stage.count("users").await, 1);
    assert_eq!(stage.count("identities").await, 0);
    assert_eq!(stage.count("sessions").await, 0);
}

async fn an_account_registered_in_advance_is_its_owners(place: Place) {
    let stage = Stage::open(place).await;
    // Mallory registers Ada's address, stays signed in and leaves whatever could open the account later.
    let mut mallory = stage.browser();
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let seen = mallory.post("", "/auth/signup", body).await;
    assert_eq!(seen.status, 201, "{}", seen.text);
    let mallorys = person("666", "mallory@example.com");
    link(&stage, &mut mallory, "globex", mallorys.clone()).await;
    // A link that waits for its return, and a change of the address that waits for its confirmation.
    let asked = mallory.post("", "/auth/oauth/github/link", json!({})).await;
    let location = asked.json()["location"].as_str().unwrap().to_owned();
    let sent = mallory.visit(&location).await;
    let waiting = stage
        .github
        .authorize(sent.location(), person("667", "mallory@example.com"));
    let sql =
        "INSERT INTO one_time_tokens (token_hash, purpose, user_id, email, created_at, expires_at)
        SELECT 'x', 'change_email', id, 'mallory@example.com', created_at, created_at FROM users";
    stage.world.app.write(sql, &[]).await;

    let mut ada = stage.browser();
    let seen = stage
        .sign_in(&mut ada, "globex", person("17", "ada@example.com"))
        .await;
    welcome(&seen, "/");
    assert_eq!(stage.me(&mut ada, "").await["email"], "ada@example.com");
    assert!(stage.verified_at_is_set("ada@example.com").await);

    // Nothing of Mallory's opens it any more.
    assert_eq!(mallory.get("", "/auth/me").await.status, 401);
    let refresh = mallory.post("", "/auth/refresh", json!({})).await;
    assert_eq!(refresh.status, 401);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(mallory.post("", "/auth/login", body).await.status, 401);
    refused(&mallory.visit(&waiting).await, 400);
    assert_eq!(stage.count("passwords").await, 0);
    assert_eq!(stage.count("one_time_tokens").await, 0);
    let identities = ada.get("", "/auth/identities").await.json();
    assert_eq!(identities["data"].as_array().unwrap().len(), 1);
    assert_eq!(identities["data"][0]["email"], "ada@example.com");
    // Mallory's identity is a new one now, of an account of its own.
    let seen = stage.sign_in(&mut mallory, "globex", mallorys).await;
    welcome(&seen, "/");
    let me = stage.me(&mut mallory, "").await;
    assert_eq!(me["email"], "mallory@example.com");
    assert!(
        stage
            .actions()
            .await
            .contains(&"auth.taken_over success".to_owned())
    );
}

/// Connects a provider to the account that is signed in.
async fn link(stage: &Stage, browser: &mut Browser<'_>, provider: &str, who: Json) {
    let path = format!("/auth/oauth/{provider}/link");
    let asked = browser.post("", &path, json!({})).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let sent = browser
        .visit(asked.json()["location"].as_str().unwrap())
        .await;
    let back = stage.fake(provider).authorize(sent.location(), who);
    let seen = browser.follow(&back).await;
    welcome(&seen, "/");
}

async fn a_verified_account_opens_to_who_gives_the_address_out(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@acme.example", None).await;
    stage.world.account("bob@example.com", None).await;
    let mut browser = stage.browser();
    // Verified at a provider that does not give these addresses out: somebody may have had them before.
    for (provider, email) in [
        ("acme", "bob@example.com"),
        ("acme", "BOB@example.com"),
        ("globex", "ada@acme.example"),
        ("github", "ada@acme.example"),
    ] {
        let seen = stage
            .sign_in(&mut browser, provider, person("17", email))
            .await;
        refused(&seen, 409);
        assert!(
            seen.text.contains("has an account already"),
            "{}",
            seen.text
        );
    }
    assert_eq!(stage.count("identities").await, 0);
    let seen = stage
        .sign_in(&mut browser, "acme", person("17", "Ada@Acme.Example"))
        .await;
    welcome(&seen, "/");
    assert_eq!(
        stage.me(&mut browser, "").await["email"],
        "ada@acme.example"
    );
    // The password is still theirs: nobody was put out.
    stage.browser().sign_in("", "ada@acme.example").await;
    assert_eq!(stage.count("users").await, 2);
}

async fn an_identity_is_its_issuer_and_subject(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("victim@acme.example", None).await;
    let (mut ada, mut bob) = (stage.browser(), stage.browser());
    let first = person("17", "ada@acme.example");
    welcome(&stage.sign_in(&mut ada, "acme", first).await, "/");
    // The same subject elsewhere is somebody else.
    let second = person("17", "bob@example.com");
    welcome(&stage.sign_in(&mut bob, "globex", second).await, "/");
    let (ada, bob) = (stage.me(&mut ada, "").await, stage.me(&mut bob, "").await);
    assert_ne!(ada["id"], bob["id"]);
    // An identity that takes the victim's address for its own stays who it is.
    for (provider, who) in [("acme", &ada), ("globex", &bob)] {
        let mut browser = stage.browser();
        let changed = person("17", "victim@acme.example");
        welcome(&stage.sign_in(&mut browser, provider, changed).await, "/");
        assert_eq!(stage.me(&mut browser, "").await, *who);
        // Nor does it matter that it is not verified there.
        let unverified = json!({ "sub": "17" });
        welcome(
            &stage.sign_in(&mut browser, provider, unverified).await,
            "/",
        );
        assert_eq!(stage.me(&mut browser, "").await, *who);
    }
    assert_eq!(stage.count("users").await, 3);
    assert_eq!(stage.count("identities").await, 2);
}

async fn twenty_first_visits_make_one_account(place: Place) {
    let stage = Stage::open(place).await;
    let mut requests = Vec::new();
    for _ in 0..20 {
        let mut browser = stage.browser();
        let back = stage
            .visit(&mut browser, "globex", person("17", "ada@example.com"))
            .await;
        let cookie = browser.jar["localhost:8080"]["__Host-oauth"].clone();
        let path = back.strip_prefix("http://localhost:8080").unwrap();
        let request = Request::get(path)
            .header(header::HOST, "localhost:8080")
            .header(header::COOKIE, format!("__Host-oauth={cookie}"))
            .body(axum::body::Body::empty())
            .unwrap();
        requests.push(request);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for request in requests {
        let router = stage.world.router();
        tasks.spawn(async move {
            tower::ServiceExt::oneshot(router, request)
                .await
                .unwrap()
                .status()
        });
    }
    let statuses: BTreeSet<u16> = tasks
        .join_all()
        .await
        .iter()
        .map(http::StatusCode::as_u16)
        .collect();
    assert_eq!(statuses, BTreeSet::from([303]));
    assert_eq!(stage.count("users").await, 1);
    assert_eq!(stage.count("identities").await, 1);
    assert_eq!(stage.count("sessions").await, 20);
}

async fn a_suspended_account_stays_closed(place: Place) {
    let stage = Stage::open(place).await;
    let mut browser = stage.browser();
    let ada = || person("17", "ada@acme.example");
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
    let sql = "UPDATE users SET status = 'suspended'";
    stage.world.app.write(sql, &[]).await;
    let mut browser = stage.browser();
    refused(&stage.sign_in(&mut browser, "acme", ada()).await, 401);
    // Nor does another identity with its address open it.
    let other = person("18", "ada@acme.example");
    refused(&stage.sign_in(&mut browser, "acme", other).await, 401);
    assert_eq!(stage.count("sessions").await, 1);
    let actions = stage.actions().await;
    assert_eq!(
        actions[actions.len() - 2..],
        ["auth.login_failed refused"; 2]
    );
}

#[tokio::test]
async fn an_account_of_the_platform_is_not_taken_over() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    let body = json!({ "email": "root@example.com", "password": PASSWORD });
    assert_eq!(browser.post("", "/auth/signup", body).await.status, 201);
    let sql = "INSERT INTO platform_roles (user_id, role, created_at) SELECT id, 'support', created_at FROM users";
    stage.world.app.write(sql, &[]).await;
    let mut other = stage.browser();
    let root = person("17", "root@example.com");
    refused(&stage.sign_in(&mut other, "globex", root).await, 409);
    assert_eq!(browser.get("", "/auth/me").await.status, 200);
}

#[tokio::test]
async fn nobody_joins_where_sign_up_is_closed() {
    for model in [&CLOSED, &INVITE_ONLY] {
        let stage = Stage::of(Place::Sqlite, model).await;
        stage.world.account("ada@acme.example", None).await;
        let mut browser = stage.browser();
        let new = person("18", "new@acme.example");
        refused(&stage.sign_in(&mut browser, "acme", new).await, 403);
        assert_eq!(stage.count("users").await, 1);
        // Whoever has an account already is let in.
        let ada = person("17", "ada@acme.example");
        welcome(&stage.sign_in(&mut browser, "acme", ada).await, "/");
    }
}

#[tokio::test]
async fn without_passwords_nothing_takes_one() {
    let stage = Stage::of(Place::Sqlite, &WITHOUT_PASSWORDS).await;
    stage.world.account("ada@acme.example", None).await;
    let mut browser = stage.browser();
    for path in ["/auth/login", "/auth/signup"] {
        let body = json!({ "email": "ada@acme.example", "password": PASSWORD });
        let seen = browser.post("", path, body).await;
        assert_eq!(
            (seen.status, &seen.json()["code"]),
            (404, &json!("not_found"))
        );
    }
    let ada = person("17", "ada@acme.example");
    welcome(&stage.sign_in(&mut browser, "acme", ada).await, "/");
}

#[tokio::test]
async fn registrations_that_wait_for_the_address_are_over() {
    let stage = Stage::open(Place::Sqlite).await;
    let insert = "INSERT INTO pending_registrations (token_hash, email, email_normalized, name, created_at, expires_at) \
        VALUES ($1, $2, $2, 'x', 0, 9000000000000000)";
    for email in ["ada@acme.example", "old@acme.example", "other@acme.example"] {
        let args = [email.to_owned().into_value(), email.to_owned().into_value()];
        stage.world.app.write(insert, &args).await;
    }
    stage.world.account("old@acme.example", None).await;
    stage
        .world
        .app
        .write(
            insert,
            &[
                "again".to_owned().into_value(),
                "old@acme.example".to_owned().into_value(),
            ],
        )
        .await;
    let mut browser = stage.browser();
    for (sub, email) in [("17", "ada@acme.example"), ("18", "old@acme.example")] {
        welcome(
            &stage
                .sign_in(&mut browser, "acme", person(sub, email))
                .await,
            "/",
        );
    }
    let left: Vec<String> = stage
        .world
        .app
        .column("SELECT email FROM pending_registrations", &[])
        .await;
    assert_eq!(left, ["other@acme.example"]);
}
