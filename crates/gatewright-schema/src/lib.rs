//! From the text of a `gatewright.toml` to a checked [`Schema`], or to all its mistakes at once.

mod model;

pub use model::*;
