//! Whether a database is what its history says: somebody may have altered it by hand, or restored a
//! part of it.
//!
//! The migrations that were applied are run once more, on nothing: in memory for SQLite, and for
//! PostgreSQL in a schema of a transaction that rolls back. What they make is compared with what is
//! there. Neither touches a row or a table of the application.

use super::script::{Part, parts};
use super::{Migrations, history_if_any, missing};
use crate::store::database::{Database, Dialect, Mode, Scope, Transaction};
use crate::store::{StoreError, postgres, sqlite};

/// How the database at `url` differs from what its migrations give, a line for each difference. On
/// PostgreSQL, `database` is connected as the owner.
pub(crate) async fn drift(
    database: &Database,
    url: &str,
    migrations: &Migrations,
) -> Result<Vec<String>, StoreError> {
    let dialect = database.dialect();
    let all = migrations.of(dialect);
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let history = history_if_any(&mut transaction, dialect).await?;
    drop(transaction);
    let pending = missing(dialect, all, &history)?;
    let applied = all.get(..all.len() - pending.len()).unwrap_or_default();
    if applied.is_empty() {
        return Ok(Vec::new());
    }
    // Checks look at records, and there are none.
    let statements = applied
        .iter()
        .flat_map(|migration| parts(migration.sql))
        .filter_map(|part| match part {
            Part::Statements(statements) => Some(statements),
            Part::Check { .. } => None,
        });
    match dialect {
        Dialect::Sqlite => {
            let path = url.strip_prefix("sqlite://").unwrap_or(url);
            let expected = sqlite::structure::after(statements)?;
            Ok(sqlite::structure::of_file(path)?.differences(&expected))
        }
        Dialect::Postgres => {
            let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
            let Transaction::Postgres(owner) = &mut transaction else {
                return Err(StoreError::Closed);
            };
            owner.batch("SET LOCAL lock_timeout = '10s'").await?;
            let found = postgres::structure::read(owner).await?;
            postgres::structure::enter_scratch(owner).await?;
            for statements in statements {
                owner.batch(statements).await?;
            }
            let expected = postgres::structure::read(owner).await?;
            // Dropped without a commit, the transaction takes the scratch schema with it.
            Ok(found.differences(&expected))
        }
    }
}
