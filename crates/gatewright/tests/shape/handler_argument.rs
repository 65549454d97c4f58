//! A handler with an argument that cannot be read from a request.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, NoContent, protect};
use generated::permissions::products;

async fn rename(_: Grant<products::Update>, _name: String, _age: u32) -> NoContent {
    NoContent
}

fn register(api: &mut Api) {
    api.post("/api/rename", protect(products::Update, rename));
}

fn main() {}
