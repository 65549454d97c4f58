use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::store::Constraint;
use crate::store::testing::Folder;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn run(sqlite: &Sqlite, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut transaction = sqlite.begin(Mode::Write).await?;
    let rows = transaction.run(sql, args).await?;
    transaction.commit()?;
    Ok(rows)
}

async fn count(sqlite: &Sqlite, table: &str) -> i64 {
    let mut transaction = sqlite.begin(Mode::Read).await.unwrap();
    let mut rows = transaction
        .run(&format!("SELECT count(*) FROM {table}"), &[])
        .await
        .unwrap();
    rows[0].next().unwrap()
}

/// `parent` and `child`, tenant-owned.
async fn family(folder: &Folder) -> Sqlite {
    let sqlite = Sqlite::open(&folder.file()).unwrap();
    for statement in [
        "CREATE TABLE parent (tenant_id TEXT, id INTEGER, name TEXT, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name)) STRICT",
        "CREATE TABLE child (tenant_id TEXT, id INTEGER, parent_id INTEGER, PRIMARY KEY (tenant_id, id), \
         FOREIGN KEY (tenant_id, parent_id) REFERENCES parent (tenant_id, id)) STRICT",
        "INSERT INTO parent VALUES ('a', 1, 'one')",
    ] {
        run(&sqlite, statement, &[]).await.unwrap();
    }
    sqlite
}

#[tokio::test]
async fn values_make_the_round_trip() {
    let folder = Folder::new();
    let sqlite = Sqlite::open(&folder.file()).unwrap();
    let id = Uuid::now_v7();
    let at: Timestamp = "2026-11-24T09:30:00.1234567Z".parse().unwrap();
    let json = json!({"a": [1, null]});
    let args = [
        Value::Null,
        Value::Boolean(true),
        Value::Integer(i64::MIN),
        text("naïve"),
        Value::Uuid(id),
        Value::Timestamp(at),
        Value::Json(json.clone()),
    ];
    let mut row = run(&sqlite, "SELECT $1, $2, $3, $4, $5, $6, $7", &args)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(row.next::<Option<i64>>().unwrap(), None);
    assert!(row.next::<bool>().unwrap());
    assert_eq!(row.next::<i64>().unwrap(), i64::MIN);
    assert_eq!(row.next::<String>().unwrap(), "naïve");
    assert_eq!(row.next::<Uuid>().unwrap(), id);
    assert_eq!(
        row.next_value().unwrap(),
        text("2026-11-24T09:30:00.123456Z")
    );
    assert_eq!(row.next::<serde_json::Value>().unwrap(), json);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let folder = Folder::new();
    let sqlite = Sqlite::open(&folder.file()).unwrap();
    let before_christ: Timestamp = "-000001-01-01T00:00:00Z".parse().unwrap();
    for value in [
        Value::Decimal(Decimal::ONE),
        Value::Timestamp(before_christ),
    ] {
        assert!(matches!(
            run(&sqlite, "SELECT $1", &[value]).await,
            Err(StoreError::Other(_))
        ));
    }
    for sql in [
        "SELECT 1.5",
        "SELECT x'00'",
        "SELECT \"no_such_column\"",
        "SELECT ?1",
        "SELECT $1",
        "SELECT $0",
    ] {
        assert!(
            matches!(run(&sqlite, sql, &[]).await, Err(StoreError::Other(_))),
            "{sql}"
        );
    }
    assert!(matches!(
        run(&sqlite, "SELECT 1", &[Value::Null]).await,
        Err(StoreError::Other(_))
    ));
}

#[tokio::test]
async fn parameters_go_by_their_number() {
    let folder = Folder::new();
    let sqlite = Sqlite::open(&folder.file()).unwrap();
    let args = [text("first"), text("second")];
    let mut row = run(&sqlite, "SELECT $2, $1, $2", &args)
        .await
        .unwrap()
        .remove(0);
    let values: Vec<String> = (0..3).map(|_| row.next().unwrap()).collect();
    assert_eq!(values, ["second", "first", "second"]);
}

#[tokio::test]
async fn a_dropped_transaction_rolls_back() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    for _ in 0..3 {
        let mut transaction = sqlite.begin(Mode::Write).await.unwrap();
        transaction
            .run("INSERT INTO parent VALUES ('a', 2, 'two')", &[])
            .await
            .unwrap();
    }
    assert_eq!(count(&sqlite, "parent").await, 1);
    assert_eq!(sqlite.writer.idle_count(), 1);
}

#[tokio::test]
async fn a_failed_statement_poisons() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let mut transaction = sqlite.begin(Mode::Write).await.unwrap();
    transaction
        .run("INSERT INTO parent VALUES ('a', 2, 'two')", &[])
        .await
        .unwrap();
    transaction
        .run("INSERT INTO parent VALUES ('a', 2, 'two')", &[])
        .await
        .unwrap_err();
    assert!(matches!(
        transaction.run("SELECT 1", &[]).await,
        Err(StoreError::Poisoned)
    ));
    assert!(matches!(transaction.commit(), Err(StoreError::Poisoned)));
    assert_eq!(count(&sqlite, "parent").await, 1);
}

#[tokio::test]
async fn constraints_say_what_they_know() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let columns = async |sql| match run(&sqlite, sql, &[]).await {
        Err(StoreError::Unique(Constraint::Columns(columns))) => columns,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        columns("INSERT INTO parent VALUES ('a', 1, 'two')").await,
        ["tenant_id", "id"]
    );
    assert_eq!(
        columns("INSERT INTO parent VALUES ('a', 2, 'one')").await,
        ["tenant_id", "name"]
    );
    // Another tenant's parent is no parent.
    let stranger = run(&sqlite, "INSERT INTO child VALUES ('b', 1, 1)", &[]).await;
    assert!(matches!(
        stranger,
        Err(StoreError::ForeignKey(Constraint::Unknown))
    ));
}

#[tokio::test]
async fn every_connection_checks_foreign_keys_and_readers_cannot_write() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let mut open = Vec::new();
    for _ in 0..READERS {
        let mut reader = sqlite.begin(Mode::Read).await.unwrap();
        assert_eq!(
            reader.run("PRAGMA foreign_keys", &[]).await.unwrap()[0]
                .next::<i64>()
                .unwrap(),
            1
        );
        open.push(reader);
    }
    let mut writer = sqlite.begin(Mode::Write).await.unwrap();
    assert_eq!(
        writer.run("PRAGMA foreign_keys", &[]).await.unwrap()[0]
            .next::<i64>()
            .unwrap(),
        1
    );
    assert_eq!(
        writer.run("PRAGMA journal_mode", &[]).await.unwrap()[0]
            .next::<String>()
            .unwrap(),
        "wal"
    );
    let refused = open[0]
        .run("INSERT INTO parent VALUES ('a', 2, 'two')", &[])
        .await;
    assert!(matches!(refused, Err(StoreError::Other(_))));
    drop(open);
    assert_eq!(sqlite.readers.idle_count(), READERS);
}

#[tokio::test]
async fn a_reader_keeps_its_snapshot() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let mut reader = sqlite.begin(Mode::Read).await.unwrap();
    let mut seen = async || {
        reader
            .run("SELECT count(*) FROM parent", &[])
            .await
            .unwrap()[0]
            .next::<i64>()
            .unwrap()
    };
    assert_eq!(seen().await, 1);
    run(&sqlite, "INSERT INTO parent VALUES ('a', 2, 'two')", &[])
        .await
        .unwrap();
    assert_eq!(seen().await, 1);
    assert_eq!(count(&sqlite, "parent").await, 2);
}

#[tokio::test]
async fn an_endless_statement_is_interrupted() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let started = std::time::Instant::now();
    let answer = run(&sqlite, endless, &[]).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    assert!((4..10).contains(&started.elapsed().as_secs()));
    // The connection is as good as new.
    run(&sqlite, "INSERT INTO parent VALUES ('a', 2, 'two')", &[])
        .await
        .unwrap();
}

#[test]
fn what_begins_and_ends_transactions_has_time_of_its_own() {
    let folder = Folder::new();
    let file = folder.file();
    let file = std::path::Path::new(&file);
    connection::create(file).unwrap();
    let connection = Connection::open(file, Purpose::Read).unwrap();
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT max(i) FROM n";
    let short = Duration::from_secs(1);
    for _ in 0..3 {
        connection.try_run(short, long, &[]).unwrap().unwrap();
    }
    std::thread::sleep(short + Duration::from_millis(50));
    // More often than SQLite goes without a look at the clock.
    for _ in 0..20_000 {
        connection.execute("BEGIN").unwrap();
        connection.execute("ROLLBACK").unwrap();
    }
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for_without_holding_the_thread() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = run(&sqlite, "INSERT INTO parent VALUES ('a', 2, 'two')", &[]);
    let ending = async {
        // On the one thread of this test: it gets its turn only if waiting yields.
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.execute_batch("COMMIT").unwrap();
    };
    let (written, ()) = tokio::join!(waiting, ending);
    written.unwrap();

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(
        sqlite.begin(Mode::Write).await,
        Err(StoreError::Unavailable(_))
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_take_turns_and_lose_nothing() {
    let folder = Folder::new();
    let sqlite = family(&folder).await;
    let mut tasks = tokio::task::JoinSet::new();
    for id in 10..110 {
        let sqlite = sqlite.clone();
        tasks.spawn(async move {
            let mut transaction = sqlite.begin(Mode::Write).await.unwrap();
            let name = text(&id.to_string());
            transaction
                .run(
                    "INSERT INTO parent VALUES ('a', $1, $2)",
                    &[Value::Integer(id), name],
                )
                .await
                .unwrap();
            tokio::task::yield_now().await;
            // Half of them are dropped here.
            if id % 2 == 0 {
                transaction.commit().unwrap();
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    assert_eq!(count(&sqlite, "parent").await, 51);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = Folder::new();
    let path = folder.file();
    std::fs::create_dir_all(folder.path().join("var")).unwrap();
    std::fs::write(&path, "This is a letter, not a database. ".repeat(100)).unwrap();
    let refusal = Sqlite::open(&path).unwrap_err().to_string();
    assert_eq!(
        refusal,
        format!("`{path}` is not a SQLite database; name another file")
    );
    for path in ["", ":memory:", "var/app.db?mode=ro"] {
        assert!(
            matches!(Sqlite::open(path), Err(StoreError::Other(_))),
            "{path}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    Sqlite::open(&folder.file()).unwrap();
    let mode = std::fs::metadata(folder.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0);
}

/// One thread for everybody: what holds it holds up the others.
#[tokio::test(flavor = "current_thread")]
async fn a_long_read_lets_others_have_the_thread() {
    let folder = Folder::new();
    let sqlite = Sqlite::open(&folder.file()).unwrap();
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT max(i) FROM n";
    let ended = std::cell::Cell::new(false);
    let read = async {
        let mut transaction = sqlite.begin(Mode::Read).await.unwrap();
        let mut rows = transaction.run(long, &[]).await.unwrap();
        assert_eq!(rows[0].next::<i64>().unwrap(), 1_000_000);
        ended.set(true);
        // The same snapshot and connection serve on.
        assert!(transaction.run("SELECT 1", &[]).await.is_ok());
    };
    let others = async {
        for _ in 0..3 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            assert!(
                !ended.get(),
                "the read ended before anybody else had a turn"
            );
        }
    };
    tokio::join!(read, others);
}
