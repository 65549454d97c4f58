//! Applications that the tool makes are compiled, run and attacked. All are built in the target
//! directory of these tests, so that their dependencies are compiled once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod building;
mod chain;
mod compiles;
mod random_schemas;
#[path = "../sandbox/mod.rs"]
mod sandbox;
