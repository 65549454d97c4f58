//! What statements take and answer, and what a scope lets them see.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::store::Constraint;

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
