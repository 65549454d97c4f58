//! Data access with a grant of another permission.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Created, Grant, Json, Result};
use generated::models::products::{NewProduct, Product};
use generated::permissions::products;
use generated::store;

async fn create(
    grant: Grant<products::Read>,
    Json(input): Json<NewProduct>,
) -> Result<Created<Product>> {
    store::products::create(&grant, input).await.map(Created)
}

fn main() {}
