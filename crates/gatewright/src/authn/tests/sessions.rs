//! Where an account is signed in, over HTTP.

use std::time::Duration;

use http::header;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clock;
use crate::store::FieldValue;
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, read, request};

on_both! {
    the_list_shows_each_place_and_which_one_asks: list_on_sqlite, list_on_postgres;
    what_is_over_is_not_listed: over_on_sqlite, over_on_postgres;
    one_session_is_ended_from_another: end_on_sqlite, end_on_postgres;
    a_session_of_another_is_not_there: foreign_on_sqlite, foreign_on_postgres;
    a_browser_that_ends_its_own_session_forgets_it: own_on_sqlite, own_on_postgres;
    all_sessions_are_ended_or_all_others: all_on_sqlite, all_on_postgres;
    a_session_that_nobody_uses_ends: idle_on_sqlite, idle_on_postgres;
}

async fn world(place: Place) -> World {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world
}

/// A bearer session by a program of this name.
async fn sign_in(world: &World, email: &str, program: &str) -> Json {
    let body = json!({ "email": email, "password": PASSWORD, "transport": "bearer" });
    let mut asked = request("POST", "", "/auth/login", None, Some(body));
    let program = program.parse().unwrap();
    asked.headers_mut().insert(header::USER_AGENT, program);
    let (status, answer) = read(world.raw(asked).await).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn access(answer: &Json) -> &str {
    answer["access_token"].as_str().unwrap()
}

async fn sessions(world: &World, token: &str) -> Vec<Json> {
    let (status, answer) = world
        .send("GET", "", "/auth/sessions", Some(token), None)
        .await;
    assert_eq!(status, 200, "{answer}");
    answer["data"].as_array().unwrap().clone()
}

async fn end(world: &World, token: &str, id: &str) -> (u16, Json) {
    let path = format!("/auth/sessions/{id}");
    let (status, mut answer) = world.send("DELETE", "", &path, Some(token), None).await;
    if let Some(members) = answer.as_object_mut() {
        members.remove("request_id");
    }
    (status.as_u16(), answer)
}

async fn me(world: &World, token: &str) -> u16 {
    let (status, _) = world.send("GET", "", "/auth/me", Some(token), None).await;
    status.as_u16()
}

async fn refresh(world: &World, answer: &Json) -> (u16, Json) {
    let body = json!({ "refresh_token": answer["refresh_token"] });
    let (status, answer) = world
        .send("POST", "", "/auth/refresh", None, Some(body))
        .await;
    (status.as_u16(), answer)
}

async fn log_of(world: &World, action: &str) -> Vec<String> {
    let sql = "SELECT target FROM platform_audit_log WHERE action = $1 AND outcome = 'success' ORDER BY id";
    let args = [action.to_owned().into_value()];
    world.app.column(sql, &args).await
}

async fn the_list_shows_each_place_and_which_one_asks(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let program = sign_in(&world, "ada@example.com", "backup/1.0").await;
    world.account("gus@example.com", None).await;
    sign_in(&world, "gus@example.com", "other/1.0").await;

    let listed = sessions(&world, access(&program)).await;
    let [newest, oldest] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    let members: Vec<&String> = newest.as_object().unwrap().keys().collect();
    let mut expected = [
        "id",
        "created_at",
        "last_used_at",
        "expires_at",
        "transport",
        "user_agent",
        "address",
        "tenant",
        "current",
    ];
    expected.sort_unstable();
    let mut members: Vec<&str> = members.into_iter().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!(newest["user_agent"], "backup/1.0");
    assert_eq!(newest["transport"], "bearer");
    assert_eq!(newest["address"], "0.0.0.0");
    assert_eq!(newest["current"], true);
    assert_eq!(newest["last_used_at"], newest["created_at"]);
    assert_eq!(oldest["transport"], "cookie");
    assert_eq!(oldest["tenant"], "acme");
    assert_eq!(oldest["user_agent"], Json::Null);
    assert_eq!(oldest["current"], false);

    let seen = browser.get("acme", "/auth/sessions").await.json();
    assert_eq!(seen["data"][0]["current"], false);
    assert_eq!(seen["data"][1]["current"], true);
    let (_, renewed) = refresh(&world, &program).await;
    let listed = sessions(&world, access(&renewed)).await;
    let used = listed[0]["last_used_at"].as_str().unwrap();
    assert!(used > listed[0]["created_at"].as_str().unwrap());
}

async fn what_is_over_is_not_listed(place: Place) {
    let world = world(place).await;
    let asks = sign_in(&world, "ada@example.com", "asks").await;
    for program in ["revoked", "expired", "idle"] {
        sign_in(&world, "ada@example.com", program).await;
    }
    let long_ago = clock::before(clock::now(), Duration::from_secs(3_601));
    for (column, program) in [
        ("revoked_at", "revoked"),
        ("expires_at", "expired"),
        ("last_used_at", "idle"),
    ] {
        let sql = format!("UPDATE sessions SET {column} = $1 WHERE user_agent = $2");
        let args = [long_ago.into_value(), program.to_owned().into_value()];
        world.app.write(&sql, &args).await;
    }
    let listed = sessions(&world, access(&asks)).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["user_agent"], "asks");
    let ids = "SELECT id FROM sessions WHERE user_agent <> 'asks'";
    for id in world.app.column::<Uuid>(ids, &[]).await {
        assert_eq!(end(&world, access(&asks), &id.to_string()).await.0, 404);
    }
}

async fn one_session_is_ended_from_another(place: Place) {
    let world = world(place).await;
    let stolen = sign_in(&world, "ada@example.com", "stolen").await;
    let asks = sign_in(&world, "ada@example.com", "asks").await;
    let listed = sessions(&world, access(&asks)).await;
    let id = listed[1]["id"].as_str().unwrap();
    assert_eq!(end(&world, access(&asks), id).await.0, 204);
    assert_eq!(me(&world, access(&stolen)).await, 401);
    assert_eq!(refresh(&world, &stolen).await.0, 401);
    assert_eq!(me(&world, access(&asks)).await, 200);
    assert_eq!(end(&world, access(&asks), id).await.0, 404);
    let log = log_of(&world, "auth.session_ended").await;
    assert_eq!(log.len(), 1);
    assert!(log[0].ends_with(&format!(" session {id}")), "{log:?}");
}

async fn a_session_of_another_is_not_there(place: Place) {
    let world = world(place).await;
    world.account("gus@example.com", None).await;
    let (ada, gus) = (
        sign_in(&world, "ada@example.com", "a").await,
        sign_in(&world, "gus@example.com", "g").await,
    );
    let listed = sessions(&world, access(&gus)).await;
    let foreign = end(&world, access(&ada), listed[0]["id"].as_str().unwrap()).await;
    let nobodys = end(&world, access(&ada), &Uuid::now_v7().to_string()).await;
    assert_eq!(foreign.0, 404);
    assert_eq!(foreign, nobodys);
    assert_eq!(end(&world, access(&ada), "no-id").await, nobodys);
    assert_eq!(me(&world, access(&gus)).await, 200);
    assert!(log_of(&world, "auth.session_ended").await.is_empty());
}

async fn a_browser_that_ends_its_own_session_forgets_it(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let listed = browser.get("acme", "/auth/sessions").await.json();
    let id = listed["data"][0]["id"].as_str().unwrap();
    let url = format!("http://acme.localhost:8080/auth/sessions/{id}");
    let seen = browser.send("DELETE", &url, None).await;
    assert_eq!((seen.status, seen.set_cookies().len()), (204, 2));
    assert!(browser.jar["acme.localhost:8080"].is_empty());
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
}

async fn all_sessions_are_ended_or_all_others(place: Place) {
    let world = world(place).await;
    world.account("gus@example.com", None).await;
    let gus = sign_in(&world, "gus@example.com", "g").await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "ada@example.com").await;
    let one = sign_in(&world, "ada@example.com", "one").await;
    let two = sign_in(&world, "ada@example.com", "two").await;
    let keep = json!({ "keep_current": true });
    let asked = world.send(
        "POST",
        "",
        "/auth/logout-all",
        Some(access(&two)),
        Some(keep),
    );
    assert_eq!(asked.await.0, 204);
    assert_eq!(browser.get("acme", "/auth/me").await.status, 401);
    assert_eq!(me(&world, access(&one)).await, 401);
    assert_eq!(refresh(&world, &one).await.0, 401);
    assert_eq!(me(&world, access(&two)).await, 200);

    browser.sign_in("acme", "ada@example.com").await;
    let seen = browser.send("POST", "http://acme.localhost:8080/auth/logout-all", None);
    let seen = seen.await;
    assert_eq!((seen.status, seen.set_cookies().len()), (204, 2));
    assert_eq!(me(&world, access(&two)).await, 401);
    assert_eq!(me(&world, access(&gus)).await, 200);
    assert_eq!(log_of(&world, "auth.logout_all").await.len(), 2);
}

async fn a_session_that_nobody_uses_ends(place: Place) {
    let world = world(place).await;
    let answer = sign_in(&world, "ada@example.com", "idle").await;
    let idle = async |seconds: u64| {
        let then = clock::before(clock::now(), Duration::from_secs(seconds));
        let sql = "UPDATE sessions SET last_used_at = $1";
        world.app.write(sql, &[then.into_value()]).await;
    };
    idle(3_590).await;
    assert_eq!(me(&world, access(&answer)).await, 200);
    // Refreshing is using; a request alone is not.
    let (status, renewed) = refresh(&world, &answer).await;
    assert_eq!(status, 200);
    let used = "SELECT last_used_at FROM sessions";
    let used: Vec<jiff::Timestamp> = world.app.column(used, &[]).await;
    assert!(clock::now().duration_since(used[0]).as_secs() < 60);
    idle(3_601).await;
    assert_eq!(me(&world, access(&renewed)).await, 401);
    assert_eq!(refresh(&world, &renewed).await.0, 401);

    // Of before there was such an end: it counts from the sign-in.
    world
        .app
        .write("UPDATE sessions SET last_used_at = NULL", &[])
        .await;
    assert_eq!(me(&world, access(&renewed)).await, 200);
    assert_eq!(refresh(&world, &renewed).await.0, 200);
}
