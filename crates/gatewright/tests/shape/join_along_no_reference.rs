//! A join along a column that is no reference.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, Result};
use generated::columns::orders;
use generated::models::orders::Order;
use generated::permissions::{customers, orders as permissions};

async fn numbers(
    grant: Grant<permissions::Read>,
    customers: Grant<customers::Read>,
) -> Result<Vec<String>> {
    grant
        .select::<Order>()
        .join(&customers, orders::NUMBER)
        .fetch(orders::NUMBER)
        .await
}

fn main() {}
