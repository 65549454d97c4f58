//! Everything that touches the database.
//!
//! `database` holds the seam: a [`Transaction`](database::Transaction) runs one statement text on either database.
//! `unit` is a request's unit of work, `scope` the one place where the tenant predicate is
//! written, `resource` the data access that generated functions wrap. SQL exists in this crate
//! alone; an application has no connection to be had.

pub(crate) mod database;
mod error;
mod postgres;
mod sqlite;
#[cfg(test)]
mod testing;
pub(crate) mod value;

pub(crate) use database::{Database, Dialect, Mode, Scope, Transaction};
pub(crate) use error::{Constraint, StoreError};
pub(crate) use value::{FieldValue, Row, Value};
