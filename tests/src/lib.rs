//! Tests of the whole: the example application as users run it, with walls of isolation taken
//! away, and its database by SQL.
//!
//! `scripts/test.sh` runs them. By themselves they need `GATEWRIGHT_TEST_POSTGRES`, which
//! `scripts/with-postgres.sh COMMAND…` sets for a command.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

pub mod application;
pub mod attack;
pub mod binary;
pub mod client;
pub mod guards;
pub mod oauth;
pub mod partitions;
pub mod postgres;
pub mod random_schema;
pub mod smtp;
