//! One connection: how it is opened, how a statement runs, what its errors mean.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{ErrorCode, OpenFlags, ffi};

use super::{arithmetic, values};
use crate::store::{Constraint, Row, StoreError, Value};

/// How long one statement may run.
const STATEMENT_DEADLINE: Duration = Duration::from_secs(5);

/// Virtual machine instructions between two looks at the clock: well under a millisecond.
const INSTRUCTIONS_PER_CHECK: i32 = 20_000;

/// Bytes of the file that are mapped at most. SQLite maps no more than it was compiled for, which is
/// 2 GiB unless its `SQLITE_MAX_MMAP_SIZE` says otherwise.
const MAPPED: i64 = 1 << 40;

/// How long a reader may hold the thread for another process that recovers or closes the file.
/// The writer does not wait in SQLite at all: see `try_begin_immediate`.
const READER_BUSY_TIMEOUT: Duration = Duration::from_millis(10);

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 128;

/// Makes the database file and its folder where they are missing. The file holds password hashes,
/// so nobody but its owner may read it; SQLite gives the files beside it the same mode.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| {
        StoreError::Other(format!(
            "the database file `{}` cannot be made: {error}; name a file in a folder that this user may write",
            path.display()
        ))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Cannot write.
    Read,
    Write,
    /// Writes without a deadline and without foreign keys: dropping a table that is being rebuilt
    /// would otherwise delete its rows, and by cascade those that refer to them. Whoever migrates
    /// checks the foreign keys afterwards.
    Migrate,
}

/// A connection with every pragma set.
#[derive(Debug)]
pub(super) struct Connection {
    raw: rusqlite::Connection,
    limit: Arc<Limit>,
}

/// How long the statement that runs may still do so.
#[derive(Debug)]
struct Limit {
    /// That another statement has begun since the last look at the clock.
    fresh: AtomicBool,
    micros: AtomicU64,
}

impl Limit {
    /// For the statement that begins now. Even one that does next to nothing needs it: SQLite looks at the
    /// clock each so many instructions of all runs of a prepared statement together, so that one `BEGIN` of some
    /// thousands is asked too, and would be held to the time of a statement long before it.
    fn restart(&self, allowance: Duration) {
        let micros = u64::try_from(allowance.as_micros()).unwrap_or(u64::MAX);
        self.micros.store(micros, Ordering::Relaxed);
        self.fresh.store(true, Ordering::Relaxed);
    }
}

impl Connection {
    pub(super) fn open(path: &Path, purpose: Purpose) -> Result<Self, StoreError> {
        Self::try_open(path, purpose).map_err(|error| match error {
            rusqlite::Error::SqliteFailure(code, _) if code.code == ErrorCode::NotADatabase => {
                StoreError::Other(format!(
                    "`{}` is not a SQLite database; name another file",
                    path.display()
                ))
            }
            error => match failure(&error) {
                StoreError::Unavailable(cause) => StoreError::Unavailable(format!(
                    "the database file `{}` cannot be opened: {cause}",
                    path.display()
                )),
                other => StoreError::Other(format!(
                    "the database file `{}` cannot be opened: {other}",
                    path.display()
                )),
            },
        })
    }

    fn try_open(path: &Path, purpose: Purpose) -> rusqlite::Result<Self> {
        // One thread at a time has it, which Rust sees to, so SQLite need not lock.
        let access = match purpose {
            Purpose::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Purpose::Write | Purpose::Migrate => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let mut raw =
            rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // What opens may meet another process that opens too; afterwards the purpose decides.
        raw.busy_timeout(Duration::from_secs(1))?;
        if purpose != Purpose::Read {
            raw.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            // Against a crash of the process nothing is lost; against a loss of power, the last
            // transactions may be, but the file stays whole.
            raw.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864")?;
        }
        // A page is read from the system's cache, which all connections share, instead of being copied
        // into the small one of each: a database of many tenants does not fit there.
        raw.pragma_update(None, "mmap_size", MAPPED)?;
        raw.pragma_update(None, "foreign_keys", purpose != Purpose::Migrate)?;
        raw.pragma_update(None, "trusted_schema", false)?;
        // A misspelt quoted column is an error, not a string.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // A plan depends on the statement alone, so a prepared one is never planned anew for other
        // arguments: that would cost more than it ever saves, on every request.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        raw.busy_timeout(match purpose {
            Purpose::Read => READER_BUSY_TIMEOUT,
            Purpose::Write | Purpose::Migrate => Duration::ZERO,
        })?;
        raw.set_prepared_statement_cache_capacity(STATEMENTS);
        arithmetic::register(&raw)?;
        let limit = Arc::new(Limit {
            fresh: AtomicBool::new(true),
            micros: AtomicU64::new(0),
        });
        if purpose != Purpose::Migrate {
            let interrupt = interrupt_past(Arc::clone(&limit));
            raw.progress_handler(INSTRUCTIONS_PER_CHECK, Some(interrupt))?;
        }
        Ok(Self { raw, limit })
    }

    /// An empty database that is gone with the connection, to try migrations on.
    pub(super) fn in_memory() -> Result<Self, StoreError> {
        let raw = rusqlite::Connection::open_in_memory().map_err(|error| failure(&error))?;
        let limit = Arc::new(Limit {
            fresh: AtomicBool::new(true),
            micros: AtomicU64::new(0),
        });
        let connection = Self { raw, limit };
        connection.execute("PRAGMA foreign_keys = OFF")?;
        Ok(connection)
    }

    /// Runs statements, each a transaction of its own.
    pub(super) fn run_all(&self, statements: &str) -> Result<(), StoreError> {
        self.limit.restart(STATEMENT_DEADLINE);
        self.raw
            .execute_batch(statements)
            .map_err(|error| failure(&error))
    }

    /// Runs one statement and collects its rows.
    pub(super) fn run(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.run_within(STATEMENT_DEADLINE, sql, args)
            .map_err(|error| failure(&error))?
    }

    /// The same, unless it takes longer than `allowance`: then `None`, and nothing has happened.
    /// For readers alone: an interrupted write takes its transaction with it.
    pub(super) fn try_run(
        &self,
        allowance: Duration,
        sql: &str,
        args: &[Value],
    ) -> Result<Option<Vec<Row>>, StoreError> {
        match self.run_within(allowance, sql, args) {
            Ok(answer) => answer.map(Some),
            Err(rusqlite::Error::SqliteFailure(code, _))
                if code.code == ErrorCode::OperationInterrupted =>
            {
                Ok(None)
            }
            Err(error) => Err(failure(&error)),
        }
    }

    fn run_within(
        &self,
        allowance: Duration,
        sql: &str,
        args: &[Value],
    ) -> rusqlite::Result<Result<Vec<Row>, StoreError>> {
        self.limit.restart(allowance);
        let mut statement = self.raw.prepare_cached(sql)?;
        if let Err(error) = values::bind(&mut statement, args) {
            return Ok(Err(error));
        }
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next()? {
            match values::read(row, columns) {
                Ok(row) => answer.push(row),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(answer))
    }

    /// Runs a statement that has neither parameters nor rows.
    pub(super) fn execute(&self, sql: &str) -> Result<(), StoreError> {
        self.step(sql).map_err(|error| failure(&error))
    }

    /// Runs statements inside the open transaction, which must still be open afterwards.
    pub(super) fn batch(&self, statements: &str) -> Result<(), StoreError> {
        self.limit.restart(STATEMENT_DEADLINE);
        self.raw
            .execute_batch(statements)
            .map_err(|error| failure(&error))?;
        if self.raw.is_autocommit() {
            return Err(StoreError::Other(
                "SQLite: the statements ended their own transaction".to_owned(),
            ));
        }
        Ok(())
    }

    /// Begins a transaction that may write; `false` when another process is writing.
    ///
    /// Asks once: SQLite's own busy loop would hold the thread.
    pub(super) fn try_begin_immediate(&self) -> Result<bool, StoreError> {
        match self.step("BEGIN IMMEDIATE") {
            Ok(()) => Ok(true),
            Err(rusqlite::Error::SqliteFailure(code, _))
                if code.code == ErrorCode::DatabaseBusy =>
            {
                Ok(false)
            }
            Err(error) => Err(failure(&error)),
        }
    }

    /// Ends a transaction if one is open; `false` when that fails.
    pub(super) fn roll_back(&self) -> bool {
        // Some errors have rolled back already.
        self.raw.is_autocommit() || (self.step("ROLLBACK").is_ok() && self.raw.is_autocommit())
    }

    fn step(&self, sql: &str) -> rusqlite::Result<()> {
        self.limit.restart(STATEMENT_DEADLINE);
        self.raw.prepare_cached(sql)?.raw_execute().map(drop)
    }
}

/// A progress handler that stops a statement past its limit. A statement that ends before the first
/// check, as nearly all do, never costs a look at the clock.
fn interrupt_past(limit: Arc<Limit>) -> impl FnMut() -> bool + Send + 'static {
    let mut since = Instant::now();
    move || {
        if limit.fresh.swap(false, Ordering::Relaxed) {
            since = Instant::now();
        }
        since.elapsed() > Duration::from_micros(limit.micros.load(Ordering::Relaxed))
    }
}

/// What an error of SQLite means.
pub(super) fn failure(error: &rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, message) = error else {
        return StoreError::Other(format!("SQLite: {error}"));
    };
    let message = message.as_deref().unwrap_or_default();
    match (code.code, code.extended_code) {
        (
            _,
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID,
        ) => StoreError::Unique(unique_columns(message)),
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::ForeignKey(Constraint::Unknown),
        (ErrorCode::OperationInterrupted, _) => {
            StoreError::Unavailable("SQLite: a statement ran past its time".to_owned())
        }
        (
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => StoreError::Unavailable(format!("SQLite: {error}")),
        _ => StoreError::Other(format!("SQLite: {error}")),
    }
}

/// The columns in `UNIQUE constraint failed: products.tenant_id, products.sku`.
fn unique_columns(message: &str) -> Constraint {
    let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") else {
        return Constraint::Unknown;
    };
    // An index on an expression gives its name instead.
    if columns.starts_with("index ") {
        return Constraint::Unknown;
    }
    let name = |column: &str| {
        column
            .rsplit_once('.')
            .map_or(column, |(_, name)| name)
            .to_owned()
    };
    Constraint::Columns(columns.split(", ").map(name).collect())
}
