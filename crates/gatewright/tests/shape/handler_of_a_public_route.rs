//! A public route whose handler takes a grant.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, public};
use generated::handlers;

fn register(api: &mut Api) {
    api.get("/shop", public(handlers::products::list));
}

fn main() {}
