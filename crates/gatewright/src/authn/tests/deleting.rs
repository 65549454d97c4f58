//! The end of an account, over HTTP, on both databases.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::mailbox::{NEW, ask, brief, log_in, logged, mails, me, token};
use crate::clock;
use crate::store::{Dialect, FieldValue, Mode, Scope};
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{OPEN, PASSWORD, Place, World, on_both, read, request};

const DELETE: &str = "/auth/account/delete";

on_both! {
    an_account_goes_and_what_it_did_stays: goes_on_sqlite, goes_on_postgres;
    an_end_that_is_not_proven_is_refused: unproven_end_on_sqlite, unproven_end_on_postgres;
    the_last_owner_of_a_tenant_stays: last_owner_on_sqlite, last_owner_on_postgres;
    of_two_owners_who_end_or_leave_one_stays: two_owners_on_sqlite, two_owners_on_postgres;
    a_tenant_made_meanwhile_keeps_its_owner: made_meanwhile_on_sqlite, made_meanwhile_on_postgres;
    the_last_super_admin_stays: super_admins_on_sqlite, super_admins_on_postgres;
}

async fn delete(world: &World, access: &str) -> (u16, Json) {
    let body = json!({ "password": PASSWORD });
    ask(world, "POST", DELETE, Some(access), body).await
}

async fn an_account_goes_and_what_it_did_stays(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("gus@example.com", Some("globex")).await;
    world
        .member("acme", "bob@example.com", &["owner", "viewer"])
        .await;
    let bob: Uuid = {
        let sql = "SELECT id FROM users WHERE email = 'bob@example.com'";
        world.app.column(sql, &[]).await.remove(0)
    };
    // A viewer of globex too, and suspended there.
    let join = "INSERT INTO user_tenants (tenant_id, id, user_id, status, created_at) \
         SELECT id, $2, $3, 'suspended', created_at FROM tenants WHERE id = $1";
    let args = [
        world.tenant("globex").into_value(),
        Uuid::now_v7().into_value(),
        bob.into_value(),
    ];
    world.write("globex", join, &args).await;
    world.give("globex", "bob@example.com", &["viewer"]).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("acme", "bob@example.com").await;
    let rename = json!({ "name": "Acme Ltd" });
    let bobs = world.sign_in("bob@example.com").await;
    let (status, _) = world
        .send("PATCH", "acme", "/api/tenant", Some(&bobs), Some(rename))
        .await;
    assert_eq!(status, 200);
    let invite = json!({ "email": "new@example.com", "roles": ["viewer"] });
    let (status, _) = world
        .send(
            "POST",
            "acme",
            "/api/invitations",
            Some(&bobs),
            Some(invite),
        )
        .await;
    assert_eq!(status, 201);
    ask(
        &world,
        "POST",
        "/auth/password/forgot",
        None,
        json!({ "email": "bob@example.com" }),
    )
    .await;
    let link = token(&world, "bob@example.com").await;
    let others = async || {
        let sql = "SELECT email FROM users WHERE email <> 'bob@example.com' ORDER BY email";
        world.app.column::<String>(sql, &[]).await
    };
    let before = others().await;

    let seen = browser
        .post("acme", DELETE, json!({ "password": PASSWORD }))
        .await;
    assert_eq!(seen.status, 204, "{}", seen.text);
    let cookies = seen.set_cookies();
    assert!(
        cookies
            .iter()
            .any(|line| line.contains("access=;") && line.contains("Max-Age=0")),
        "{cookies:?}"
    );
    assert_eq!(me(&world, &bobs).await, 401);
    assert_eq!(log_in(&world, "bob@example.com", PASSWORD).await.0, 401);
    let body = json!({ "token": link, "password": NEW });
    assert_eq!(
        ask(&world, "POST", "/auth/password/reset", None, body)
            .await
            .0,
        422
    );
    assert_eq!(others().await, before);
    assert_eq!(world.members("acme").await, ["ada@example.com: owner"]);
    assert_eq!(world.members("globex").await, ["gus@example.com: owner"]);
    for table in ["one_time_tokens", "sessions", "passwords", "refresh_tokens"] {
        let of_bob = match table {
            "refresh_tokens" => "session_id NOT IN (SELECT id FROM sessions)".to_owned(),
            _ => "user_id NOT IN (SELECT id FROM users)".to_owned(),
        };
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {of_bob}");
        assert_eq!(world.app.column::<i64>(&sql, &[]).await, [0], "{table}");
    }
    // What he did is there, and tells of him by his id.
    let sql = "SELECT action || ' ' || CAST(actor_id AS TEXT) FROM audit_log WHERE tenant_id = $1 ORDER BY id";
    let log: Vec<String> = world.column("acme", sql).await;
    let of_bob = |action: &str| format!("{action} {bob}");
    assert!(log.contains(&of_bob("tenant:update")), "{log:?}");
    assert_eq!(log.last(), Some(&of_bob("members:leave")));
    let log: Vec<String> = world.column("globex", sql).await;
    assert_eq!(log.last(), Some(&of_bob("members:leave")));
    let sql = "SELECT CAST(changes AS TEXT) FROM audit_log WHERE tenant_id = $1 AND action = 'members:leave'";
    let changes: Vec<String> = world.column("globex", sql).await;
    assert!(
        changes[0].contains("viewer") && changes[0].contains("suspended"),
        "{changes:?}"
    );
    assert_eq!(logged(&world, "auth.account_deleted").await, 1);
    let told = "bob@example.com: Your account at Storefront was deleted".to_owned();
    assert_eq!(mails(&world).await.last(), Some(&told));
    // The address is free.
    let again = world.account("bob@example.com", None).await;
    assert_ne!(again, bob);
    let access = world.sign_in("bob@example.com").await;
    let (status, _) = world
        .send("GET", "acme", "/api/tenant", Some(&access), None)
        .await;
    assert_eq!(status, 403);
}

async fn an_end_that_is_not_proven_is_refused(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = world.account("ada@example.com", None).await;
    let access = world.sign_in("ada@example.com").await;
    for (body, expected) in [
        (json!({}), "422 invalid_input password=required"),
        (
            json!({ "password": NEW }),
            "422 invalid_input password=incorrect",
        ),
        (
            json!({ "password": PASSWORD, "user_id": ada }),
            "422 invalid_input user_id=unknown_field",
        ),
    ] {
        let answer = ask(&world, "POST", DELETE, Some(&access), body).await;
        assert_eq!(brief(answer), expected);
    }
    let body = json!({ "password": PASSWORD });
    assert_eq!(ask(&world, "POST", DELETE, None, body).await.0, 401);
    // Without a password the sign-in must be recent.
    world.app.write("DELETE FROM passwords", &[]).await;
    let old = clock::before(clock::now(), Duration::from_secs(601));
    let age = "UPDATE sessions SET authenticated_at = $1";
    world.app.write(age, &[old.into_value()]).await;
    let answer = ask(&world, "POST", DELETE, Some(&access), json!({})).await;
    assert_eq!(brief(answer), "403 reauthentication_required");
    assert_eq!(me(&world, &access).await, 200);
    world.app.write(age, &[clock::now().into_value()]).await;
    assert_eq!(
        ask(&world, "POST", DELETE, Some(&access), json!({}))
            .await
            .0,
        204
    );
    assert_eq!(world.app.count("users").await, 0);
}

async fn the_last_owner_of_a_tenant_stays(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let access = world.sign_in("ada@example.com").await;
    let body = json!({ "name": "Zoo", "slug": "zoo" });
    let (status, _) = world
        .send("POST", "", "/api/tenants", Some(&access), Some(body))
        .await;
    assert_eq!(status, 201);
    world.member("acme", "eve@example.com", &["viewer"]).await;
    let (status, answer) = delete(&world, &access).await;
    assert_eq!((status, &answer["code"]), (409, &json!("last_owner")));
    assert_eq!(answer["tenants"], json!(["acme", "zoo"]));
    // Nothing of it has happened.
    assert_eq!(me(&world, &access).await, 200);
    assert_eq!(world.members("acme").await.len(), 2);
    let sql = "SELECT action FROM audit_log WHERE tenant_id = $1 AND action = 'members:leave'";
    assert_eq!(world.column::<String>("acme", sql).await.len(), 0);
    // An owner who cannot act is none.
    world.member("acme", "bob@example.com", &["owner"]).await;
    let suspend = "UPDATE users SET status = 'suspended' WHERE email = 'bob@example.com'";
    world.app.write(suspend, &[]).await;
    let (_, answer) = delete(&world, &access).await;
    assert_eq!(answer["tenants"], json!(["acme", "zoo"]));
    let activate = "UPDATE users SET status = 'active'";
    world.app.write(activate, &[]).await;
    let (_, answer) = delete(&world, &access).await;
    assert_eq!(answer["tenants"], json!(["zoo"]));
    assert_eq!(world.members("acme").await.len(), 3);
}

/// Holds SQLite's one writer for a moment, in which all requests come as far as their first write.
async fn together(world: &World, requests: Vec<axum::extract::Request>) -> Vec<(u16, Json)> {
    let database = &world.app.runtime.database;
    let turn = match database.dialect() {
        Dialect::Sqlite => Some(database.begin(Scope::Accounts, Mode::Write).await.unwrap()),
        Dialect::Postgres => None,
    };
    let requests = requests
        .into_iter()
        .map(|request| tokio::spawn(world.router().oneshot(request)));
    let requests: Vec<_> = requests.collect();
    if turn.is_some() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(turn);
    let mut answers = Vec::new();
    for request in requests {
        let (status, answer) = read(request.await.unwrap().unwrap()).await;
        answers.push((status.as_u16(), answer));
    }
    answers
}

async fn of_two_owners_who_end_or_leave_one_stays(place: Place) {
    let world = World::start(place, &OPEN).await;
    for round in 0..20 {
        let (slug, ada, bob) = (
            format!("acme-{round}"),
            format!("ada{round}@example.com"),
            format!("bob{round}@example.com"),
        );
        world.account(&ada, Some(&slug)).await;
        let bobs = world.member(&slug, &bob, &["owner"]).await;
        let adas = world.sign_in(&ada).await;
        // Nobody has to hash, so the requests meet.
        world.app.write("DELETE FROM passwords", &[]).await;
        let end = |token: &str| request("POST", "", DELETE, Some(token), Some(json!({})));
        let other = match round % 2 {
            0 => end(&bobs),
            _ => request("DELETE", &slug, "/api/me/membership", Some(&bobs), None),
        };
        let answers = together(&world, vec![end(&adas), other]).await;
        let mut briefs: Vec<_> = answers.into_iter().map(brief).collect();
        briefs.sort();
        assert_eq!(briefs, ["204", "409 last_owner"], "round {round}");
        assert_eq!(world.members(&slug).await.len(), 1, "round {round}");
    }
}

/// A tenant that somebody makes while their account ends is theirs, or is not made.
async fn a_tenant_made_meanwhile_keeps_its_owner(place: Place) {
    let world = World::start(place, &OPEN).await;
    for round in 0..20 {
        let ada = format!("ada{round}@example.com");
        world.account(&ada, None).await;
        let access = world.sign_in(&ada).await;
        world.app.write("DELETE FROM passwords", &[]).await;
        let body = json!({ "name": "Acme", "slug": format!("acme-{round}") });
        let make = request("POST", "", "/api/tenants", Some(&access), Some(body));
        let end = request("POST", "", DELETE, Some(&access), Some(json!({})));
        let answers = together(&world, vec![make, end]).await;
        let made = answers[0].0 == 201;
        let ended = answers[1].0 == 204;
        assert!(!(made && ended), "round {round}: {answers:?}");
        let loser = if made { &answers[1] } else { &answers[0] };
        // Who ends comes too late for one tenant, or is told that they joined one meanwhile.
        assert!(
            [401, 409, 503].contains(&loser.0),
            "round {round}: {answers:?}"
        );
        assert!(made || ended, "round {round}: {answers:?}");
    }
    let sql = "SELECT COUNT(*) FROM tenants";
    let tenants: i64 = world.app.column(sql, &[]).await.remove(0);
    let sql = "SELECT COUNT(*) FROM users";
    let users: i64 = world.app.column(sql, &[]).await.remove(0);
    assert_eq!(
        tenants, users,
        "each who is left has the tenant that they made"
    );
}

async fn the_last_super_admin_stays(place: Place) {
    let world = World::start(place, &OPEN).await;
    let support = world.staff("support@example.com", "support").await;
    let first = world.staff("first@example.com", "super_admin").await;
    assert_eq!(brief(delete(&world, &first).await), "409 last_super_admin");
    assert_eq!(delete(&world, &support).await.0, 204);
    for round in 0..10 {
        let second = world
            .staff(&format!("second{round}@example.com"), "super_admin")
            .await;
        world.app.write("DELETE FROM passwords", &[]).await;
        let end = |token: &str| request("POST", "", DELETE, Some(token), Some(json!({})));
        let third = format!("third{round}@example.com");
        let third = world.staff(&third, "super_admin").await;
        let admins: Vec<Uuid> = world
            .app
            .column("SELECT user_id FROM platform_roles", &[])
            .await;
        let answers = together(&world, vec![end(&first), end(&second), end(&third)]).await;
        let left = world.app.count("platform_roles").await;
        assert!(left >= 1, "round {round}: {answers:?}");
        let refused = answers.iter().filter(|answer| answer.0 == 409).count();
        assert!(refused <= 1, "{answers:?}");
        assert!(admins.len() >= 2);
    }
}
