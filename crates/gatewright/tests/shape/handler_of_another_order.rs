//! A handler that takes its route's grants in another order.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, NoContent, protect};
use generated::permissions::{orders, products};

async fn report(_: Grant<orders::Read>, _: Grant<products::Read>) -> NoContent {
    NoContent
}

fn register(api: &mut Api) {
    api.get("/api/report", protect((products::Read, orders::Read), report));
}

fn main() {}
