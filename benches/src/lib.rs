//! What gatewright costs, measured. Each claim is one binary that prints its table.
//!
//! Nothing here is a test: a machine that is busy is slow, and no build fails for that. Rates and
//! latencies are taken in rounds that visit every route in turn, so that a slow moment hits all of
//! them alike, and are told as medians with the lowest and the highest round.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that meets anything unexpected must stop, loudly"
)]

pub mod bare;
pub mod cargo;
pub mod growth;
pub mod load;
pub mod postgres;
pub mod routes;
pub mod schema;
pub mod stats;
pub mod storefront;
pub mod wire;
