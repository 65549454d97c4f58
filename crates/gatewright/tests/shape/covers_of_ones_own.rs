//! An application that says itself what a grant opens.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Covers, Member};
use generated::permissions::customers;

struct Wishful;

impl gatewright::Permission for Wishful {
    const SLUG: &'static str = "customers:wish";
    const RESOURCE: &'static str = "customers";
    const KIND: gatewright::codegen::Kind = gatewright::codegen::Kind::Read;
}

impl Covers<customers::Read> for Wishful {}

impl Covers<customers::Read> for Member {}

fn main() {}
