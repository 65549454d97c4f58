//! Connections: how they are made, and that nothing of a transaction stays on one.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

#[tokio::test]
async fn a_dropped_transaction_rolls_back() {
    let (_server, postgres) = family(1).await;
    let tenant = Scope::Tenant(Uuid::now_v7());
    let Scope::Tenant(id) = tenant else {
        unreachable!()
    };
    for _ in 0..3 {
        let mut transaction = postgres.begin(tenant, Mode::Write).await.unwrap();
        transaction
            .run(
                "INSERT INTO parent VALUES ($1, 1, 'one')",
                &[Value::Uuid(id)],
            )
            .await
            .unwrap();
    }
    assert_eq!(count(&postgres, tenant, "parent").await, 0);
}

#[tokio::test]
async fn a_statement_that_was_not_awaited_to_its_end_poisons() {
    let (_server, postgres) = family(1).await;
    let mut transaction = postgres.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let slow = transaction.run("SELECT pg_sleep(0.1)", &[]);
    tokio::time::timeout(Duration::from_millis(20), slow)
        .await
        .unwrap_err();
    assert!(matches!(
        transaction.commit().await,
        Err(StoreError::Poisoned)
    ));
}

#[tokio::test]
async fn commit_of_a_failed_transaction_is_an_error_even_unpoisoned() {
    let (_server, postgres) = family(1).await;
    let mut transaction = postgres.begin(Scope::Accounts, Mode::Write).await.unwrap();
    transaction.run("SELECT 1 / 0", &[]).await.unwrap_err();
    transaction.poisoned = false;
    assert!(matches!(
        transaction.commit().await,
        Err(StoreError::Other(_))
    ));
}

#[tokio::test]
async fn an_endless_statement_is_cancelled() {
    let (_server, postgres) = family(1).await;
    let started = std::time::Instant::now();
    let answer = run(&postgres, Scope::Accounts, "SELECT pg_sleep(60)", &[]).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    assert!((4..10).contains(&started.elapsed().as_secs()));
    assert_eq!(count(&postgres, Scope::Accounts, "account").await, 0);
}

#[test]
fn a_url_that_cannot_be_used_is_explained_without_its_password() {
    for (url, why) in [
        (
            "mysql://app:secret@localhost/app",
            "write `sqlite://PATH` or `postgres://",
        ),
        (
            "postgres://app:secret@localhost/app?pool_size=0",
            "`pool_size` is a number from 1 to 1000",
        ),
        (
            "postgres://app:secret@localhost/app?sslmode=maybe",
            "`sslmode` is `disable` or `verify-full`",
        ),
        (
            "postgres://app:secret@localhost/app?sslmode=verify-full&sslrootcert=/nowhere",
            "`sslrootcert=/nowhere`: ",
        ),
        ("postgres://app:secret@localhost:port/app", "invalid"),
        ("postgres://app:secret@localhost/app?colour=red", "colour"),
    ] {
        let refusal = Config::parse(url).err().unwrap().to_string();
        assert!(refusal.contains(why), "{refusal}");
        assert!(!refusal.contains("secret"), "{refusal}");
    }
}

#[tokio::test]
async fn encryption_that_was_asked_for_is_never_left_out() {
    use tokio_postgres::config::SslMode::{Disable, Require};
    for (mode, expected) in [
        ("disable", Disable),
        ("prefer", Disable),
        ("require", Require),
        ("verify-full", Require),
    ] {
        let url = format!("postgres://app@localhost/app?pool_size=3&sslmode={mode}");
        let config = Config::parse(&url).unwrap();
        assert_eq!(
            (config.server.get_ssl_mode(), config.pool_size),
            (expected, 3)
        );
    }
    // The test server has no certificate that the system trusts, or none at all.
    let (server, _postgres) = family(1).await;
    let url = format!("{}?sslmode=require", server.app_url());
    assert!(matches!(
        Postgres::connect(&url).await,
        Err(StoreError::Unavailable(_))
    ));
}

#[tokio::test]
async fn whoever_waits_too_long_for_the_pool_is_told() {
    let (_server, postgres) = family(1).await;
    let held = postgres.begin(Scope::Accounts, Mode::Read).await.unwrap();
    assert!(matches!(
        postgres.begin(Scope::Accounts, Mode::Read).await,
        Err(StoreError::Unavailable(_))
    ));
    drop(held);
    postgres.begin(Scope::Accounts, Mode::Read).await.unwrap();
}

#[tokio::test]
async fn a_server_that_went_away_is_unavailable_and_then_back() {
    let (server, postgres) = family(1).await;
    let mut transaction = postgres.begin(Scope::Accounts, Mode::Write).await.unwrap();
    server.terminate_app().await;
    assert!(matches!(
        transaction.run("SELECT 1", &[]).await,
        Err(StoreError::Unavailable(_))
    ));
    drop(transaction);
    assert_eq!(count(&postgres, Scope::Accounts, "account").await, 0);
}

/// A generator without a seed from outside: a failure repeats.
fn random(state: &AtomicU64) -> u64 {
    let mut x = state.load(Ordering::Relaxed);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    state.store(x, Ordering::Relaxed);
    x
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_hang_ups_leave_nothing_behind() {
    let (server, postgres) = family(1).await;
    let state = AtomicU64::new(0x9e37_79b9_7f4a_7c15);
    let mut committed = 0;
    // Adjusts itself, so that about half get through however fast the machine is.
    let mut window = 4000;
    for round in 0..1000 {
        let tenant = Uuid::now_v7();
        let work = async {
            let mut transaction = postgres.begin(Scope::Tenant(tenant), Mode::Write).await?;
            transaction
                .run(
                    "INSERT INTO parent VALUES ($1, 1, 'one')",
                    &[Value::Uuid(tenant)],
                )
                .await?;
            transaction.rescope(Scope::Platform).await?;
            transaction.rescope(Scope::Tenant(tenant)).await?;
            if round % 50 == 0 {
                transaction.run("SELECT pg_sleep(4)", &[]).await?;
            } else if round % 3 == 0 {
                transaction.run("SELECT pg_sleep(0.002)", &[]).await?;
            }
            transaction.run("SELECT count(*) FROM parent", &[]).await?;
            transaction.commit().await
        };
        let hang_up = tokio::time::sleep(Duration::from_micros(random(&state) % window));
        tokio::select! {
            done = work => { done.unwrap(); committed += 1; window -= window / 50; }
            () = hang_up => window += window / 50,
        }
    }
    assert!(
        (100..900).contains(&committed),
        "{committed} of 1000 got through: the test tells nothing"
    );

    let mut next = postgres.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let sql = "SELECT current_setting('app.tenant_id', true), current_setting('app.user_id', true), current_user";
    let mut row = next.run(sql, &[]).await.unwrap().remove(0);
    assert_eq!(row.next::<String>().unwrap(), "");
    assert_eq!(row.next::<String>().unwrap(), "");
    assert_eq!(row.next::<String>().unwrap(), server.app_role());
    drop(next);
    // The last ROLLBACK may still be on its way.
    let whole = postgres.begin(Scope::Accounts, Mode::Read).await.unwrap();
    assert_eq!(postgres.pool.status().size, 1);
    drop(whole);
    for _ in 0..50 {
        if (
            server.open_transactions().await,
            server.app_sessions().await,
        ) == (0, 1)
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        (
            server.open_transactions().await,
            server.app_sessions().await
        ),
        (0, 1)
    );
    let rows = count(&postgres, Scope::Platform, "parent").await;
    // A commit that was sent before the hang-up stands.
    assert!(
        rows >= committed && rows < 1000,
        "{rows} rows, {committed} commits"
    );
}
