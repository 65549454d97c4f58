//! An application that says itself what a grant opens. That it may be said is the generator's
//! need; where such a grant is used, the compilation looks at what the permission uses.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Covers, Grant, List, ListQuery, Result, protect};
use generated::models::customers::Customer;
use generated::permissions::{customers, products};
use generated::store;

impl Covers<customers::Read> for products::Read {}

async fn wishful(
    grant: Grant<products::Read>,
    query: ListQuery<Customer>,
) -> Result<List<Customer>> {
    store::customers::list(&grant, query).await
}

fn main() {
    let mut api = Api::default();
    api.get("/wishful", protect(products::Read, wishful));
}
