//! A handler whose answer is no response.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, protect};
use generated::permissions::products;

async fn count(_: Grant<products::Read>) -> u64 {
    1
}

fn register(api: &mut Api) {
    api.get("/api/count", protect(products::Read, count));
}

fn main() {}
