//! The attack suite for the example, with what the example's own test knows of its handlers.

#[path = "../../examples/storefront/tests/requests/mod.rs"]
mod requests;

pub use requests::suite;
