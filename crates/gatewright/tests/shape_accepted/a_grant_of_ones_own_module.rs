//! The generated code and a route of one's own. That there is a case which compiles makes trybuild
//! build all of them: what is asserted of a grant where it is used shows in no mere check.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, Grant, List, ListQuery, Result, protect};
use generated::models::customers::Customer;
use generated::permissions::customers;
use generated::store;

async fn list(grant: Grant<customers::Read>, query: ListQuery<Customer>) -> Result<List<Customer>> {
    store::customers::list(&grant, query).await
}

fn main() {
    let mut api = Api::default();
    generated::routes::register(&mut api);
    api.get("/mine", protect(customers::Read, list));
    assert!(api.routes().any(|route| route.path == "/mine"));
}
