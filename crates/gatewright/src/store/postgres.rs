//! PostgreSQL, with as few round trips as the wire allows.
//!
//! # Nothing leaks into the next transaction
//!
//! A client that hangs up drops its future at any await. The rules that keep a connection with an
//! open transaction, or with somebody's tenant set, out of the pool:
//!
//! - The [`Transaction`] owns its connection before `BEGIN` is sent. So whenever a future is
//!   dropped, `Transaction::drop` runs.
//! - A connection executes messages in the order they were sent. A `ROLLBACK` sent from `drop`
//!   therefore comes after everything that the dropped future had sent, `BEGIN` included.
//! - Only an acknowledged `COMMIT` or `ROLLBACK` opens the way back to the pool (`Lease`);
//!   otherwise the connection is closed.
//! - Tenant, user and role are set with `LOCAL`: they end with the transaction.

mod config;
mod errors;
mod lease;
mod partitions;
pub(super) mod privileges;
pub(super) mod sight;
pub(super) mod structure;
mod tls;
mod values;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::tokio_postgres::SimpleQueryStream;
use deadpool_postgres::{Client, Manager, Pool, Runtime};
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use tokio_postgres::Statement;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use self::config::Config;
use self::errors::{failure, pool_failure};
use self::lease::Lease;
use self::partitions::Partitions;
use super::{FailedAt, Mode, Row, Scope, StoreError, Value, one};

/// How long a statement may run on the server, which then cancels it.
const STATEMENT_DEADLINE: Duration = Duration::from_secs(5);

/// How long to wait for an answer of the server: past its own deadline, the network is to blame.
const ANSWER_DEADLINE: Duration = Duration::from_secs(6);

/// How long to wait for a connection: of the pool, then of the server.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prepared statements that a connection keeps. Lists with filters make ever new ones.
const STATEMENTS: usize = 256;

/// A database with its pool of connections.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
    tls: MakeRustlsConnect,
    partitions: Arc<Partitions>,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres")
            .field("pool", &self.pool.status())
            .finish_non_exhaustive()
    }
}

impl Postgres {
    /// Connects to `postgres://…`; takes `pool_size` besides the usual parameters.
    pub(crate) async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(Config::parse(url)?.with_deadlines()).await
    }

    /// Connects for migrations: one connection, whose statements may take their time.
    pub(crate) async fn connect_to_migrate(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(Config {
            pool_size: 1,
            ..Config::parse(url)?
        })
        .await
    }

    async fn connect_with(
        Config {
            server,
            tls,
            pool_size,
        }: Config,
    ) -> Result<Self, StoreError> {
        let address = config::address(&server);
        let pool = Pool::builder(Manager::new(server, tls.clone()))
            .max_size(pool_size)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Other(format!("PostgreSQL: {error}")))?;
        // A wrong address or password is told at the start, not to the first client.
        let client = match pool.get().await.map_err(pool_failure) {
            Ok(client) => client,
            Err(StoreError::Unavailable(cause)) => {
                return Err(StoreError::Unavailable(format!("{address}: {cause}")));
            }
            Err(error) => return Err(error),
        };
        let partitions = within(ANSWER_DEADLINE, async {
            let read = Partitions::read(&client).await;
            read.map_err(|error| failure(&error, &Partitions::default()))
        });
        let partitions = Arc::new(partitions.await?);
        drop(client);
        Ok(Self {
            pool,
            tls,
            partitions,
        })
    }

    /// Begins a transaction in `scope`.
    pub(crate) async fn begin(&self, scope: Scope, mode: Mode) -> Result<Transaction, StoreError> {
        let client = self.pool.get().await.map_err(pool_failure)?;
        let mut transaction = Transaction {
            lease: Lease::new(client, self.tls.clone()),
            scope,
            mode,
            unread: Vec::new(),
            poisoned: false,
            partitions: Arc::clone(&self.partitions),
        };
        let begin = match mode {
            // A snapshot, as SQLite gives; it cannot fail to serialise since it does not write.
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        };
        transaction
            .send(&format!("{begin}; {}", enter(scope)))
            .await?;
        if mode == Mode::Write {
            // A write that went out beside a BEGIN which then failed would commit by itself. A read
            // would see no tenant's rows, so it may go out at once and save a round trip.
            let unread = std::mem::take(&mut transaction.unread);
            within(ANSWER_DEADLINE, read_all(unread, &transaction.partitions)).await?;
        }
        Ok(transaction)
    }
}

/// The role that connects with this URL, where it names one.
pub(super) fn user_of(url: &str) -> Result<Option<String>, StoreError> {
    Ok(Config::parse(url)?.server.get_user().map(str::to_owned))
}

/// The statements that put a transaction into `scope`. Each states everything, so that nothing set
/// before it counts. Only a `Uuid` gets into the text, never what a client sent. (`SET LOCAL` does
/// what `set_config` does, and spares the server a query to plan.)
fn enter(scope: Scope) -> String {
    let (tenant, user, role) = match scope {
        Scope::Accounts => (None, None, ""),
        Scope::Tenant(tenant) => (Some(tenant), None, ""),
        Scope::User(user) => (None, Some(user), ""),
        Scope::Platform => (None, None, "; SET LOCAL ROLE gatewright_platform"),
    };
    let text = |id: Option<Uuid>| id.map_or_else(String::new, |id| id.to_string());
    format!(
        "SET LOCAL app.tenant_id = '{}'; SET LOCAL app.user_id = '{}'{role}",
        text(tenant),
        text(user)
    )
}

/// An open transaction. Dropped without `commit`, it rolls back.
#[derive(Debug)]
pub(crate) struct Transaction {
    lease: Lease,
    scope: Scope,
    mode: Mode,
    /// Answers still to come of statements that only failure makes interesting. They are read
    /// together with the next statement's answer: one round trip instead of two.
    unread: Vec<Answer>,
    poisoned: bool,
    partitions: Arc<Partitions>,
}

/// The answer to statements that were sent.
struct Answer(Pin<Box<SimpleQueryStream>>);

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer")
    }
}

impl Transaction {
    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Runs one statement and collects its rows.
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        // Set first and cleared on success: a future dropped on the way leaves it set.
        self.poisoned = true;
        self.lease.busy = true;
        let unread = std::mem::take(&mut self.unread);
        let client = self.lease.client()?;
        let partitions = &*self.partitions;
        let answer = within(ANSWER_DEADLINE, async {
            let (entered, rows) = tokio::join!(
                read_all(unread, partitions),
                query(client, partitions, sql, args)
            );
            // A timeout means that a statement runs; any other failure, that none does.
            Ok(entered.and(rows))
        })
        .await?;
        self.lease.busy = false;
        let rows = answer?;
        self.poisoned = false;
        Ok(rows)
    }

    /// Runs one statement of a migration, however long it takes, and collects its rows.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        self.poisoned = true;
        let rows = query(self.lease.client()?, &self.partitions, sql, &[]).await?;
        self.poisoned = false;
        Ok(rows)
    }

    /// Runs one statement once for each list of arguments. The first goes ahead alone, since it may
    /// have to be prepared; the others are sent without waiting for one another's answers.
    pub(crate) async fn run_each(
        &mut self,
        sql: &str,
        each: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, FailedAt> {
        let Some((first, others)) = each.split_first() else {
            return Ok(Vec::new());
        };
        let first = self.run(sql, first).await;
        let mut answers = vec![first.map_err(|error| FailedAt::new(0, error))?];
        let others = self.run_others(sql, others).await;
        let others = others.map_err(|error| FailedAt::new(1, error))?;
        for (at, rows) in (1..).zip(others) {
            // After the first that fails, all others do.
            answers.push(rows.map_err(|error| FailedAt::new(at, error))?);
        }
        self.poisoned = false;
        Ok(answers)
    }

    /// Leaves the transaction poisoned: whoever asked must look at each answer.
    async fn run_others(
        &mut self,
        sql: &str,
        each: &[Vec<Value>],
    ) -> Result<Vec<Result<Vec<Row>, StoreError>>, StoreError> {
        self.poisoned = true;
        self.lease.busy = true;
        let client = self.lease.client()?;
        let partitions = &*self.partitions;
        let answers = within(ANSWER_DEADLINE, async {
            let statement = client.prepare_cached(sql).await;
            let statement = statement.map_err(|error| failure(&error, partitions))?;
            // Each sends when it is first polled, which happens in order.
            let answers = each.iter().map(|args| rows(client, &statement, args));
            let answers = join_all(answers).await.into_iter();
            Ok(answers
                .map(|rows| rows.map_err(|error| failure(&error, partitions)))
                .collect())
        })
        .await?;
        self.lease.busy = false;
        Ok(answers)
    }

    /// Looks at another scope from here on.
    pub(crate) async fn rescope(&mut self, scope: Scope) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        if self.scope == scope {
            return Ok(());
        }
        // Should it fail, so does every later statement of this transaction.
        let statements = match self.scope {
            Scope::Platform => format!("SET LOCAL ROLE NONE; {}", enter(scope)),
            _ => enter(scope),
        };
        self.send(&statements).await?;
        self.scope = scope;
        Ok(())
    }

    /// Runs the statements of a migration, however long they take.
    pub(crate) async fn batch(&mut self, statements: &str) -> Result<(), StoreError> {
        let before = self.transaction_id().await?;
        self.poisoned = true;
        self.lease
            .client()?
            .batch_execute(statements)
            .await
            .map_err(|error| failure(&error, &self.partitions))?;
        self.poisoned = false;
        if self.transaction_id().await? != before {
            self.poisoned = true;
            return Err(StoreError::Other(
                "PostgreSQL: the statements ended their own transaction".to_owned(),
            ));
        }
        Ok(())
    }

    async fn transaction_id(&mut self) -> Result<i64, StoreError> {
        Ok(one(self.run("SELECT txid_current()", &[]).await?)?.next()?)
    }

    /// Makes the changes durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let Self {
            lease,
            mode,
            unread: _,
            poisoned,
            partitions,
            ..
        } = self;
        if poisoned {
            return Err(StoreError::Poisoned);
        }
        if mode == Mode::Read {
            // There is nothing to lose: the answer need not wait for the end.
            return Ok(());
        }
        // COMMIT of a failed transaction answers success and rolls back; a SELECT in front fails in
        // one. The statements are on their way from the first poll, and nothing calls them back.
        let client = lease.client()?;
        within(ANSWER_DEADLINE, async {
            client
                .batch_execute("SELECT; COMMIT")
                .await
                .map_err(|error| failure(&error, &partitions))
        })
        .await?;
        lease.give_back();
        Ok(())
    }

    /// Sends statements without waiting for the answer.
    async fn send(&mut self, statements: &str) -> Result<(), StoreError> {
        let sent = self.lease.client()?.simple_query_raw(statements).await;
        match sent {
            Ok(answer) => self.unread.push(Answer(Box::pin(answer))),
            Err(error) => {
                self.poisoned = true;
                return Err(failure(&error, &self.partitions));
            }
        }
        Ok(())
    }
}

async fn read_all(answers: Vec<Answer>, partitions: &Partitions) -> Result<(), StoreError> {
    for Answer(mut answer) in answers {
        while answer
            .try_next()
            .await
            .map_err(|error| failure(&error, partitions))?
            .is_some()
        {}
    }
    Ok(())
}

async fn query(
    client: &Client,
    partitions: &Partitions,
    sql: &str,
    args: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let cache = &client.statement_cache;
    if cache.size() >= STATEMENTS {
        cache.clear();
    }
    let collect = async {
        let statement = client.prepare_cached(sql).await?;
        rows(client, &statement, args).await
    };
    collect.await.map_err(|error| {
        if errors::is_stale_statement(&error) {
            cache.clear();
        }
        failure(&error, partitions)
    })
}

async fn rows(
    client: &Client,
    statement: &Statement,
    args: &[Value],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let rows = client.query_raw(statement, args).await?;
    tokio::pin!(rows);
    let mut answer = Vec::new();
    while let Some(row) = rows.try_next().await? {
        answer.push(values::read(&row)?);
    }
    Ok(answer)
}

async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(deadline, work).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Unavailable(
            "PostgreSQL does not answer".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
