//! What the databases refuse by themselves, by SQL: DB01 and DB05.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

#[path = "sql/postgres.rs"]
mod postgres;
#[path = "sql/rows.rs"]
mod rows;
#[path = "sql/sqlite.rs"]
mod sqlite;
