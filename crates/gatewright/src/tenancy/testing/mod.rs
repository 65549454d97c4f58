//! Tenants with members, asked over HTTP, for the tests of this folder.

pub(crate) mod browser;
pub(crate) mod stage;
pub(crate) mod world;
