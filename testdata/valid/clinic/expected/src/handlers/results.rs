//! `/api/results`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::results::{NewResultRecord, ResultRecord, ResultRecordPatch};
use crate::generated::{permissions::results, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/results`
pub async fn list(
    grant: Grant<results::Read>,
    query: ListQuery<ResultRecord>,
) -> Result<List<ResultRecord>> {
    store::results::list(&grant, query).await
}

/// `GET /api/results/export`
pub async fn export(
    grant: Grant<results::Read>,
    query: ExportQuery<ResultRecord>,
) -> Result<Export> {
    store::results::export(&grant, query).await
}

/// `POST /api/results`
pub async fn create(
    grant: Grant<results::Create>,
    Json(input): Json<NewResultRecord>,
) -> Result<Created<ResultRecord>> {
    store::results::create(&grant, input).await.map(Created)
}

/// `GET /api/results/{id}`
pub async fn read(
    grant: Grant<results::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<ResultRecord>> {
    store::results::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/results/{id}`
pub async fn update(
    grant: Grant<results::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<ResultRecordPatch>,
) -> Result<Versioned<ResultRecord>> {
    store::results::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/results/{id}`
pub async fn delete(
    grant: Grant<results::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::results::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/results/bulk/create`
pub async fn bulk_create(
    grant: Grant<results::Create>,
    Json(body): Json<BulkNew<ResultRecord>>,
) -> Result<BulkCreated<ResultRecord>> {
    store::results::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/results/bulk/update`
pub async fn bulk_update(
    grant: Grant<results::Update>,
    Json(body): Json<BulkPatch<ResultRecord>>,
) -> Result<Bulk<ResultRecord>> {
    store::results::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/results/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<results::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::results::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
