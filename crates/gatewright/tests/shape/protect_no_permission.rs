//! A route protected by something that is no permission.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, protect};
use generated::handlers;
use generated::models::products::Product;

fn register(api: &mut Api) {
    api.get("/api/products", protect("products:read", handlers::products::list));
}

async fn of_a_record(_: gatewright::Grant<Product>) -> gatewright::NoContent {
    gatewright::NoContent
}

fn main() {}
