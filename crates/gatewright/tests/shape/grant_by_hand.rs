//! A grant that nobody was given.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::Grant;
use generated::permissions::products;

fn constructed() -> Grant<products::Create> {
    Grant::new()
}

fn defaulted() -> Grant<products::Create> {
    Default::default()
}

fn main() {}
