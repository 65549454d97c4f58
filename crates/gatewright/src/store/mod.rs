//! Everything that touches the database.
//!
//! `database` holds the seam: a [`Transaction`](database::Transaction) runs one statement text on either database.
//! `unit` is a request's unit of work, `scope` the one place where the tenant predicate is
//! written, `resource` the data access that generated functions wrap. SQL exists in this crate
//! alone; an application has no connection to be had.

pub(crate) mod database;
mod error;
pub(crate) mod migrate;
mod postgres;
pub(crate) mod role_check;
mod sqlite;
#[cfg(test)]
mod testing;
pub(crate) mod value;

pub(crate) use database::{Database, Dialect, Mode, Scope, Transaction};
pub(crate) use error::{Constraint, StoreError};
pub(crate) use value::{FieldValue, Row, Value};

/// The row of a statement that always answers one.
fn one(rows: Vec<Row>) -> Result<Row, StoreError> {
    rows.into_iter().next().ok_or_else(|| StoreError::Other("a statement gave no row".to_owned()))
}
