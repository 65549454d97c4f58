//! What is counted, and when.

use std::time::Duration;

use tokio::sync::oneshot;
use tower::ServiceExt;

use super::*;
use crate::authn::guessing::{self, Verdict};
use crate::authn::testing::App;
use crate::error::Error;
use crate::store::{Mode, Scope};
use crate::tenancy::testing::world::{OPEN, Place, on_both};

on_both! {
    guesses_at_once_do_not_outrun_the_count: at_once_on_sqlite, at_once_on_postgres;
    what_could_not_be_verified_was_no_attempt: no_attempt_on_sqlite, no_attempt_on_postgres;
}

async fn guesses_at_once_do_not_outrun_the_count(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let guesses = (1..=40).map(|number| {
        let guess = from(
            &format!("192.0.2.{number}"),
            login("ada@example.com", &format!("{WRONG} {number}")),
        );
        tokio::spawn(world.router().oneshot(guess))
    });
    let mut tried = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap().unwrap().status().as_u16() {
            401 => tried += 1,
            status => assert_eq!(status, 429),
        }
    }
    // One more for each second that the hashes may have taken, of which the first has a wait of one.
    assert!((6..=8).contains(&tried), "{tried} were tried");
}

async fn what_could_not_be_verified_was_no_attempt(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    failed(&world, &account("ada@example.com"), 3, 60).await;
    world
        .app
        .write("UPDATE passwords SET hash = 'broken'", &[])
        .await;
    let answer = try_login(&world, "192.0.2.1", "ada@example.com", PASSWORD).await;
    assert_eq!(answer.status, 500);
    assert_eq!(failures(&world, &account("ada@example.com")).await, Some(3));
    assert_eq!(failures(&world, "address:192.0.2.1").await, Some(0));
}

/// Verifies when told to, and hangs up before.
async fn hang_up(app: &App, right: bool) {
    let (answer, answered) = oneshot::channel::<()>();
    let (begin, begun) = oneshot::channel::<()>();
    let verify = async move {
        begin.send(()).unwrap();
        answered.await.map_err(Error::internal)?;
        Ok(match right {
            true => Verdict::Right(()),
            false => Verdict::Wrong(()),
        })
    };
    let (context, key) = (app.request(), AccountKey::of_text("ada@example.com"));
    let attempt =
        tokio::spawn(async move { guessing::attempt(&context, &key, verify).await.map(drop) });
    begun.await.unwrap();
    attempt.abort();
    assert!(attempt.await.unwrap_err().is_cancelled());
    answer.send(()).unwrap();
}

#[tokio::test]
async fn a_client_that_hangs_up_saves_no_wrong_password_and_loses_no_right_one() {
    let app = App::verifying().await;
    let counts = "SELECT failures FROM password_attempts ORDER BY subject";
    hang_up(&app, false).await;
    // Nothing happens any more that could be waited for.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(app.column::<i64>(counts, &[]).await, [1, 1]);
    hang_up(&app, true).await;
    let settled = async {
        // The account's row is gone, and its address has the failure from before.
        while app.column::<i64>(counts, &[]).await != [1] {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), settled)
        .await
        .unwrap();
}

#[tokio::test]
async fn who_is_held_back_does_not_wait_for_the_writer() {
    let world = World::start(Place::Sqlite, &OPEN).await;
    failed(&world, &account("ada@example.com"), 12, 0).await;
    let database = &world.app.runtime.database;
    let writer = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let answer = try_login(&world, "192.0.2.1", "ada@example.com", PASSWORD);
    let answer = tokio::time::timeout(Duration::from_secs(1), answer).await;
    assert_eq!(answer.unwrap().status, 429);
    drop(writer);
}
