//! mods
mod attacks;
mod body;
mod client;
mod expect;
mod forge;
mod principal;
mod process;
mod report;
mod snapshot;
mod suite;
mod surface;
mod target;

pub use report::{Finding, Report};
pub use suite::Suite;
