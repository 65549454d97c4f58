//! A handler that holds something across an await that must stay on its thread.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use std::rc::Rc;

use gatewright::{Api, Grant, NoContent, protect};
use generated::permissions::products;

async fn count(_: Grant<products::Read>) -> NoContent {
    let counted = Rc::new(1);
    std::future::ready(()).await;
    drop(counted);
    NoContent
}

fn register(api: &mut Api) {
    api.get("/api/count", protect(products::Read, count));
}

fn main() {}
