//! A query whose first table's `read` the grant does not cover.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, Result};
use generated::columns::orders;
use generated::models::orders::Order;
use generated::permissions;

async fn numbers(grant: Grant<permissions::orders::Create>) -> Result<Vec<String>> {
    grant.select::<Order>().fetch(orders::NUMBER).await
}

fn main() {}
