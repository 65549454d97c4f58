//! Another address for an account, over HTTP, on both databases.

use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::mailbox::{
    NEW, ada_and_eve, an_hour_later, ask, brief, log_in, logged, mails, me, token, without_request,
};
use crate::clock;
use crate::store::{Dialect, FieldValue, Mode, Scope};
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, request};

const CHANGE: &str = "/auth/email/change";
const CONFIRM: &str = "/auth/email/confirm";
const ADA: &str = "Ada@Example.com";
const THERE: &str = "Ada@New.example";
const REFUSED: &str = "422 invalid_input token=invalid";

on_both! {
    an_address_is_another_once_its_own_link_is_used: another_address_on_sqlite, another_address_on_postgres;
    a_change_that_is_not_proven_is_refused: unproven_on_sqlite, unproven_on_postgres;
    a_link_to_an_address_is_good_once_and_not_for_ever: one_link_on_sqlite, one_link_on_postgres;
    an_address_that_is_taken_looks_like_any_other: taken_on_sqlite, taken_on_postgres;
    an_address_can_be_taken_meanwhile: meanwhile_on_sqlite, meanwhile_on_postgres;
    a_change_dies_with_the_session_that_asked: dies_on_sqlite, dies_on_postgres;
    of_many_confirmations_one_counts: confirmations_on_sqlite, confirmations_on_postgres;
    without_a_password_the_sign_in_must_be_recent: recent_sign_in_on_sqlite, recent_sign_in_on_postgres;
}

async fn change(world: &World, access: &str, email: &str) -> (u16, Json) {
    let body = json!({ "email": email, "password": PASSWORD });
    ask(world, "POST", CHANGE, Some(access), body).await
}

async fn confirm(world: &World, token: &str) -> (u16, Json) {
    ask(world, "POST", CONFIRM, None, json!({ "token": token })).await
}

async fn addresses(world: &World) -> Vec<String> {
    let sql = "SELECT email || ' ' || email_normalized FROM users ORDER BY email";
    world.app.column(sql, &[]).await
}

async fn an_address_is_another_once_its_own_link_is_used(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = ada_and_eve(&world).await;
    let unverified = "UPDATE users SET email_verified_at = NULL WHERE id = $1";
    world.app.write(unverified, &[ada.into_value()]).await;
    let access = world.sign_in(ADA).await;
    let other = world.sign_in(ADA).await;
    ask(
        &world,
        "POST",
        "/auth/password/forgot",
        None,
        json!({ "email": ADA }),
    )
    .await;
    let reset = token(&world, ADA).await;
    // Somebody's sign-up with the address that will be Ada's.
    let pending = "INSERT INTO pending_registrations (token_hash, email, email_normalized, name, created_at, expires_at) \
         SELECT 'x', 'x', 'ada@new.example', 'x', created_at, created_at FROM users WHERE id = $1";
    world.app.write(pending, &[ada.into_value()]).await;

    let (status, answer) = change(&world, &access, THERE).await;
    assert_eq!(
        (status, answer),
        (202, json!({ "status": "confirmation_sent" }))
    );
    let link = token(&world, THERE).await;
    // Nothing has changed yet.
    assert_eq!(log_in(&world, ADA, PASSWORD).await.0, 200);
    assert_eq!(log_in(&world, THERE, PASSWORD).await.0, 401);

    assert_eq!(confirm(&world, &link).await.0, 204);
    assert_eq!(log_in(&world, ADA, PASSWORD).await.0, 401);
    assert_eq!(log_in(&world, THERE, PASSWORD).await.0, 200);
    assert_eq!(me(&world, &access).await, 200, "it asked");
    assert_eq!(me(&world, &other).await, 401);
    let now = [
        "Ada@New.example ada@new.example",
        "eve@example.com eve@example.com",
    ];
    assert_eq!(addresses(&world).await, now);
    let sql = "SELECT email FROM users WHERE email_verified_at IS NULL";
    assert_eq!(world.app.column::<String>(sql, &[]).await.len(), 0);
    assert_eq!(world.app.count("pending_registrations").await, 0);
    // What was mailed to the old address opens the account no more.
    let body = json!({ "token": reset, "password": NEW });
    let answer = ask(&world, "POST", "/auth/password/reset", None, body).await;
    assert_eq!(brief(answer), REFUSED);
    assert_eq!(world.app.count("one_time_tokens").await, 0);
    assert_eq!(
        mails(&world).await,
        [
            "Ada@Example.com: Choose a new password for Storefront",
            "Ada@New.example: Confirm your new address for Storefront",
            "Ada@Example.com: The address of your account at Storefront was changed"
        ]
    );
    assert_eq!(logged(&world, "auth.email_change_asked").await, 1);
    assert_eq!(logged(&world, "auth.email_changed").await, 1);
}

async fn a_change_that_is_not_proven_is_refused(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    for (body, expected) in [
        (
            json!({ "email": THERE }),
            "422 invalid_input password=required",
        ),
        (
            json!({ "email": THERE, "password": null }),
            "422 invalid_input password=required",
        ),
        (
            json!({ "email": THERE, "password": NEW }),
            "422 invalid_input password=incorrect",
        ),
        (
            json!({ "email": "there", "password": PASSWORD }),
            "422 invalid_input email=invalid",
        ),
        (
            json!({ "email": "ada@example.COM", "password": PASSWORD }),
            "422 invalid_input email=unchanged",
        ),
        (
            json!({ "email": THERE, "password": PASSWORD, "email_verified": true }),
            "422 invalid_input email_verified=unknown_field",
        ),
    ] {
        let answer = ask(&world, "POST", CHANGE, Some(&access), body.clone()).await;
        assert_eq!(brief(answer), expected, "{body}");
    }
    let body = json!({ "email": THERE, "password": PASSWORD });
    assert_eq!(ask(&world, "POST", CHANGE, None, body).await.0, 401);
    assert_eq!(logged(&world, "auth.password_rejected").await, 1);
    assert_eq!(mails(&world).await, [""; 0]);
    assert_eq!(world.app.count("one_time_tokens").await, 0);
    // It counts as a guess at any other place does.
    for _ in 0..6 {
        let body = json!({ "email": THERE, "password": NEW });
        ask(&world, "POST", CHANGE, Some(&access), body).await;
    }
    assert_eq!(change(&world, &access, THERE).await.0, 429);
    assert_eq!(log_in(&world, ADA, PASSWORD).await.0, 429);
}

async fn a_link_to_an_address_is_good_once_and_not_for_ever(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    change(&world, &access, "first@new.example").await;
    let superseded = token(&world, "first@new.example").await;
    change(&world, &access, THERE).await;
    let link = token(&world, THERE).await;
    let unknown =
        crate::authn::OpaqueToken::generate(crate::authn::opaque_token::Purpose::ChangeEmail);
    let unknown = unknown.unwrap().reveal().to_owned();
    let expected = without_request(confirm(&world, &unknown).await);
    let also = async |token: &str| {
        assert_eq!(
            without_request(confirm(&world, token).await),
            expected,
            "{token}"
        );
    };
    for token in [
        &superseded,
        "",
        " ",
        "gwe_",
        &link.replacen("gwe_", "gwp_", 1),
    ] {
        also(token).await;
    }
    for body in [
        json!({ "token": link, "email": "eve@evil.example" }),
        json!({ "token": [link] }),
        json!({}),
    ] {
        assert_eq!(ask(&world, "POST", CONFIRM, None, body).await.0, 422);
    }
    // It sets no password.
    let body = json!({ "token": link, "password": NEW });
    let answer = ask(&world, "POST", "/auth/password/reset", None, body).await;
    assert_eq!(brief(answer), REFUSED);
    assert_eq!(confirm(&world, &link).await.0, 204);
    also(&link).await;

    change(&world, &access, ADA).await;
    let link = token(&world, ADA).await;
    let sql = "SELECT expires_at FROM one_time_tokens";
    let expires_at: Vec<jiff::Timestamp> = world.app.column(sql, &[]).await;
    let left = expires_at[0].duration_since(clock::now()).as_secs();
    assert!((86_390..=86_400).contains(&left), "{left}");
    let expire = "UPDATE one_time_tokens SET expires_at = $1";
    world.app.write(expire, &[clock::now().into_value()]).await;
    also(&link).await;
    assert_eq!(
        addresses(&world).await[0],
        "Ada@New.example ada@new.example"
    );
    // The same address within half a minute brings no second mail.
    let before = mails(&world).await.len();
    assert_eq!(change(&world, &access, ADA).await.0, 202);
    assert_eq!(mails(&world).await.len(), before);
}

async fn an_address_that_is_taken_looks_like_any_other(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    let free = without_request(change(&world, &access, THERE).await);
    let taken = without_request(change(&world, &access, "eve@example.com").await);
    assert_eq!(taken, free);
    assert_eq!(
        mails(&world).await,
        [
            "Ada@New.example: Confirm your new address for Storefront",
            "eve@example.com: You already have an account at Storefront"
        ]
    );
    let sql =
        "SELECT body || COALESCE(html, '') FROM account_outbox WHERE recipient = 'eve@example.com'";
    let told: Vec<String> = world.app.column(sql, &[]).await;
    assert!(!told[0].contains("token="), "{told:?}");
}

async fn an_address_can_be_taken_meanwhile(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    change(&world, &access, THERE).await;
    let link = token(&world, THERE).await;
    world.account("ada@new.example", None).await;
    let answer = confirm(&world, &link).await;
    assert_eq!(brief(answer), "409 conflict email=taken");
    assert!(
        addresses(&world)
            .await
            .contains(&"Ada@Example.com ada@example.com".to_owned())
    );
    assert_eq!(me(&world, &access).await, 200);
    assert_eq!(log_in(&world, ADA, PASSWORD).await.0, 200);
}

async fn a_change_dies_with_the_session_that_asked(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let owners = world.sign_in(ADA).await;
    for end in ["logout", "password", "address", "suspension"] {
        an_hour_later(&world).await;
        let thiefs = world.sign_in(ADA).await;
        change(&world, &thiefs, "thief@evil.example").await;
        let link = token(&world, "thief@evil.example").await;
        match end {
            "logout" => {
                let body = json!({ "keep_current": true });
                ask(&world, "POST", "/auth/logout-all", Some(&owners), body).await;
            }
            "password" => {
                let body = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
                let path = "/auth/password/change";
                assert_eq!(ask(&world, "POST", path, Some(&owners), body).await.0, 204);
            }
            "address" => {
                change(&world, &owners, THERE).await;
                let own = token(&world, THERE).await;
                assert_eq!(confirm(&world, &own).await.0, 204);
                let back = "UPDATE users SET email = 'Ada@Example.com', email_normalized = 'ada@example.com' \
                     WHERE email = 'Ada@New.example'";
                world.app.write(back, &[]).await;
            }
            _ => {
                let suspend = "UPDATE users SET status = 'suspended'";
                world.app.write(suspend, &[]).await;
            }
        }
        assert_eq!(brief(confirm(&world, &link).await), REFUSED, "{end}");
    }
}

async fn of_many_confirmations_one_counts(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    change(&world, &access, THERE).await;
    let link = token(&world, THERE).await;
    let database = &world.app.runtime.database;
    let turn = match database.dialect() {
        Dialect::Sqlite => Some(database.begin(Scope::Accounts, Mode::Write).await.unwrap()),
        Dialect::Postgres => None,
    };
    let racers = (0..20).map(|_| {
        let request = request("POST", "", CONFIRM, None, Some(json!({ "token": link })));
        tokio::spawn(world.router().oneshot(request))
    });
    let racers: Vec<_> = racers.collect();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    drop(turn);
    let mut statuses = Vec::new();
    for racer in racers {
        statuses.push(racer.await.unwrap().unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    let mut expected = vec![422; 20];
    expected[0] = 204;
    assert_eq!(statuses, expected);
    assert_eq!(logged(&world, "auth.email_changed").await, 1);
}

async fn without_a_password_the_sign_in_must_be_recent(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada: Uuid = ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    world.app.write("DELETE FROM passwords", &[]).await;
    let with_one = change(&world, &access, THERE).await;
    assert_eq!(brief(with_one), "409 no_password");
    let old = clock::before(clock::now(), std::time::Duration::from_secs(601));
    let age = "UPDATE sessions SET authenticated_at = $1 WHERE user_id = $2";
    let args = [old.into_value(), ada.into_value()];
    world.app.write(age, &args).await;
    let body = json!({ "email": THERE });
    let answer = ask(&world, "POST", CHANGE, Some(&access), body.clone()).await;
    assert_eq!(brief(answer), "403 reauthentication_required");
    let args = [clock::now().into_value(), ada.into_value()];
    world.app.write(age, &args).await;
    assert_eq!(
        ask(&world, "POST", CHANGE, Some(&access), body).await.0,
        202
    );
    let link = token(&world, THERE).await;
    assert_eq!(confirm(&world, &link).await.0, 204);
}
