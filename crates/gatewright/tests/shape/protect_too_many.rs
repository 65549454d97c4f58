//! A route protected by more permissions than a handler can take.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, NoContent, protect};
use generated::permissions::{categories, customers, orders, products};

async fn report(
    _: Grant<categories::Read>,
    _: Grant<customers::Read>,
    _: Grant<orders::Read>,
    _: Grant<products::Read>,
) -> NoContent {
    NoContent
}

fn register(api: &mut Api) {
    let all = (categories::Read, customers::Read, orders::Read, products::Read);
    api.get("/api/report", protect(all, report));
}

fn main() {}
