//! A forgotten password, over HTTP, on both databases.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::mailbox::{
    NEW, ada_and_eve, an_hour_later, ask, brief, log_in, logged, mails, me, signs_in_with, token,
    without_request,
};
use crate::authn::sign_in::Identified;
use crate::authn::{Password, Transport};
use crate::clock;
use crate::store::{Dialect, FieldValue, Mode, Scope, Value};
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, read, request};

const FORGOT: &str = "/auth/password/forgot";
const RESET: &str = "/auth/password/reset";
const ADA: &str = "Ada@Example.com";

on_both! {
    a_reset_ends_every_session_and_every_link: a_reset_on_sqlite, a_reset_on_postgres;
    a_link_that_is_not_good_is_answered_alike: bad_links_on_sqlite, bad_links_on_postgres;
    a_link_is_its_accounts_alone: its_accounts_on_sqlite, its_accounts_on_postgres;
    nobody_learns_who_has_an_account_by_forgetting: forgetting_on_sqlite, forgetting_on_postgres;
    an_inbox_is_not_filled_with_resets: resets_on_sqlite, resets_on_postgres;
    a_password_that_may_not_be_chosen_costs_no_link: weak_on_sqlite, weak_on_postgres;
    of_fifty_resets_one_wins: fifty_on_sqlite, fifty_on_postgres;
    an_account_that_nobody_verified_becomes_its_owners:
        pre_hijacked_on_sqlite, pre_hijacked_on_postgres;
    an_account_without_a_password_gets_one: no_password_yet_on_sqlite, no_password_yet_on_postgres;
    a_sign_in_that_is_under_way_ends_with_the_others: under_way_on_sqlite, under_way_on_postgres;
    who_guessed_too_often_is_let_in_after_a_reset: held_back_on_sqlite, held_back_on_postgres;
}

async fn forgot(world: &World, email: &str) -> String {
    let answer = ask(world, "POST", FORGOT, None, json!({ "email": email })).await;
    without_request(answer)
}

async fn reset(world: &World, token: &str, password: &str) -> (u16, Json) {
    let body = json!({ "token": token, "password": password });
    ask(world, "POST", RESET, None, body).await
}

async fn a_link(world: &World) -> String {
    forgot(world, ADA).await;
    token(world, ADA).await
}

const REFUSED: &str = "422 invalid_input token=invalid";

async fn a_reset_ends_every_session_and_every_link(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let (_, own) = log_in(&world, ADA, PASSWORD).await;
    let eves = world.sign_in("eve@example.com").await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", ADA).await;
    // A code of one of the sessions, still on its way, and something that one of them began with a provider.
    let asked = browser.get("", "/auth/handoff?from=acme").await;
    let issued = browser.visit(asked.location()).await;
    let flow = "INSERT INTO oauth_flows (state_hash, provider, browser_hash, sealed, session_id, created_at, expires_at) \
         SELECT 'x', 'x', 'x', 'x', id, created_at, expires_at FROM sessions \
         WHERE user_id = (SELECT id FROM users WHERE email = 'Ada@Example.com') LIMIT 1";
    world.app.write(flow, &[]).await;
    let link = a_link(&world).await;
    assert_eq!(world.app.count("one_time_tokens").await, 2);

    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    assert_eq!(world.app.count("one_time_tokens").await, 0);
    assert_eq!(world.app.count("oauth_flows").await, 0);
    assert_eq!(me(&world, own["access_token"].as_str().unwrap()).await, 401);
    let body = json!({ "refresh_token": own["refresh_token"] });
    assert_eq!(
        ask(&world, "POST", "/auth/refresh", None, body).await.0,
        401
    );
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
    let handed = browser.visit(issued.location()).await;
    assert!(handed.set_cookies().is_empty(), "{handed:?}");
    assert_eq!(me(&world, &eves).await, 200);
    assert_eq!(signs_in_with(&world, ADA).await, [NEW]);
    assert_eq!(signs_in_with(&world, "eve@example.com").await, [PASSWORD]);
    assert_eq!(
        brief(reset(&world, &link, PASSWORD).await),
        REFUSED,
        "it is spent"
    );
    assert_eq!(logged(&world, "auth.password_reset").await, 1);
    assert_eq!(
        mails(&world).await,
        [
            "Ada@Example.com: Choose a new password for Storefront",
            "Ada@Example.com: Your password for Storefront was changed"
        ]
    );
}

async fn a_link_that_is_not_good_is_answered_alike(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let superseded = a_link(&world).await;
    an_hour_later(&world).await;
    let spent = a_link(&world).await;
    let unknown =
        crate::authn::OpaqueToken::generate(crate::authn::opaque_token::Purpose::ResetPassword);
    let unknown = unknown.unwrap().reveal().to_owned();
    let expected = without_request(reset(&world, &unknown, NEW).await);
    assert!(expected.starts_with("422 "), "{expected}");
    let also = async |what: &str, token: &str| {
        let refused = without_request(reset(&world, token, NEW).await);
        assert_eq!(refused, expected, "{what}");
    };
    also("superseded", &superseded).await;
    assert_eq!(reset(&world, &spent, NEW).await.0, 204);
    also("spent", &spent).await;
    an_hour_later(&world).await;
    let expired = a_link(&world).await;
    // To the second before.
    let lifetime: Vec<jiff::Timestamp> = {
        let sql = "SELECT expires_at FROM one_time_tokens";
        world.app.column(sql, &[]).await
    };
    let left = lifetime[0].duration_since(clock::now());
    assert!((3_590..=3_600).contains(&left.as_secs()), "{left:?}");
    let expire = "UPDATE one_time_tokens SET expires_at = $1";
    let just_now = clock::before(clock::now(), Duration::from_secs(1));
    world.app.write(expire, &[just_now.into_value()]).await;
    also("expired", &expired).await;
    // An account that has another address by now, or is suspended.
    an_hour_later(&world).await;
    let old = a_link(&world).await;
    let change =
        "UPDATE users SET email = $1, email_normalized = $1 WHERE email = 'Ada@Example.com'";
    let other = "ada@new.example".to_owned().into_value();
    world.app.write(change, &[other]).await;
    also("of an address before", &old).await;
    let back = "UPDATE users SET email = 'Ada@Example.com', email_normalized = 'ada@example.com', \
         status = 'suspended' WHERE email = 'ada@new.example'";
    world.app.write(back, &[]).await;
    also("of a suspended account", &old).await;
    for other in [
        "",
        " ",
        "gwp_",
        "gwv_",
        &old.replacen("gwp_", "gwe_", 1),
        &format!("{old} "),
    ] {
        also("no link", other).await;
    }
    for wrong in [json!(1), json!([old]), json!({ "token": old })] {
        let body = json!({ "token": wrong, "password": NEW });
        let answer = ask(&world, "POST", RESET, None, body).await;
        assert_eq!(brief(answer), "422 invalid_input token=invalid_type");
    }
    let activate = "UPDATE users SET status = 'active'";
    world.app.write(activate, &[]).await;
    assert_eq!(
        reset(&world, &old, PASSWORD).await.0,
        204,
        "it was good all the time"
    );
}

async fn a_link_is_its_accounts_alone(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let eves: Vec<Uuid> = {
        let sql = "SELECT id FROM users WHERE email = 'eve@example.com'";
        world.app.column(sql, &[]).await
    };
    let link = a_link(&world).await;
    for (key, value) in [
        ("user_id", json!(eves[0])),
        ("email", json!("eve@example.com")),
    ] {
        let mut body = json!({ "token": link, "password": NEW });
        body[key] = value;
        let answer = brief(ask(&world, "POST", RESET, None, body).await);
        assert_eq!(answer, format!("422 invalid_input {key}=unknown_field"));
    }
    // Nor does it verify an address or confirm one.
    for (path, body) in [
        (
            "/auth/verify-email",
            json!({ "token": link, "password": PASSWORD }),
        ),
        ("/auth/email/confirm", json!({ "token": link })),
    ] {
        assert_eq!(brief(ask(&world, "POST", path, None, body).await), REFUSED);
    }
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    assert_eq!(signs_in_with(&world, "eve@example.com").await, [PASSWORD]);
    assert_eq!(signs_in_with(&world, ADA).await, [NEW]);
}

async fn nobody_learns_who_has_an_account_by_forgetting(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    world.account("gone@example.com", None).await;
    let suspend = "UPDATE users SET status = 'suspended' WHERE email = 'gone@example.com'";
    world.app.write(suspend, &[]).await;
    let expected = r#"202 {"request_id":null,"status":"reset_sent"}"#;
    // While another writes: the answer waits for no look at the database.
    let database = &world.app.runtime.database;
    let turn = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    for email in ["nobody@example.com", "gone@example.com", " ADA@example.com"] {
        assert_eq!(forgot(&world, email).await, expected, "{email}");
    }
    drop(turn);
    let subject = "Choose a new password for Storefront";
    assert_eq!(mails(&world).await, [format!("{ADA}: {subject}")]);
    // What is kept of each is the same, and tells no address.
    let sql = "SELECT subject FROM password_attempts";
    let kept: Vec<String> = world.app.column(sql, &[]).await;
    assert_eq!(kept.len(), 3);
    assert!(
        kept.iter()
            .all(|subject| subject.starts_with("mail:reset:") && !subject.contains('@'))
    );
    let answer = ask(&world, "POST", FORGOT, None, json!({ "email": "nobody" })).await;
    assert_eq!(brief(answer), "422 invalid_input email=invalid");
}

async fn an_inbox_is_not_filled_with_resets(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let link = a_link(&world).await;
    for _ in 0..5 {
        forgot(&world, ADA).await;
    }
    assert_eq!(mails(&world).await.len(), 1);
    assert_eq!(
        reset(&world, &link, NEW).await.0,
        204,
        "the one that was mailed is good"
    );
    forgot(&world, ADA).await;
    assert_eq!(
        mails(&world).await.len(),
        2,
        "with what tells of the change"
    );
    an_hour_later(&world).await;
    forgot(&world, ADA).await;
    assert_eq!(mails(&world).await.len(), 3);
}

async fn a_password_that_may_not_be_chosen_costs_no_link(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let link = a_link(&world).await;
    for (password, code) in [
        ("short", "too_short"),
        ("iloveyou", "too_common"),
        ("ada@example.com", "too_weak"),
        ("Storefront!", "too_weak"),
    ] {
        let answer = brief(reset(&world, &link, password).await);
        assert_eq!(answer, format!("422 invalid_input password={code}"));
        // Who has no link is told of that alone.
        assert_eq!(brief(reset(&world, "gwp_x", password).await), REFUSED);
    }
    assert_eq!(signs_in_with(&world, ADA).await, [PASSWORD]);
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
}

async fn of_fifty_resets_one_wins(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    for round in 0..5 {
        an_hour_later(&world).await;
        let link = a_link(&world).await;
        // In SQLite one request would be through before the next begins: all of them hash, and wait for their turn.
        let database = &world.app.runtime.database;
        let turn = match database.dialect() {
            Dialect::Sqlite => Some(database.begin(Scope::Accounts, Mode::Write).await.unwrap()),
            Dialect::Postgres => None,
        };
        let racers = (0..50).map(|racer| {
            let password = format!("{racer} green boats asleep, {round} in the reeds");
            let body = json!({ "token": link, "password": password });
            let request = request("POST", "", RESET, None, Some(body));
            let answer = tokio::spawn(world.router().oneshot(request));
            (password, answer)
        });
        let racers: Vec<_> = racers.collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(turn);
        let mut winners = Vec::new();
        for (password, racer) in racers {
            let (status, answer) = read(racer.await.unwrap().unwrap()).await;
            match status.as_u16() {
                204 => winners.push(password),
                // On a busy machine fifty hashes take longer than a request may.
                503 => {}
                status => assert_eq!(brief((status, answer)), REFUSED),
            }
        }
        let [password] = winners.as_slice() else {
            panic!("{} won", winners.len())
        };
        assert_eq!(log_in(&world, ADA, password).await.0, 200);
    }
    assert_eq!(logged(&world, "auth.password_reset").await, 5);
}

/// An identity of a user, for the test's statement.
fn attached_to(user: Uuid) -> [Value; 3] {
    let id = Uuid::now_v7();
    [
        user.into_value(),
        id.into_value(),
        id.to_string().into_value(),
    ]
}

/// A stranger signed up with Ada's address where none is verified first, and made themselves at home.
async fn an_account_that_nobody_verified_becomes_its_owners(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = ada_and_eve(&world).await;
    let unverified = "UPDATE users SET email_verified_at = NULL WHERE id = $1";
    world.app.write(unverified, &[ada.into_value()]).await;
    let strangers = world.sign_in(ADA).await;
    let identity = "INSERT INTO identities (id, user_id, provider, issuer, subject, created_at, last_used_at) \
         SELECT $2, id, 'x', 'https://x.example', $3, created_at, created_at FROM users WHERE id = $1";
    let eves = "SELECT id FROM users WHERE email = 'eve@example.com'";
    let eve: Uuid = world.app.column(eves, &[]).await.remove(0);
    for user in [ada, eve] {
        world.app.write(identity, &attached_to(user)).await;
    }
    let body = json!({ "email": "stranger@example.com", "password": PASSWORD });
    let asked = ask(&world, "POST", "/auth/email/change", Some(&strangers), body).await;
    assert_eq!(asked.0, 202);
    let confirm = token(&world, "stranger@example.com").await;

    let link = a_link(&world).await;
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    assert_eq!(me(&world, &strangers).await, 401);
    let left: Vec<Uuid> = world
        .app
        .column("SELECT user_id FROM identities", &[])
        .await;
    assert_eq!(left, [eve]);
    let body = json!({ "token": confirm });
    let answer = ask(&world, "POST", "/auth/email/confirm", None, body).await;
    assert_eq!(brief(answer), REFUSED);
    let sql = "SELECT email FROM users WHERE email_verified_at IS NOT NULL ORDER BY email";
    let verified: Vec<String> = world.app.column(sql, &[]).await;
    assert_eq!(verified, [ADA, "eve@example.com"]);

    // An owner who had verified it keeps what is theirs.
    world.app.write(identity, &attached_to(ada)).await;
    an_hour_later(&world).await;
    let link = a_link(&world).await;
    assert_eq!(reset(&world, &link, PASSWORD).await.0, 204);
    assert_eq!(world.app.count("identities").await, 2);
}

async fn an_account_without_a_password_gets_one(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    world.app.write("DELETE FROM passwords", &[]).await;
    let link = a_link(&world).await;
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    assert_eq!(signs_in_with(&world, ADA).await, [NEW]);
}

/// The password was right, and is another before the session is there.
async fn a_sign_in_that_is_under_way_ends_with_the_others(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let context = world.app.request();
    let under_way = async || {
        let password = Password::new(PASSWORD);
        let identified = Identified::by_password(&context, ADA, password)
            .await
            .unwrap();
        identified.admit(&context, Transport::Bearer).await.unwrap()
    };
    let (slow, slower) = (under_way().await, under_way().await);
    assert!(slow.open(&context).await.is_ok());
    let link = a_link(&world).await;
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    let refused = slower.open(&context).await.err().unwrap();
    assert_eq!(refused.code(), "unauthenticated");
    let sql = "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL";
    assert_eq!(world.app.column::<i64>(sql, &[]).await, [0]);
}

async fn who_guessed_too_often_is_let_in_after_a_reset(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    for _ in 0..6 {
        log_in(&world, ADA, NEW).await;
    }
    assert_eq!(log_in(&world, ADA, PASSWORD).await.0, 429);
    let link = a_link(&world).await;
    assert_eq!(reset(&world, &link, NEW).await.0, 204);
    assert_eq!(log_in(&world, ADA, NEW).await.0, 200);
}
