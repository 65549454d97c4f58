//! `/api/select`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::select::{NewSelect, Select, SelectPatch};
use crate::generated::{permissions::select, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/select`
pub async fn list(grant: Grant<select::Read>, query: ListQuery<Select>) -> Result<List<Select>> {
    store::select::list(&grant, query).await
}

/// `GET /api/select/export`
pub async fn export(grant: Grant<select::Read>, query: ExportQuery<Select>) -> Result<Export> {
    store::select::export(&grant, query).await
}

/// `POST /api/select`
pub async fn create(
    grant: Grant<select::Create>,
    Json(input): Json<NewSelect>,
) -> Result<Created<Select>> {
    store::select::create(&grant, input).await.map(Created)
}

/// `GET /api/select/{id}`
pub async fn read(grant: Grant<select::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Select>> {
    store::select::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/select/{id}`
pub async fn update(
    grant: Grant<select::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<SelectPatch>,
) -> Result<Versioned<Select>> {
    store::select::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/select/{id}`
pub async fn delete(
    grant: Grant<select::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::select::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/select/bulk/create`
pub async fn bulk_create(
    grant: Grant<select::Create>,
    Json(body): Json<BulkNew<Select>>,
) -> Result<BulkCreated<Select>> {
    store::select::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/select/bulk/update`
pub async fn bulk_update(
    grant: Grant<select::Update>,
    Json(body): Json<BulkPatch<Select>>,
) -> Result<Bulk<Select>> {
    store::select::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/select/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<select::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::select::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
