//! Changing a password and giving it again, over HTTP, on both databases.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::authn::{NewPassword, Owner, Password, Passwords};
use crate::authz::{Account, signed_in};
use crate::clock;
use crate::config::HashCost;
use crate::error::Result;
use crate::http::{Api, NoContent};
use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, origin};
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, request};

const CHANGE: &str = "/auth/password/change";
const AGAIN: &str = "/auth/reauthenticate";
const NEW: &str = "a quiet lamp on the harbour wall";

on_both! {
    a_change_ends_every_other_session: a_change_on_sqlite, a_change_on_postgres;
    a_change_that_is_refused_changes_nothing: a_refusal_on_sqlite, a_refusal_on_postgres;
    of_two_changes_at_once_one_wins: two_changes_on_sqlite, two_changes_on_postgres;
    an_account_without_a_password_has_none_to_give: no_password_on_sqlite, no_password_on_postgres;
    what_a_stolen_session_must_not_reach_asks_for_the_password: recent_on_sqlite, recent_on_postgres;
    a_session_that_is_handed_over_proves_nothing_anew: handed_over_on_sqlite, handed_over_on_postgres;
    a_weaker_hash_is_replaced_at_the_sign_in: weaker_on_sqlite, weaker_on_postgres;
}

async fn log_in(world: &World, email: &str, password: &str) -> (u16, Json) {
    let body = json!({ "email": email, "password": password, "transport": "bearer" });
    let (status, answer) = world
        .send("POST", "", "/auth/login", None, Some(body))
        .await;
    (status.as_u16(), answer)
}

async fn me(world: &World, access: &Json) -> u16 {
    let access = access.as_str();
    world
        .send("GET", "", "/auth/me", access, None)
        .await
        .0
        .as_u16()
}

fn change_body(current: &str, new: &str) -> Json {
    json!({ "current_password": current, "new_password": new })
}

async fn try_change(world: &World, access: &str, current: &str, new: &str) -> (u16, Json) {
    let body = change_body(current, new);
    let (status, answer) = world
        .send("POST", "", CHANGE, Some(access), Some(body))
        .await;
    (status.as_u16(), answer)
}

async fn logged(world: &World, action: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM platform_audit_log WHERE action = $1";
    let args = [action.to_owned().into_value()];
    world.app.column(sql, &args).await.remove(0)
}

async fn a_change_ends_every_other_session(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", None).await;
    let (_, own) = log_in(&world, "ada@example.com", PASSWORD).await;
    let (_, other) = log_in(&world, "ada@example.com", PASSWORD).await;
    let (_, eves) = log_in(&world, "eve@example.com", PASSWORD).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    // A code of a session that ends, still on its way.
    let asked = browser.get("", "/auth/handoff?from=acme").await;
    let issued = browser.visit(asked.location()).await;
    assert_eq!(world.app.count("one_time_tokens").await, 1);

    let access = own["access_token"].as_str().unwrap();
    assert_eq!(try_change(&world, access, PASSWORD, NEW).await.0, 204);
    assert_eq!(world.app.count("one_time_tokens").await, 0);
    assert_eq!(me(&world, &own["access_token"]).await, 200);
    assert_eq!(me(&world, &other["access_token"]).await, 401);
    assert_eq!(me(&world, &eves["access_token"]).await, 200);
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
    let handed = browser.visit(issued.location()).await;
    assert!(handed.set_cookies().is_empty(), "{handed:?}");
    for (session, status) in [(&own, 200), (&other, 401)] {
        let body = json!({ "refresh_token": session["refresh_token"] });
        let answer = world.send("POST", "", "/auth/refresh", None, Some(body));
        assert_eq!(answer.await.0.as_u16(), status);
    }
    assert_eq!(log_in(&world, "ada@example.com", PASSWORD).await.0, 401);
    assert_eq!(log_in(&world, "ada@example.com", NEW).await.0, 200);
    assert_eq!(logged(&world, "auth.password_changed").await, 1);
    let sql = "SELECT recipient || ': ' || subject FROM account_outbox";
    let mails: Vec<String> = world.app.column(sql, &[]).await;
    assert_eq!(
        mails,
        ["ada@example.com: Your password for Storefront was changed"]
    );
}

async fn a_change_that_is_refused_changes_nothing(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let access = world.sign_in("ada@example.com").await;
    let other = world.sign_in("ada@example.com").await;
    for (current, new, field, code) in [
        (NEW, NEW, "current_password", "incorrect"),
        ("", NEW, "current_password", "incorrect"),
        (PASSWORD, "short", "new_password", "too_short"),
        (PASSWORD, "iloveyou", "new_password", "too_common"),
        (PASSWORD, "ada@example.com", "new_password", "too_weak"),
        (PASSWORD, "Storefront!", "new_password", "too_weak"),
    ] {
        let (status, answer) = try_change(&world, &access, current, new).await;
        let error = &answer["errors"][0];
        assert_eq!(
            (status, &error["field"], &error["code"]),
            (422, &json!(field), &json!(code)),
            "{answer}"
        );
    }
    let mut named = change_body(PASSWORD, NEW);
    named["user_id"] = json!(Uuid::now_v7());
    let (status, _) = world
        .send("POST", "", CHANGE, Some(&access), Some(named))
        .await;
    assert_eq!(status, 422);
    let anonymous = change_body(PASSWORD, NEW);
    let (status, _) = world.send("POST", "", CHANGE, None, Some(anonymous)).await;
    assert_eq!(status, 401);

    assert_eq!(me(&world, &json!(other)).await, 200);
    assert_eq!(log_in(&world, "ada@example.com", PASSWORD).await.0, 200);
    assert_eq!(logged(&world, "auth.password_changed").await, 0);
    assert_eq!(logged(&world, "auth.password_rejected").await, 2);
    assert_eq!(world.app.count("account_outbox").await, 0);
}

async fn of_two_changes_at_once_one_wins(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    // By one session, which no change ends.
    let access = world.sign_in("ada@example.com").await;
    let racers = [NEW, "seven green boats sleep in the reeds"].map(|new| {
        let body = change_body(PASSWORD, new);
        let request = request("POST", "", CHANGE, Some(&access), Some(body));
        (new, tokio::spawn(world.router().oneshot(request)))
    });
    let mut winners = Vec::new();
    for (new, racer) in racers {
        match racer.await.unwrap().unwrap().status().as_u16() {
            204 => winners.push(new),
            status => assert_eq!(status, 422, "the password is another by now"),
        }
    }
    let [new] = winners.as_slice() else {
        panic!("{} won", winners.len())
    };
    assert_eq!(me(&world, &json!(access)).await, 200);
    assert_eq!(log_in(&world, "ada@example.com", new).await.0, 200);
    assert_eq!(world.app.count("account_outbox").await, 1);
}

async fn an_account_without_a_password_has_none_to_give(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let access = world.sign_in("ada@example.com").await;
    world.app.write("DELETE FROM passwords", &[]).await;
    let asked = [
        (CHANGE, change_body(PASSWORD, NEW)),
        (AGAIN, json!({ "password": PASSWORD })),
    ];
    for (path, body) in asked {
        let (status, answer) = world
            .send("POST", "", path, Some(&access), Some(body))
            .await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (409, &json!("no_password"))
        );
    }
    assert_eq!(world.app.count("passwords").await, 0);
    assert_eq!(log_in(&world, "ada@example.com", PASSWORD).await.0, 401);
}

async fn dangerous(account: Account) -> Result<NoContent> {
    account.require_recent_sign_in()?;
    Ok(NoContent)
}

async fn what_a_stolen_session_must_not_reach_asks_for_the_password(place: Place) {
    let world = World::with(place, &OPEN, |api: &mut Api| {
        api.post("/api/dangerous", signed_in(dangerous));
    })
    .await;
    world.account("ada@example.com", None).await;
    let access = world.sign_in("ada@example.com").await;
    let other = world.sign_in("ada@example.com").await;
    let go = async |access: &str| {
        let (status, answer) = world
            .send("POST", "", "/api/dangerous", Some(access), None)
            .await;
        (status.as_u16(), answer["code"].as_str().map(str::to_owned))
    };
    assert_eq!(go(&access).await, (204, None), "just signed in");
    let age = async |seconds: u64| {
        let at = clock::before(clock::now(), Duration::from_secs(seconds));
        let sql = "UPDATE sessions SET authenticated_at = $1";
        world.app.write(sql, &[at.into_value()]).await;
    };
    age(595).await;
    assert_eq!(go(&access).await, (204, None));
    age(601).await;
    let refused = (403, Some("reauthentication_required".to_owned()));
    assert_eq!(go(&access).await, refused);

    let again = async |password: &str| {
        let body = json!({ "password": password });
        let (status, _) = world
            .send("POST", "", AGAIN, Some(&access), Some(body))
            .await;
        status.as_u16()
    };
    assert_eq!(again(NEW).await, 422);
    assert_eq!(go(&access).await, refused);
    assert_eq!(again(PASSWORD).await, 204);
    assert_eq!(go(&access).await, (204, None));
    assert_eq!(go(&other).await, refused, "that was the other session");
    assert_eq!(logged(&world, "auth.reauthenticated").await, 1);
    assert_eq!(logged(&world, "auth.password_rejected").await, 1);
    world
        .app
        .write("UPDATE sessions SET authenticated_at = NULL", &[])
        .await;
    assert_eq!(
        go(&access).await,
        refused,
        "what is not known is not recent"
    );
}

async fn a_session_that_is_handed_over_proves_nothing_anew(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("", "ada@example.com").await;
    let at = clock::before(clock::now(), Duration::from_secs(3_600));
    let sql = "UPDATE sessions SET authenticated_at = $1";
    world.app.write(sql, &[at.into_value()]).await;
    let asked = browser.get("acme", "/auth/handoff?from=").await;
    let issued = browser.visit(asked.location()).await;
    browser.visit(issued.location()).await;
    assert_eq!(
        browser.get("acme", "/auth/me").await.status,
        200,
        "{}",
        origin("acme")
    );
    let sql = "SELECT authenticated_at FROM sessions";
    let proofs: Vec<Option<jiff::Timestamp>> = world.app.column(sql, &[]).await;
    assert_eq!(proofs, [Some(at), Some(at)]);
}

async fn a_weaker_hash_is_replaced_at_the_sign_in(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let weaker = Passwords::new(HashCost {
        memory: 8_192,
        iterations: 1,
    })
    .unwrap();
    let password = NewPassword::parse(Password::new(PASSWORD), &Owner::default()).unwrap();
    let weak = weaker.hash(password).await.unwrap();
    let sql = "UPDATE passwords SET hash = $1";
    world.app.write(sql, &[weak.clone().into_value()]).await;
    let sql = "SELECT changed_at FROM passwords";
    let changed: Vec<jiff::Timestamp> = world.app.column(sql, &[]).await;
    let hash = async || -> String {
        let sql = "SELECT hash FROM passwords";
        world.app.column(sql, &[]).await.remove(0)
    };

    assert_eq!(log_in(&world, "ada@example.com", NEW).await.0, 401);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(hash().await, weak, "a wrong password is not hashed anew");
    assert_eq!(log_in(&world, "ada@example.com", PASSWORD).await.0, 200);
    let replaced = async {
        while hash().await == weak {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), replaced)
        .await
        .unwrap();
    let strong = hash().await;
    assert!(
        strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{strong}"
    );
    assert_eq!(log_in(&world, "ada@example.com", PASSWORD).await.0, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(hash().await, strong, "once is enough");
    assert_eq!(
        world.app.column::<jiff::Timestamp>(sql, &[]).await,
        changed,
        "the password is what it was"
    );
}
