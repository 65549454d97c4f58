//! The seam between the runtime and the two databases.
//!
//! One statement text serves both: parameters are `$1`, `$2`, … and every type of [`Value`] has a
//! form in each. A [`Transaction`] that is dropped rolls back, whoever dropped it and when: a client
//! that hangs up, a panic, a deadline.

use uuid::Uuid;

use super::{FailedAt, Row, StoreError, Value, postgres, sqlite};

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What a transaction may see under row-level security. SQLite ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Global and user-owned tables only; no row of a tenant.
    Accounts,
    /// One tenant's rows.
    Tenant(Uuid),
    /// The memberships of one user, to list where they belong.
    User(Uuid),
    /// What the platform's own role may read across tenants.
    Platform,
}

/// Whether a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

/// A database with its connections.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Database {
    /// Connects to `sqlite://PATH` or `postgres://…`.
    pub(crate) async fn connect(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            sqlite::Sqlite::open(path).map(Self::Sqlite)
        } else {
            postgres::Postgres::connect(url).await.map(Self::Postgres)
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Opens a transaction in `scope`.
    pub(crate) async fn begin(&self, scope: Scope, mode: Mode) -> Result<Transaction, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.begin(mode).await.map(Transaction::Sqlite),
            Self::Postgres(postgres) => {
                postgres.begin(scope, mode).await.map(Transaction::Postgres)
            }
        }
    }
}

/// An open transaction. Dropped without [`commit`](Self::commit), it rolls back.
#[derive(Debug)]
pub(crate) enum Transaction {
    Sqlite(sqlite::Transaction),
    Postgres(postgres::Transaction),
}

impl Transaction {
    /// Runs one statement and collects its rows. `sql` must be a constant or built from the schema's
    /// names alone: what a client sends goes into `args`.
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.run(sql, args).await,
            Self::Postgres(transaction) => transaction.run(sql, args).await,
        }
    }

    /// Runs one statement once for each list of arguments, in this order, and collects the rows of
    /// each. PostgreSQL is sent all at once: that costs two round trips, however many they are.
    pub(crate) async fn run_each(
        &mut self,
        sql: &str,
        each: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, FailedAt> {
        match self {
            Self::Sqlite(transaction) => transaction.run_each(sql, each).await,
            Self::Postgres(transaction) => transaction.run_each(sql, each).await,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) fn mode(&self) -> Mode {
        match self {
            Self::Sqlite(transaction) => transaction.mode(),
            Self::Postgres(transaction) => transaction.mode(),
        }
    }

    /// Looks at another scope from here on, in the same transaction.
    pub(crate) async fn rescope(&mut self, scope: Scope) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(transaction) => transaction.rescope(scope).await,
        }
    }

    /// Makes the changes durable and gives the connection back. A client that hangs up meanwhile cannot stop it.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit(),
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}
