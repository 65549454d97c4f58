//! SQLite, called in place.
//!
//! A statement takes microseconds, a hop to another thread takes more, so statements run on the
//! thread that asks. What may take long happens elsewhere: waiting for a connection or for another
//! process's write lock sleeps without holding the thread, and a statement that runs past its
//! deadline is interrupted. A read that turns out to be long, such as a filter over a large table, is
//! stopped after a few milliseconds and begun again on a thread of its own, so that it cannot hold
//! up the requests of others.
//!
//! There is one writing connection, because SQLite has one writer: whoever waits for it waits in
//! line here instead of in SQLite's busy loop. Readers have connections of their own that cannot
//! write, and see the state of their first statement until they end.

mod arithmetic;
mod connection;
mod pool;
pub(super) mod structure;
mod values;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use self::connection::{Connection, Purpose};
use self::pool::{Pool, Pooled};
use super::{FailedAt, Mode, Row, StoreError, Value};

/// How long a transaction may wait for a connection, or for another process to finish its write.
const PATIENCE: Duration = Duration::from_secs(5);

/// The same for migrations.
const MIGRATION_PATIENCE: Duration = Duration::from_secs(60);

/// The longest pause between two attempts at the write lock.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Read transactions at a time. Statements run one a thread; the rest of this room is for readers
/// that pause between statements, such as exports.
const READERS: usize = 32;

/// How long a read may hold the thread that asks.
const IN_PLACE: Duration = Duration::from_millis(5);

/// How many statements of a bulk write may hold the thread that asks.
const STATEMENTS_PER_TURN: usize = 64;

/// A database file with its connections.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    /// Room for long reads: one a core, so that those of one tenant leave others their turn.
    long_reads: Arc<Semaphore>,
    writer: Arc<Pool>,
    readers: Arc<Pool>,
    patience: Duration,
}

impl Sqlite {
    /// Opens the file, and makes it and its folder where they are missing.
    pub(crate) fn open(path: &str) -> Result<Self, StoreError> {
        Self::open_for(path, Purpose::Write, PATIENCE)
    }

    /// Opens the file for migrations: statements without a deadline and without foreign keys, and
    /// all the patience that another process which migrates asks for.
    pub(crate) fn open_to_migrate(path: &str) -> Result<Self, StoreError> {
        Self::open_for(path, Purpose::Migrate, MIGRATION_PATIENCE)
    }

    fn open_for(path: &str, purpose: Purpose, patience: Duration) -> Result<Self, StoreError> {
        if path.is_empty() || path.starts_with(':') || path.contains('?') {
            return Err(StoreError::Other(format!(
                "`sqlite://{path}` does not name a database file; write `sqlite://` and a path, without options"
            )));
        }
        let path = Path::new(path);
        connection::create(path)?;
        // The writer comes first: it turns the file to WAL, which a read-only connection cannot.
        let writer = Connection::open(path, purpose)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let sqlite = Self {
            long_reads: Arc::new(Semaphore::new(cores)),
            writer: Arc::new(Pool::new(path.to_owned(), purpose, 1)),
            readers: Arc::new(Pool::new(path.to_owned(), Purpose::Read, READERS)),
            patience,
        };
        sqlite.writer.put_back(writer);
        Ok(sqlite)
    }

    /// Begins a transaction. A writing one holds the database's single write lock until it ends.
    pub(crate) async fn begin(&self, mode: Mode) -> Result<Transaction, StoreError> {
        let deadline = Instant::now() + self.patience;
        let pool = match mode {
            Mode::Read => &self.readers,
            Mode::Write => &self.writer,
        };
        let mut connection = match tokio::time::timeout_at(deadline, pool.take()).await {
            Ok(connection) => connection?,
            Err(_) => {
                return Err(StoreError::Unavailable(
                    "every SQLite connection is taken".to_owned(),
                ));
            }
        };
        match mode {
            // Deferred: takes no lock, and its first statement takes the snapshot.
            Mode::Read => connection.get()?.execute("BEGIN DEFERRED")?,
            Mode::Write => lock(&mut connection, deadline).await?,
        }
        Ok(Transaction {
            connection: Some(connection),
            long_reads: (mode == Mode::Read).then(|| Arc::clone(&self.long_reads)),
            deadline,
            poisoned: false,
        })
    }
}

/// Takes the write lock. Only another process can hold it, since ours wait for the connection.
/// `&mut`, since a shared reference to a connection must not cross to another thread at an await.
async fn lock(connection: &mut Pooled, deadline: Instant) -> Result<(), StoreError> {
    let mut pause = Duration::from_millis(1);
    while !connection.get()?.try_begin_immediate()? {
        if Instant::now() >= deadline {
            return Err(StoreError::Unavailable(
                "another process keeps the SQLite file locked".to_owned(),
            ));
        }
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
    Ok(())
}

/// An open transaction. Dropped, it rolls back: the pool takes no connection back with one open.
#[derive(Debug)]
pub(crate) struct Transaction {
    /// Absent while a long read has it on another thread.
    connection: Option<Pooled>,
    /// Where long reads wait their turn; `None` for a transaction that writes.
    long_reads: Option<Arc<Semaphore>>,
    /// When whoever waits gives up.
    deadline: Instant,
    poisoned: bool,
}

impl Transaction {
    /// Runs one statement and collects its rows.
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        // Set first and cleared on success, so that a panic on the way poisons too.
        self.poisoned = true;
        let rows = match self.long_reads.clone() {
            None => self.connection()?.run(sql, args)?,
            Some(room) => {
                let tried = self.connection()?.try_run(IN_PLACE, sql, args)?;
                match tried {
                    Some(rows) => rows,
                    None => self.run_elsewhere(room, sql, args).await?,
                }
            }
        };
        self.poisoned = false;
        Ok(rows)
    }

    /// Runs one statement once for each list of arguments.
    pub(crate) async fn run_each(
        &mut self,
        sql: &str,
        each: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, FailedAt> {
        let mut answers = Vec::with_capacity(each.len());
        for (at, args) in each.iter().enumerate() {
            if at % STATEMENTS_PER_TURN == STATEMENTS_PER_TURN - 1 {
                // Others have requests too that wait for this thread.
                tokio::task::yield_now().await;
            }
            let rows = self.run(sql, args).await;
            answers.push(rows.map_err(|error| FailedAt::new(at, error))?);
        }
        Ok(answers)
    }

    /// Runs a read on a thread of its own. Given up on, it ends by itself and gives its connection back.
    async fn run_elsewhere(
        &mut self,
        room: Arc<Semaphore>,
        sql: &str,
        args: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let busy = || StoreError::Unavailable("too many long reads at once".to_owned());
        let turn = tokio::time::timeout_at(self.deadline, room.acquire_owned());
        let turn = turn.await.map_err(|_| busy())?.map_err(|_| busy())?;
        let connection = self.connection.take().ok_or(StoreError::Closed)?;
        let (sql, args) = (sql.to_owned(), args.to_vec());
        let read = tokio::task::spawn_blocking(move || {
            let rows = connection.get().and_then(|open| open.run(&sql, &args));
            drop(turn);
            (connection, rows)
        });
        let (connection, rows) = read
            .await
            .map_err(|error| StoreError::Other(error.to_string()))?;
        self.connection = Some(connection);
        rows
    }

    /// Runs the statements of a migration.
    pub(crate) fn batch(&mut self, statements: &str) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        self.poisoned = true;
        self.connection()?.batch(statements)?;
        self.poisoned = false;
        Ok(())
    }

    pub(crate) fn mode(&self) -> Mode {
        match self.long_reads {
            None => Mode::Write,
            Some(_) => Mode::Read,
        }
    }

    /// Makes the changes durable.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        self.connection()?.execute("COMMIT")
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or(StoreError::Closed)
            .and_then(Pooled::get)
    }
}

#[cfg(test)]
mod tests;
