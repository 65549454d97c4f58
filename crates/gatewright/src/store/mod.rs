//! Everything that touches the database.
//!
//! | file | |
//! | --- | --- |
//! | `database` | the seam: a [`Transaction`] runs one statement text on `sqlite` or `postgres` |
//! | `unit`, `access` | a request's unit of work, and what a grant lets data access do in it |
//! | `scope` | the one place where the tenant predicate of resources is written |
//! | `statements` | the statements of each resource, written once |
//! | `resource` | what generated functions wrap; `write`, `remove` and their neighbours carry it out |
//! | `check`, `input`, `fields` | which values a field takes |
//! | `record`, `guarded` | records stored, typed and as JSON, without what the caller does not see |
//! | `custom` | fields that tenants add to resources |
//! | `list`, `bulk`, `select` | lists and exports, many records at once, queries of a team's own |
//! | `migrate`, `role_check` | the tables' history, and whether PostgreSQL binds the application |
//!
//! SQL exists in this crate alone; an application has no connection to be had.

mod access;
mod bulk;
mod change;
mod check;
pub(crate) mod custom;
mod database;
mod error;
mod fields;
mod guarded;
mod input;
mod list;
pub(crate) mod migrate;
mod postgres;
mod record;
mod references;
mod remove;
mod resource;
pub(crate) mod role_check;
mod scope;
pub mod select;
mod sqlite;
mod statements;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod unit;
mod value;
mod write;

pub(crate) use access::Access;
pub use bulk::{BulkIds, BulkNew, BulkPatch, RecordPatch, bulk_create, bulk_delete, bulk_update};
pub(crate) use check::{Patterns, check as check_value};
pub use custom::CustomFields;
pub(crate) use custom::OfResource;
pub(crate) use database::{Database, Dialect, Mode, Scope, Transaction};
pub(crate) use error::{Constraint, FailedAt, StoreError};
pub use fields::{Fields, Patch};
pub use guarded::Guarded;
pub use input::{Input, new_from_json, patch_from_json};
pub(crate) use list::{CursorKey, Exports, Window, foreign_cursor};
pub use list::{Export, ExportQuery, List, ListQuery};
pub use record::RecordReader;
pub use resource::{Resource, create, delete, export, list, read, update};
pub(crate) use statements::Statements;
pub(crate) use unit::{Caller, CloseOnDrop, Unit};
pub(crate) use value::Row;
pub use value::{FieldValue, UnexpectedValue, Value};
pub(crate) use write::create_unseen as create_record;

/// The row of a statement that always answers one.
fn one(rows: Vec<Row>) -> Result<Row, StoreError> {
    rows.into_iter()
        .next()
        .ok_or_else(|| StoreError::Other("a statement gave no row".to_owned()))
}
