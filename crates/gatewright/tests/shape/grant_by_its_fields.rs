//! A grant written down field by field.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use std::marker::PhantomData;

use gatewright::Grant;
use generated::permissions::products;

fn anything<T>() -> T {
    std::process::exit(1)
}

fn written_down() -> Grant<products::Create> {
    Grant {
        admitted: anything(),
        permission: PhantomData,
    }
}

fn main() {}
