//! A route that says nothing of who may use it.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::Api;
use generated::handlers;

fn register(api: &mut Api) {
    api.get("/api/products", handlers::products::list);
}

fn main() {}
