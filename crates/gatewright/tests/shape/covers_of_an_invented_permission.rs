//! A permission that calls itself by another's slug, to open a table of which it is not.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::codegen::{Kind, RecordReader, Resource, ResourceDef, store};
use gatewright::{Covers, Grant, List, ListQuery, Permission, Result, Uuid};
use generated::model;
use generated::models::customers::{Customer, CustomerPatch, NewCustomer};
use generated::permissions::{customers, products};

struct Fake;

impl Permission for Fake {
    const SLUG: &'static str = "products:read";
    const RESOURCE: &'static str = "customers";
    const KIND: Kind = Kind::Read;
}

impl Covers<Fake> for products::Read {}

#[derive(serde::Serialize)]
struct Sneak(Customer);

impl Resource for Sneak {
    const DEF: &'static ResourceDef = &model::CUSTOMERS;

    type Read = Fake;
    type Create = customers::Create;
    type Update = customers::Update;
    type Delete = customers::Delete;
    type New = NewCustomer;
    type Patch = CustomerPatch;

    fn id(&self) -> Uuid {
        self.0.id
    }

    fn version(&self) -> i64 {
        self.0.version
    }

    fn from_record(record: &mut RecordReader) -> Result<Self> {
        Customer::from_record(record).map(Self)
    }
}

async fn customers_for_readers_of_products(
    grant: Grant<products::Read>,
    query: ListQuery<Sneak>,
) -> Result<List<Sneak>> {
    store::list(&grant, query).await
}

fn main() {
    let mut api = gatewright::Api::default();
    api.get(
        "/api/sneak",
        gatewright::protect(products::Read, customers_for_readers_of_products),
    );
}
