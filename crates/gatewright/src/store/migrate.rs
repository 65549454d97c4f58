//! Migrations: the application's SQL files, each applied once and in order.
//!
//! A migration and its row in `gatewright_migrations` are one transaction, so a crash leaves either
//! both or neither. Processes that migrate at once take turns, and each looks at the history again
//! when its turn comes.

mod ahead;
mod drift;
mod script;
mod structure;
mod sync;

use jiff::Timestamp;

pub(crate) use self::ahead::in_the_way;
pub(crate) use self::drift::drift;
use self::script::Part;
pub(crate) use self::structure::Structure;
pub(crate) use self::sync::{sync, unsynced};
use super::database::{Database, Dialect, Mode, Scope, Transaction};
use super::{StoreError, Value, one, postgres, sqlite};
use crate::digest::sha256_hex;

/// Rows of a failed check that its message shows.
const SHOWN_ROWS: usize = 5;

/// One migration, as its file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// The number that its file begins with; they rise without a repeat.
    pub version: u32,
    /// The rest of the file's name: `init` of `0001_init.sql`.
    pub name: &'static str,
    /// The file's text. It must not begin or end a transaction. A line `-- check: ` and a sentence
    /// makes the `SELECT` below it a check: rows that it gives stop the migration.
    pub sql: &'static str,
}

/// An application's migrations for both databases.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// Those of `migrations/sqlite`, in order.
    pub sqlite: &'static [Migration],
    /// Those of `migrations/postgres`, in order.
    pub postgres: &'static [Migration],
}

impl Migrations {
    fn of(&self, dialect: Dialect) -> &'static [Migration] {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Connects to apply migrations, which may take their time.
pub(crate) async fn connect(url: &str) -> Result<Database, StoreError> {
    match url.strip_prefix("sqlite://") {
        Some(path) => sqlite::Sqlite::open_to_migrate(path).map(Database::Sqlite),
        None => postgres::Postgres::connect_to_migrate(url)
            .await
            .map(Database::Postgres),
    }
}

/// Applies what is missing, and says what that was.
///
/// On PostgreSQL, the connection is the owner's, and `app_role` the role that the application
/// connects as: it is given exactly the privileges that it needs.
pub(crate) async fn apply(
    database: &Database,
    migrations: &Migrations,
    app_role: Option<&str>,
) -> Result<Vec<Migration>, StoreError> {
    let dialect = database.dialect();
    let mut applied = Vec::new();
    loop {
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        take_turn(&mut transaction).await?;
        let history = history(&mut transaction).await?;
        let Some(&migration) = missing(dialect, migrations.of(dialect), &history)?.first() else {
            if let (Transaction::Postgres(owner), Some(role)) = (&mut transaction, app_role) {
                postgres::privileges::grant(owner, role).await?;
            }
            transaction.commit().await?;
            return Ok(applied);
        };
        if let Transaction::Postgres(owner) = &mut transaction {
            postgres::sight::check(owner).await?;
        }
        run(&mut transaction, dialect, &migration).await?;
        transaction.commit().await?;
        applied.push(migration);
    }
}

/// The role that connects with the application's URL: what [`apply`] takes as `app_role`.
pub(crate) fn role_of(url: &str) -> Result<Option<String>, StoreError> {
    if url.starts_with("sqlite://") {
        Ok(None)
    } else {
        postgres::user_of(url)
    }
}

/// What [`apply`] would apply. Needs no more than the application's own role.
pub(crate) async fn pending(
    database: &Database,
    migrations: &Migrations,
) -> Result<&'static [Migration], StoreError> {
    let dialect = database.dialect();
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let history = history_if_any(&mut transaction, dialect).await?;
    missing(dialect, migrations.of(dialect), &history)
}

/// The history; empty where no migration has ever run.
async fn history_if_any(
    transaction: &mut Transaction,
    dialect: Dialect,
) -> Result<Vec<Applied>, StoreError> {
    let exists = match dialect {
        Dialect::Sqlite => {
            "SELECT count(*) FROM sqlite_schema WHERE name = 'gatewright_migrations'"
        }
        Dialect::Postgres => "SELECT to_regclass('gatewright_migrations') IS NOT NULL",
    };
    if one(transaction.run(exists, &[]).await?)?.next()? {
        history(transaction).await
    } else {
        Ok(Vec::new())
    }
}

/// Waits until no other process migrates, and sees to it that there is a history.
async fn take_turn(transaction: &mut Transaction) -> Result<(), StoreError> {
    match transaction {
        // BEGIN IMMEDIATE has waited.
        Transaction::Sqlite(transaction) => transaction.batch(
            "CREATE TABLE IF NOT EXISTS gatewright_migrations (
                 version INTEGER PRIMARY KEY,
                 name TEXT NOT NULL,
                 checksum TEXT NOT NULL,
                 applied_at TEXT NOT NULL
             ) STRICT",
        ),
        Transaction::Postgres(transaction) => {
            // The number is arbitrary, and the lock of this database alone.
            transaction
                .batch("SELECT pg_advisory_xact_lock(7418522031906)")
                .await?;
            postgres::privileges::ensure_platform_role(transaction).await?;
            // From here on, no waiting: whoever waits for a table's lock holds up everybody behind.
            transaction
                .batch(
                    "SET LOCAL lock_timeout = '10s';
                     CREATE TABLE IF NOT EXISTS gatewright_migrations (
                         version bigint PRIMARY KEY,
                         name text NOT NULL,
                         checksum text NOT NULL,
                         applied_at timestamptz NOT NULL
                     )",
                )
                .await
        }
    }
}

/// A migration that the database has.
#[derive(Debug)]
struct Applied {
    version: i64,
    name: String,
    checksum: String,
}

async fn history(transaction: &mut Transaction) -> Result<Vec<Applied>, StoreError> {
    let sql = "SELECT version, name, checksum FROM gatewright_migrations ORDER BY version";
    let rows = transaction.run(sql, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Applied {
                version: row.next()?,
                name: row.next()?,
                checksum: row.next()?,
            })
        })
        .collect()
}

/// The migrations that the history lacks; an error where the two do not belong together.
fn missing(
    dialect: Dialect,
    migrations: &'static [Migration],
    history: &[Applied],
) -> Result<&'static [Migration], StoreError> {
    for pair in migrations.windows(2) {
        if let [before, after] = pair
            && before.version >= after.version
        {
            let [before, after] = [file(dialect, before), file(dialect, after)];
            return Err(StoreError::Other(format!(
                "{after} must have a higher number than {before}"
            )));
        }
    }
    for (position, applied) in history.iter().enumerate() {
        let Applied {
            version,
            name,
            checksum,
        } = applied;
        let Some(migration) = migrations.get(position) else {
            return Err(StoreError::Other(format!(
                "the database is ahead of this application: it has migration {version:04}_{name}, which this \
                 application does not; start the newer application"
            )));
        };
        if i64::from(migration.version) != *version {
            return Err(StoreError::Other(format!(
                "{} was not applied before migration {version:04}_{name}, which the database has; give it a number \
                 above all that were applied",
                file(dialect, migration)
            )));
        }
        if checksum_of(migration.sql) != *checksum {
            return Err(StoreError::Other(format!(
                "{} was changed after it was applied; restore it, and put the change into a new migration",
                file(dialect, migration)
            )));
        }
    }
    Ok(migrations.get(history.len()..).unwrap_or_default())
}

async fn run(
    transaction: &mut Transaction,
    dialect: Dialect,
    migration: &Migration,
) -> Result<(), StoreError> {
    for part in script::parts(migration.sql) {
        let done = match part {
            Part::Statements(statements) => match transaction {
                Transaction::Sqlite(transaction) => transaction.batch(statements),
                Transaction::Postgres(transaction) => transaction.batch(statements).await,
            },
            Part::Check { message, select } => check(transaction, message, select).await,
        };
        done.map_err(|error| in_file(dialect, migration, error))?;
    }
    if dialect == Dialect::Sqlite {
        check_foreign_keys(transaction)
            .await
            .map_err(|error| in_file(dialect, migration, error))?;
    }
    let record = "INSERT INTO gatewright_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
    let args = [
        Value::Integer(migration.version.into()),
        Value::Text(migration.name.to_owned()),
        Value::Text(checksum_of(migration.sql)),
        Value::Timestamp(Timestamp::now()),
    ];
    transaction.run(record, &args).await.map(drop)
}

/// Runs a check of a migration: rows stop it.
async fn check(
    transaction: &mut Transaction,
    message: &str,
    select: &str,
) -> Result<(), StoreError> {
    let rows = match transaction {
        // Whoever migrates has no deadline there.
        Transaction::Sqlite(transaction) => transaction.run(select, &[]).await?,
        Transaction::Postgres(transaction) => transaction.ask(select).await?,
    };
    if rows.is_empty() {
        return Ok(());
    }
    let more = rows.len() > SHOWN_ROWS;
    let mut text = message.to_owned();
    for row in rows.into_iter().take(SHOWN_ROWS) {
        text.push_str("\n  ");
        text.push_str(&row.shown());
    }
    if more {
        text.push_str("\n  and more");
    }
    text.push_str("\nnothing has changed; mend what is in the way and migrate again");
    Err(StoreError::Other(text))
}

/// SQLite does not look at foreign keys while it migrates, so that a table can be rebuilt.
async fn check_foreign_keys(transaction: &mut Transaction) -> Result<(), StoreError> {
    match transaction
        .run(
            "SELECT \"table\", \"parent\" FROM pragma_foreign_key_check",
            &[],
        )
        .await?
        .first_mut()
    {
        None => Ok(()),
        Some(row) => {
            let [table, parent]: [String; 2] = [row.next()?, row.next()?];
            Err(StoreError::Other(format!(
                "a row of `{table}` refers to a row of `{parent}` that is not there"
            )))
        }
    }
}

fn in_file(dialect: Dialect, migration: &Migration, error: StoreError) -> StoreError {
    let text = format!("{}: {error}", file(dialect, migration));
    match error {
        StoreError::Unavailable(_) => StoreError::Unavailable(text),
        _ => StoreError::Other(text),
    }
}

fn file(dialect: Dialect, migration: &Migration) -> String {
    let folder = match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
    };
    format!(
        "migrations/{folder}/{:04}_{}.sql",
        migration.version, migration.name
    )
}

/// A checkout with other line ends is the same migration.
fn checksum_of(sql: &str) -> String {
    sha256_hex(sql.replace("\r\n", "\n").as_bytes())
}

#[cfg(test)]
mod tests;
