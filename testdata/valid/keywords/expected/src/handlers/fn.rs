//! `/api/fn`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::r#fn::{FnRecord, FnRecordPatch, NewFnRecord};
use crate::generated::{permissions::r#fn, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/fn`
pub async fn list(grant: Grant<r#fn::Read>, query: ListQuery<FnRecord>) -> Result<List<FnRecord>> {
    store::r#fn::list(&grant, query).await
}

/// `GET /api/fn/export`
pub async fn export(grant: Grant<r#fn::Read>, query: ExportQuery<FnRecord>) -> Result<Export> {
    store::r#fn::export(&grant, query).await
}

/// `POST /api/fn`
pub async fn create(
    grant: Grant<r#fn::Create>,
    Json(input): Json<NewFnRecord>,
) -> Result<Created<FnRecord>> {
    store::r#fn::create(&grant, input).await.map(Created)
}

/// `GET /api/fn/{id}`
pub async fn read(grant: Grant<r#fn::Read>, Path(id): Path<Uuid>) -> Result<Versioned<FnRecord>> {
    store::r#fn::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/fn/{id}`
pub async fn update(
    grant: Grant<r#fn::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<FnRecordPatch>,
) -> Result<Versioned<FnRecord>> {
    store::r#fn::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/fn/{id}`
pub async fn delete(
    grant: Grant<r#fn::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::r#fn::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/fn/bulk/create`
pub async fn bulk_create(
    grant: Grant<r#fn::Create>,
    Json(body): Json<BulkNew<FnRecord>>,
) -> Result<BulkCreated<FnRecord>> {
    store::r#fn::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/fn/bulk/update`
pub async fn bulk_update(
    grant: Grant<r#fn::Update>,
    Json(body): Json<BulkPatch<FnRecord>>,
) -> Result<Bulk<FnRecord>> {
    store::r#fn::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/fn/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<r#fn::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::r#fn::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
