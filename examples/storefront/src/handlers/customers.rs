//! `/api/customers`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::customers::{Customer, CustomerPatch, NewCustomer};
use crate::generated::{permissions::customers, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/customers`
pub async fn list(
    grant: Grant<customers::Read>,
    query: ListQuery<Customer>,
) -> Result<List<Customer>> {
    store::customers::list(&grant, query).await
}

/// `GET /api/customers/export`
pub async fn export(grant: Grant<customers::Read>, query: ExportQuery<Customer>) -> Result<Export> {
    store::customers::export(&grant, query).await
}

/// `POST /api/customers`
pub async fn create(
    grant: Grant<customers::Create>,
    Json(input): Json<NewCustomer>,
) -> Result<Created<Customer>> {
    store::customers::create(&grant, input).await.map(Created)
}

/// `GET /api/customers/{id}`
pub async fn read(
    grant: Grant<customers::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Customer>> {
    store::customers::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/customers/{id}`
pub async fn update(
    grant: Grant<customers::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<CustomerPatch>,
) -> Result<Versioned<Customer>> {
    store::customers::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/customers/{id}`
pub async fn delete(
    grant: Grant<customers::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::customers::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/customers/bulk/create`
pub async fn bulk_create(
    grant: Grant<customers::Create>,
    Json(body): Json<BulkNew<Customer>>,
) -> Result<BulkCreated<Customer>> {
    store::customers::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/customers/bulk/update`
pub async fn bulk_update(
    grant: Grant<customers::Update>,
    Json(body): Json<BulkPatch<Customer>>,
) -> Result<Bulk<Customer>> {
    store::customers::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/customers/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<customers::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::customers::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
