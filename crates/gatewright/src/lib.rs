//! The runtime of applications that gatewright generates.
#![allow(dead_code, unused_imports, reason = "the parts that use the store are still to come")]

mod error;
pub mod model;
mod store;

pub use error::{Error, FieldError, Result};
