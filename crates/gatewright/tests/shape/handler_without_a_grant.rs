//! A handler that leaves one of its route's grants out, or all.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, NoContent, Path, Uuid, protect};
use generated::permissions::{orders, products};

async fn one_of_two(_: Grant<products::Read>, _: Path<Uuid>) -> NoContent {
    NoContent
}

async fn none(_: Path<Uuid>) -> NoContent {
    NoContent
}

fn register(api: &mut Api) {
    api.get("/api/report/{id}", protect((products::Read, orders::Read), one_of_two));
    api.get("/api/summary/{id}", protect(products::Read, none));
}

fn main() {}
