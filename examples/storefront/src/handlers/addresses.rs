//! `/api/addresses`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::addresses::{Address, AddressPatch, NewAddress};
use crate::generated::{permissions::addresses, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/addresses`
pub async fn list(
    grant: Grant<addresses::Read>,
    query: ListQuery<Address>,
) -> Result<List<Address>> {
    store::addresses::list(&grant, query).await
}

/// `GET /api/addresses/export`
pub async fn export(grant: Grant<addresses::Read>, query: ExportQuery<Address>) -> Result<Export> {
    store::addresses::export(&grant, query).await
}

/// `POST /api/addresses`
pub async fn create(
    grant: Grant<addresses::Create>,
    Json(input): Json<NewAddress>,
) -> Result<Created<Address>> {
    store::addresses::create(&grant, input).await.map(Created)
}

/// `GET /api/addresses/{id}`
pub async fn read(
    grant: Grant<addresses::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Address>> {
    store::addresses::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/addresses/{id}`
pub async fn update(
    grant: Grant<addresses::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<AddressPatch>,
) -> Result<Versioned<Address>> {
    store::addresses::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/addresses/{id}`
pub async fn delete(
    grant: Grant<addresses::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::addresses::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/addresses/bulk/create`
pub async fn bulk_create(
    grant: Grant<addresses::Create>,
    Json(body): Json<BulkNew<Address>>,
) -> Result<BulkCreated<Address>> {
    store::addresses::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/addresses/bulk/update`
pub async fn bulk_update(
    grant: Grant<addresses::Update>,
    Json(body): Json<BulkPatch<Address>>,
) -> Result<Bulk<Address>> {
    store::addresses::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/addresses/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<addresses::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::addresses::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
