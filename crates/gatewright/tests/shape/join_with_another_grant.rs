//! A join of a table whose `read` no grant covers.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, Result};
use generated::columns::{order_lines, orders};
use generated::models::orders::Order;
use generated::permissions;

async fn quantities(grant: Grant<permissions::orders::Read>) -> Result<Vec<(String, i64)>> {
    grant
        .select::<Order>()
        .join_many(&grant, order_lines::ORDER_ID)
        .fetch((orders::NUMBER, order_lines::QUANTITY))
        .await
}

fn main() {}
