//! A query that goes round the store.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::store::{Database, Unit};
use gatewright::{Grant, NoContent};
use generated::permissions::products;

async fn raw(grant: Grant<products::Read>) -> NoContent {
    let unit = grant.unit::<products::Read>();
    let _ = unit.run("SELECT * FROM products", &[]).await;
    let _ = grant.admitted;
    NoContent
}

fn main() {}
