//! What can go wrong with a statement, alike for both databases.

use std::fmt;

use super::value::UnexpectedValue;

/// A statement that failed.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// A unique constraint or primary key refused the row.
    Unique(Constraint),
    /// A foreign key refused the row, or the deletion of a row that others refer to.
    ForeignKey(Constraint),
    /// The database is down, busy past the limit, or a statement ran past its time.
    Unavailable(String),
    /// Row-level security refused the row: a defect, since the store scopes each statement too.
    RowLevelSecurity(String),
    /// The unit of work is over: its request was answered.
    Closed,
    /// An earlier statement of this unit failed, so nothing of it can be committed.
    Poisoned,
    /// Anything else: a defect.
    Other(String),
}

/// The constraint that refused, as far as the database says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constraint {
    /// PostgreSQL gives its name.
    Named(String),
    /// SQLite gives the columns of a unique constraint, without the table.
    Columns(Vec<String>),
    /// SQLite says nothing of a foreign key.
    Unknown,
}

/// Of a statement that ran several times, the time that failed.
#[derive(Debug)]
pub(crate) struct FailedAt {
    /// The place of its arguments.
    pub(crate) at: usize,
    pub(crate) error: StoreError,
}

impl FailedAt {
    pub(crate) fn new(at: usize, error: StoreError) -> Self {
        Self { at, error }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique(constraint) => {
                write!(f, "a unique constraint refused the row: {constraint:?}")
            }
            Self::ForeignKey(constraint) => {
                write!(f, "a foreign key refused the change: {constraint:?}")
            }
            Self::Unavailable(cause) => write!(f, "the database is not available: {cause}"),
            Self::RowLevelSecurity(cause) => {
                write!(f, "row-level security refused the row: {cause}")
            }
            Self::Closed => f.write_str("the unit of work is closed: its request was answered"),
            Self::Poisoned => f.write_str("an earlier statement of this unit of work failed"),
            Self::Other(cause) => f.write_str(cause),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<UnexpectedValue> for StoreError {
    fn from(error: UnexpectedValue) -> Self {
        Self::Other(error.to_string())
    }
}
