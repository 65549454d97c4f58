//! What an error of PostgreSQL means.

use std::error::Error as _;
use std::io;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use super::partitions::Partitions;
use crate::store::{Constraint, StoreError};

/// What a failed statement means.
pub(super) fn failure(error: &Error, partitions: &Partitions) -> StoreError {
    if let Some(refusal) = error.as_db_error() {
        return db_failure(refusal, partitions);
    }
    let text = describe(error);
    let broken = error.is_closed()
        || error
            .source()
            .is_some_and(|source| source.is::<io::Error>());
    if broken {
        StoreError::Unavailable(text)
    } else {
        StoreError::Other(text)
    }
}

/// What it means that the pool gave no connection: that the database cannot be used now, whatever
/// the server said.
pub(super) fn pool_failure(error: PoolError) -> StoreError {
    StoreError::Unavailable(match error {
        PoolError::Backend(error) => describe(&error),
        error => format!("PostgreSQL: {error}"),
    })
}

fn db_failure(error: &DbError, partitions: &Partitions) -> StoreError {
    let code = error.code();
    let text = db_text(error);
    let constraint = || {
        let name = partitions.constraint(error);
        name.map_or(Constraint::Unknown, Constraint::Named)
    };
    if *code == SqlState::UNIQUE_VIOLATION {
        StoreError::Unique(constraint())
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        StoreError::ForeignKey(constraint())
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE && is_row_level_security(error) {
        StoreError::RowLevelSecurity(text)
    } else if is_passing(code) {
        StoreError::Unavailable(text)
    } else {
        StoreError::Other(text)
    }
}

/// The server's message may be in any language; the name of its function is not.
fn is_row_level_security(error: &DbError) -> bool {
    error.routine() == Some("ExecWithCheckOptions")
        || error.message().contains("row-level security")
}

/// Whether the same statement could succeed later.
fn is_passing(code: &SqlState) -> bool {
    match code.code().get(..2).unwrap_or_default() {
        // Connection exceptions, rollbacks for serialisation or deadlock, insufficient resources,
        // operator intervention (a statement timeout among them), system errors.
        "08" | "40" | "53" | "57" | "58" => true,
        _ => {
            *code == SqlState::LOCK_NOT_AVAILABLE
                || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
                || is_stale(code)
        }
    }
}

/// Whether a prepared statement no longer fits: a migration changed a table beneath it
/// ("cached plan must not change result type"), or a connection pooler lost it.
pub(super) fn is_stale_statement(error: &Error) -> bool {
    error.code().is_some_and(is_stale)
}

fn is_stale(code: &SqlState) -> bool {
    *code == SqlState::FEATURE_NOT_SUPPORTED || *code == SqlState::INVALID_SQL_STATEMENT_NAME
}

/// A sentence for the log. PostgreSQL's `detail` stays out: it quotes the values of the row.
fn db_text(error: &DbError) -> String {
    format!(
        "PostgreSQL: {} (SQLSTATE {})",
        error.message(),
        error.code().code()
    )
}

/// The error with its causes; tokio-postgres prints only the outermost.
fn describe(error: &Error) -> String {
    if let Some(refusal) = error.as_db_error() {
        return db_text(refusal);
    }
    let mut text = format!("PostgreSQL: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
