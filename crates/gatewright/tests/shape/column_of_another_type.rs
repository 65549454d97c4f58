//! Columns that are compared and added up as what they are not.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::query::{Condition, Expression as _, sum};
use generated::columns::{order_lines, orders};

fn status() -> Condition {
    orders::STATUS.eq("paid")
}

fn quantity() -> Condition {
    order_lines::QUANTITY.ge(order_lines::UNIT_PRICE)
}

fn month() {
    let _ = orders::NUMBER.month();
}

fn total() {
    let _ = sum(orders::NUMBER);
}

fn main() {}
