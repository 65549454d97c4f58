//! What becomes of a request's unit of work when its handler, or its client, misbehaves.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

mod cancellation;
mod misbehaviour;
mod probe;
