//! A resource of one's own that removes by the permission to read.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::codegen::{self, RecordReader, Resource, ResourceDef};
use gatewright::{Api, Grant, IfMatch, NoContent, Path, Result, Uuid, protect};
use generated::models::customers::{CustomerPatch, NewCustomer};
use generated::model;
use generated::permissions::customers;

#[derive(serde::Serialize)]
struct Wishful(Uuid);

impl Resource for Wishful {
    const DEF: &'static ResourceDef = &model::CUSTOMERS;

    type Read = customers::Read;
    type Create = customers::Create;
    type Update = customers::Update;
    type Delete = customers::Read;
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

async fn wishful(grant: Grant<customers::Read>, Path(id): Path<Uuid>) -> Result<NoContent> {
    codegen::store::delete::<Wishful, _>(&grant, id, IfMatch::any()).await.map(|()| NoContent)
}

fn main() {
    let mut api = Api::default();
    api.delete("/wishful/{id}", protect(customers::Read, wishful));
}
