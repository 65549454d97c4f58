//! Tenants with members, asked over HTTP, for the tests of this folder.

pub(super) mod stage;
pub(super) mod world;
