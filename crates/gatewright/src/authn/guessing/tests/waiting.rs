//! Who has to wait, and for how long.

use super::*;
use crate::tenancy::testing::world::{OPEN, Place, on_both};

on_both! {
    an_account_is_guessed_at_ever_more_slowly: an_account_on_sqlite, an_account_on_postgres;
    an_address_guesses_ever_more_slowly: an_address_on_sqlite, an_address_on_postgres;
    a_right_password_clears_its_account_alone: a_right_password_on_sqlite, a_right_password_on_postgres;
    unknown_and_suspended_are_counted_and_answered_as_wrong: unknown_on_sqlite, unknown_on_postgres;
}

/// Six free failures (five, and the one after which the first wait begins), each from elsewhere.
async fn an_account_is_guessed_at_ever_more_slowly(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    for number in 1..=6 {
        let peer = format!("192.0.2.{number}");
        let answer = try_login(&world, &peer, "ada@example.com", WRONG).await;
        assert_eq!((answer.status, answer.retry_after), (401, None), "{number}");
    }
    assert_eq!(failures(&world, &account("ada@example.com")).await, Some(6));
    // The sixth again, since its hash took a part of the second.
    failed(&world, &account("ada@example.com"), 6, 0).await;
    let right = try_login(&world, "192.0.2.7", " ADA@example.com", PASSWORD).await;
    assert_eq!((right.status, right.retry_after), (429, Some(1)));
    assert_eq!(right.body["code"], "rate_limited");
    assert_eq!(
        failures(&world, &account("ada@example.com")).await,
        Some(6),
        "who is told to wait has not tried"
    );

    // Nobody is held back for longer than a quarter of an hour after the last failure.
    failed(&world, &account("ada@example.com"), 1_000, 895).await;
    let held = try_login(&world, "192.0.2.7", "ada@example.com", PASSWORD).await;
    assert_eq!(held.status, 429);
    assert!((1..=5).contains(&held.retry_after.unwrap()), "{held:?}");
    failed(&world, &account("ada@example.com"), 1_000, 901).await;
    let answer = try_login(&world, "192.0.2.7", "ada@example.com", WRONG).await;
    assert_eq!(answer.status, 401);
    let held = try_login(&world, "192.0.2.7", "ada@example.com", PASSWORD).await;
    assert_eq!(held.status, 429);
    assert!((890..=900).contains(&held.retry_after.unwrap()), "{held:?}");

    // A day without a failure, and it begins anew.
    failed(&world, &account("ada@example.com"), 1_000, 24 * 3_600 + 1).await;
    let answer = try_login(&world, "192.0.2.7", "ada@example.com", WRONG).await;
    assert_eq!(answer.status, 401);
    assert_eq!(failures(&world, &account("ada@example.com")).await, Some(1));
    let answer = try_login(&world, "192.0.2.7", "ada@example.com", PASSWORD).await;
    assert_eq!(answer.status, 200);
}

async fn an_address_guesses_ever_more_slowly(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let network = "address:2001:db8:1:2::/64";
    let first = try_login(&world, "2001:db8:1:2::7", "nobody@example.com", WRONG).await;
    assert_eq!(first.status, 401);
    assert_eq!(failures(&world, network).await, Some(1));

    failed(&world, network, 30, 0).await;
    let last = try_login(&world, "2001:db8:1:2:aaaa::1", "eve@example.com", WRONG).await;
    assert_eq!(last.status, 401, "thirty are free");
    failed(&world, network, 36, 2).await;
    let held = try_login(&world, "2001:db8:1:2:ffff::9", "ada@example.com", PASSWORD).await;
    assert_eq!(held.status, 429);
    assert!((25..=30).contains(&held.retry_after.unwrap()), "{held:?}");
    let elsewhere = try_login(&world, "2001:db8:1:3::9", "ada@example.com", PASSWORD).await;
    assert_eq!(elsewhere.status, 200, "the next network is somebody else's");
    failed(&world, network, 36, 33).await;
    let later = try_login(&world, "2001:db8:1:2:ffff::9", "ada@example.com", PASSWORD).await;
    assert_eq!(later.status, 200);

    failed(&world, "address:192.0.2.1", 200, 0).await;
    let held = try_login(&world, "::ffff:192.0.2.1", "ada@example.com", PASSWORD).await;
    assert_eq!(held.status, 429, "one address has one spelling");
}

async fn a_right_password_clears_its_account_alone(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    world.account("eve@example.com", None).await;
    let (ada, peer) = (account("ada@example.com"), "address:192.0.2.1");
    failed(&world, &ada, 5, 0).await;
    failed(&world, peer, 34, 100).await;
    let sql = "SELECT last_at FROM password_attempts WHERE subject = 'address:192.0.2.1'";
    let before: Vec<jiff::Timestamp> = world.app.column(sql, &[]).await;
    // Else an account of one's own would be the way to guess at all others.
    for _ in 0..2 {
        let answer = try_login(&world, "192.0.2.1", "eve@example.com", PASSWORD).await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(failures(&world, peer).await, Some(34));
    assert_eq!(
        world.app.column::<jiff::Timestamp>(sql, &[]).await,
        before,
        "the wait is from the last failure, and none of these was one"
    );
    assert_eq!(failures(&world, &ada).await, Some(5));
    let answer = try_login(&world, "192.0.2.1", "ada@example.com", PASSWORD).await;
    assert_eq!(answer.status, 200);
    assert_eq!(failures(&world, &ada).await, None);
    assert_eq!(failures(&world, peer).await, Some(34));
}

async fn unknown_and_suspended_are_counted_and_answered_as_wrong(place: Place) {
    let world = World::start(place, &OPEN).await;
    for email in ["ada@example.com", "sue@example.com"] {
        world.account(email, None).await;
    }
    let sql = "UPDATE users SET status = 'suspended' WHERE email = 'sue@example.com'";
    world.app.write(sql, &[]).await;
    let who = [
        ("ada@example.com", WRONG, "198.51.100.1"),
        ("nobody@example.com", PASSWORD, "198.51.100.2"),
        ("no address", PASSWORD, "198.51.100.3"),
        ("sue@example.com", PASSWORD, "198.51.100.4"),
    ];
    let mut answers: Vec<Vec<Seen>> = Vec::new();
    for (email, password, peer) in who {
        let first = try_login(&world, peer, email, password).await;
        assert_eq!(failures(&world, &account(email)).await, Some(1), "{email}");
        failed(&world, &account(email), 12, 0).await;
        let mut held = try_login(&world, peer, email, password).await;
        let seconds = held.retry_after.take().unwrap();
        assert!((50..=64).contains(&seconds), "{email}: {seconds}");
        answers.push(vec![first, held]);
    }
    let [wrong, others @ ..] = answers.as_slice() else {
        unreachable!()
    };
    let statuses: Vec<u16> = wrong.iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [401, 429]);
    for other in others {
        assert_eq!(other, wrong);
    }
}
