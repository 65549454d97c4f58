use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::store::Constraint;
use crate::store::testing::Server;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn run(
    postgres: &Postgres,
    scope: Scope,
    sql: &str,
    args: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut transaction = postgres.begin(scope, Mode::Write).await?;
    let rows = transaction.run(sql, args).await?;
    transaction.commit().await?;
    Ok(rows)
}

async fn count(postgres: &Postgres, scope: Scope, table: &str) -> i64 {
    let mut transaction = postgres.begin(scope, Mode::Read).await.unwrap();
    let sql = format!("SELECT count(*) FROM {table}");
    let answer = transaction
        .run(&sql, &[])
        .await
        .unwrap()
        .remove(0)
        .next()
        .unwrap();
    transaction.commit().await.unwrap();
    answer
}

const FAMILY: &str = "
    CREATE TABLE account (id uuid PRIMARY KEY, email text CONSTRAINT account_email_unique UNIQUE);
    CREATE TABLE parent (tenant_id uuid, id bigint, name text, PRIMARY KEY (tenant_id, id));
    CREATE TABLE child (tenant_id uuid, id bigint, parent_id bigint, PRIMARY KEY (tenant_id, id),
        CONSTRAINT child_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES parent (tenant_id, id));
    ALTER TABLE parent ENABLE ROW LEVEL SECURITY;
    ALTER TABLE parent FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON parent USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
    CREATE POLICY platform ON parent FOR SELECT TO gatewright_platform USING (true);
    GRANT SELECT ON parent TO gatewright_platform;
";

/// A database with `account`, `parent` and `child`, and the pool of a role that RLS binds.
async fn family(pool_size: usize) -> (Server, Postgres) {
    let server = Server::new().await;
    server.as_owner(FAMILY).await;
    server.grant_to_app("account, parent, child").await;
    let postgres = Postgres::connect(&format!("{}?pool_size={pool_size}", server.app_url()))
        .await
        .unwrap();
    (server, postgres)
}

#[tokio::test]
async fn values_make_the_round_trip() {
    let (_server, postgres) = family(1).await;
    let at: Timestamp = "2026-11-24T09:30:00.123456Z".parse().unwrap();
    let long_ago: Timestamp = "0001-01-01T00:00:00Z".parse().unwrap();
    let values = [
        ("text", Value::Null),
        ("bool", Value::Boolean(true)),
        ("bigint", Value::Integer(i64::MIN)),
        ("integer", Value::Integer(-7)),
        ("smallint", Value::Integer(7)),
        (
            "numeric(18, 4)",
            Value::Decimal(Decimal::new(-123_450_000, 4)),
        ),
        ("text", text("naïve")),
        ("varchar(10)", text("naïve")),
        ("uuid", Value::Uuid(Uuid::now_v7())),
        ("timestamptz", Value::Timestamp(at)),
        ("timestamptz", Value::Timestamp(long_ago)),
        ("jsonb", Value::Json(json!({"a": [1, null]}))),
        ("json", Value::Json(json!("a"))),
    ];
    for (ty, value) in values {
        let sql = format!("SELECT $1::{ty}");
        let mut row = run(
            &postgres,
            Scope::Accounts,
            &sql,
            std::slice::from_ref(&value),
        )
        .await
        .unwrap()
        .remove(0);
        assert_eq!(row.next_value().unwrap(), value, "{ty}");
    }
    let id = Uuid::now_v7();
    let mut row = run(
        &postgres,
        Scope::Accounts,
        "SELECT $1::text",
        &[Value::Uuid(id)],
    )
    .await
    .unwrap()
    .remove(0);
    assert_eq!(row.next::<Uuid>().unwrap(), id);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (_server, postgres) = family(1).await;
    let cases = [
        ("SELECT $1::uuid", text("not an id")),
        ("SELECT $1::bigint", text("1")),
        ("SELECT $1::smallint", Value::Integer(40_000)),
        ("SELECT $1::text", Value::Integer(1)),
        ("SELECT 1.5::float8 WHERE $1", Value::Boolean(true)),
        ("SELECT 'NaN'::numeric WHERE $1", Value::Boolean(true)),
        (
            "SELECT 'infinity'::timestamptz WHERE $1",
            Value::Boolean(true),
        ),
        (
            "SELECT '-infinity'::timestamptz WHERE $1",
            Value::Boolean(true),
        ),
        ("SELECT 1; SELECT $1::text", text("two statements")),
        ("SELECT 1", text("no parameter")),
    ];
    for (sql, value) in cases {
        let answer = run(&postgres, Scope::Accounts, sql, &[value]).await;
        assert!(
            matches!(answer, Err(StoreError::Other(_))),
            "{sql}: {answer:?}"
        );
    }
}

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
async fn a_failed_statement_poisons() {
    let (_server, postgres) = family(1).await;
    let mut transaction = postgres.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let insert = "INSERT INTO account VALUES ($1, 'a@example.com')";
    let args = [Value::Uuid(Uuid::now_v7())];
    transaction.run(insert, &args).await.unwrap();
    transaction.run(insert, &args).await.unwrap_err();
    assert!(matches!(
        transaction.run("SELECT 1", &[]).await,
        Err(StoreError::Poisoned)
    ));
    assert!(matches!(
        transaction.rescope(Scope::Platform).await,
        Err(StoreError::Poisoned)
    ));
    assert!(matches!(
        transaction.commit().await,
        Err(StoreError::Poisoned)
    ));
    assert_eq!(count(&postgres, Scope::Accounts, "account").await, 0);
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
async fn constraints_say_what_they_know() {
    let (_server, postgres) = family(1).await;
    let id = Uuid::now_v7();
    let args = [Value::Uuid(id), text("a@example.com")];
    run(
        &postgres,
        Scope::Accounts,
        "INSERT INTO account VALUES ($1, $2)",
        &args,
    )
    .await
    .unwrap();
    let args = [Value::Uuid(Uuid::now_v7()), text("a@example.com")];
    match run(
        &postgres,
        Scope::Accounts,
        "INSERT INTO account VALUES ($1, $2)",
        &args,
    )
    .await
    {
        Err(error @ StoreError::Unique(Constraint::Named(_))) => {
            assert!(error.to_string().contains("account_email_unique"));
            assert!(
                !error.to_string().contains("example.com"),
                "values stay out of the log"
            );
        }
        other => panic!("{other:?}"),
    }
    let orphan = run(
        &postgres,
        Scope::Accounts,
        "INSERT INTO child VALUES ($1, 1, 1)",
        &[Value::Uuid(id)],
    )
    .await;
    assert!(
        matches!(orphan, Err(StoreError::ForeignKey(Constraint::Named(name))) if name == "child_parent")
    );
}

#[tokio::test]
async fn row_level_security_binds_the_application() {
    let (_server, postgres) = family(1).await;
    let [a, b] = [Uuid::now_v7(), Uuid::now_v7()];
    let insert = "INSERT INTO parent VALUES ($1, 1, 'one')";
    run(&postgres, Scope::Tenant(a), insert, &[Value::Uuid(a)])
        .await
        .unwrap();

    for scope in [Scope::Accounts, Scope::User(a), Scope::Tenant(b)] {
        assert_eq!(count(&postgres, scope, "parent").await, 0);
        let stranger = run(&postgres, scope, insert, &[Value::Uuid(a)]).await;
        assert!(
            matches!(stranger, Err(StoreError::RowLevelSecurity(_))),
            "{stranger:?}"
        );
    }
    assert_eq!(count(&postgres, Scope::Platform, "parent").await, 1);
    let write = run(&postgres, Scope::Platform, insert, &[Value::Uuid(a)]).await;
    assert!(
        matches!(write, Err(StoreError::Other(_))),
        "the platform may read: {write:?}"
    );
}

#[tokio::test]
async fn a_scope_holds_until_the_next() {
    let (_server, postgres) = family(1).await;
    let a = Uuid::now_v7();
    run(
        &postgres,
        Scope::Tenant(a),
        "INSERT INTO parent VALUES ($1, 1, 'one')",
        &[Value::Uuid(a)],
    )
    .await
    .unwrap();
    for mode in [Mode::Read, Mode::Write] {
        let mut transaction = postgres.begin(Scope::Accounts, mode).await.unwrap();
        for (scope, rows) in [
            (Scope::Accounts, 0),
            (Scope::Tenant(a), 1),
            (Scope::User(a), 0),
            (Scope::Platform, 1),
            (Scope::Accounts, 0),
            (Scope::Platform, 1),
            (Scope::Tenant(a), 1),
        ] {
            transaction.rescope(scope).await.unwrap();
            let seen: i64 = transaction
                .run("SELECT count(*) FROM parent", &[])
                .await
                .unwrap()[0]
                .next()
                .unwrap();
            assert_eq!(seen, rows, "{scope:?}");
        }
        transaction.commit().await.unwrap();
    }
}

#[tokio::test]
async fn readers_cannot_write_and_keep_their_snapshot() {
    let (_server, postgres) = family(2).await;
    let mut reader = postgres.begin(Scope::Accounts, Mode::Read).await.unwrap();
    reader.run("SELECT 1", &[]).await.unwrap();
    let insert = "INSERT INTO account VALUES ($1, NULL)";
    let args = [Value::Uuid(Uuid::now_v7())];
    run(&postgres, Scope::Accounts, insert, &args)
        .await
        .unwrap();
    assert_eq!(
        reader
            .run("SELECT count(*) FROM account", &[])
            .await
            .unwrap()[0]
            .next::<i64>()
            .unwrap(),
        0
    );
    assert!(matches!(
        reader.run(insert, &args).await,
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

#[tokio::test]
async fn ever_new_statements_do_not_pile_up() {
    let (_server, postgres) = family(1).await;
    let mut transaction = postgres.begin(Scope::Accounts, Mode::Read).await.unwrap();
    for number in 0..STATEMENTS + 20 {
        transaction
            .run(&format!("SELECT {number}"), &[])
            .await
            .unwrap();
    }
    let kept = "SELECT count(*) FROM pg_prepared_statements";
    let kept: i64 = transaction.run(kept, &[]).await.unwrap()[0].next().unwrap();
    assert!(kept < 50, "{kept}");
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
