//! A handler whose grant is of another permission than its route.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, protect};
use generated::handlers;
use generated::permissions::products;

fn register(api: &mut Api) {
    api.post("/api/products", protect(products::Read, handlers::products::create));
}

fn main() {}
