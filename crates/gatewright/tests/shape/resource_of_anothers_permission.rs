//! A resource of one's own, which claims a table by the permission of another.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::codegen::{self, RecordReader, Resource, ResourceDef};
use gatewright::{Api, Grant, Json, Path, Result, Uuid, protect};
use generated::models::customers::{CustomerPatch, NewCustomer};
use generated::model;
use generated::permissions::products;

#[derive(serde::Serialize)]
struct Wishful(Uuid);

impl Resource for Wishful {
    const DEF: &'static ResourceDef = &model::CUSTOMERS;

    type Read = products::Read;
    type Create = products::Create;
    type Update = products::Update;
    type Delete = products::Delete;
    type New = NewCustomer;
    type Patch = CustomerPatch;

    fn id(&self) -> Uuid {
        self.0
    }

    fn version(&self) -> i64 {
        1
    }

    fn from_record(record: &mut RecordReader) -> Result<Self> {
        Ok(Self(record.id()))
    }
}

async fn wishful(grant: Grant<products::Read>, Path(id): Path<Uuid>) -> Result<Json<Wishful>> {
    codegen::store::read(&grant, id).await.map(Json)
}

fn main() {
    let mut api = Api::default();
    api.get("/wishful/{id}", protect(products::Read, wishful));
}
