//! Many at once.

use serde_json::json;

use super::super::super::testing::world::{OPEN, PASSWORD, Place, World, on_both, read, request};
use super::ACCEPT;
use crate::store::{Dialect, Mode, Scope};

on_both! {
    of_fifty_acceptances_one_succeeds:
        of_fifty_acceptances_one_succeeds_on_sqlite,
        of_fifty_acceptances_one_succeeds_on_postgres;
    of_ten_newcomers_one_gets_the_account:
        of_ten_newcomers_one_gets_the_account_on_sqlite,
        of_ten_newcomers_one_gets_the_account_on_postgres;
    of_twenty_invitations_of_one_address_one_stands:
        of_twenty_invitations_of_one_address_one_stands_on_sqlite,
        of_twenty_invitations_of_one_address_one_stands_on_postgres;
    of_ten_that_send_again_one_does:
        of_ten_that_send_again_one_does_on_sqlite,
        of_ten_that_send_again_one_does_on_postgres;
}

/// The statuses of as many equal requests at once, in order.
async fn at_once(
    world: &World,
    many: usize,
    path: &str,
    token: Option<&str>,
    body: Option<serde_json::Value>,
) -> Vec<u16> {
    let mut tasks = tokio::task::JoinSet::new();
    // In SQLite one request would be through before the next begins: all of them read, and wait for
    // their turn to write.
    let database = &world.app.runtime.database;
    let turn = match database.dialect() {
        Dialect::Sqlite => Some(database.begin(Scope::Accounts, Mode::Write).await.unwrap()),
        Dialect::Postgres => None,
    };
    for _ in 0..many {
        let request = request("POST", "acme", path, token, body.clone());
        let routes = world.router();
        tasks.spawn(async move {
            let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
            read(answer).await.0.as_u16()
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    drop(turn);
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    statuses
}

fn one_of(many: usize, right: u16, wrong: u16) -> Vec<u16> {
    let mut statuses = vec![wrong; many];
    statuses[0] = right;
    statuses
}

async fn of_fifty_acceptances_one_succeeds(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("known@example.com", None).await;
    let owner = world.sign_in("ada@example.com").await;
    let known = world.sign_in("known@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "known@example.com", &["lead", "viewer"])
        .await;
    let body = json!({ "token": token });
    let statuses = at_once(&world, 50, ACCEPT, Some(&known), Some(body)).await;
    assert_eq!(statuses, one_of(50, 200, 422));
    assert_eq!(
        world.members("acme").await,
        [
            "ada@example.com: owner",
            "known@example.com: lead",
            "known@example.com: viewer"
        ]
    );
    let joined: Vec<String> = world
        .column(
            "acme",
            "SELECT action FROM audit_log WHERE tenant_id = $1 AND resource = 'members'",
        )
        .await;
    assert_eq!(joined, ["members:create"]);
}

async fn of_ten_newcomers_one_gets_the_account(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    let body = json!({ "token": token, "password": PASSWORD });
    let statuses = at_once(&world, 10, ACCEPT, None, Some(body)).await;
    assert_eq!(statuses, one_of(10, 200, 422));
    assert_eq!(world.app.count("users").await, 2);
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "new@example.com: viewer"]
    );
}

async fn of_twenty_invitations_of_one_address_one_stands(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let body = json!({ "email": "new@example.com", "roles": ["viewer"] });
    let path = "/api/invitations";
    let statuses = at_once(&world, 20, path, Some(&owner), Some(body)).await;
    assert_eq!(statuses, one_of(20, 201, 409));
    assert_eq!(world.invitations("acme", &owner).await.len(), 1);
    let mails: Vec<String> = world
        .column("acme", "SELECT kind FROM outbox WHERE tenant_id = $1")
        .await;
    assert_eq!(mails, ["mail"]);
}

async fn of_ten_that_send_again_one_does(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (id, _) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    world.age("acme", 1).await;
    let path = format!("/api/invitations/{id}/resend");
    let statuses = at_once(&world, 10, &path, Some(&owner), None).await;
    assert_eq!(statuses, one_of(10, 200, 429));
}
