//! A grant that would be there twice.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, NoContent};
use generated::permissions::products;

async fn twice(grant: Grant<products::Read>) -> NoContent {
    let another = grant.clone();
    std::thread::spawn(move || another.tenant_id());
    NoContent
}

fn main() {}
