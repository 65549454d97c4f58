//! Data access without a grant, or with the tenant's id in its place.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{List, ListQuery, Result, Uuid};
use generated::models::products::Product;
use generated::store;

async fn no_proof(query: ListQuery<Product>) -> Result<List<Product>> {
    store::products::list(query).await
}

async fn a_bare_tenant(tenant_id: Uuid, query: ListQuery<Product>) -> Result<List<Product>> {
    store::products::list(&tenant_id, query).await
}

fn main() {}
