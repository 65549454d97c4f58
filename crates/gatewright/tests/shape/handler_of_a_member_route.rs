//! A member route whose handler takes more than membership.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, member};
use generated::handlers;

fn register(api: &mut Api) {
    api.get("/api/dashboard", member(handlers::products::list));
}

fn main() {}
