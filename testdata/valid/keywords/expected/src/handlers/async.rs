//! `/api/async`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::r#async::{Async, AsyncPatch, NewAsync};
use crate::generated::{permissions::r#async, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/async`
pub async fn list(grant: Grant<r#async::Read>, query: ListQuery<Async>) -> Result<List<Async>> {
    store::r#async::list(&grant, query).await
}

/// `GET /api/async/export`
pub async fn export(grant: Grant<r#async::Read>, query: ExportQuery<Async>) -> Result<Export> {
    store::r#async::export(&grant, query).await
}

/// `POST /api/async`
pub async fn create(
    grant: Grant<r#async::Create>,
    Json(input): Json<NewAsync>,
) -> Result<Created<Async>> {
    store::r#async::create(&grant, input).await.map(Created)
}

/// `GET /api/async/{id}`
pub async fn read(grant: Grant<r#async::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Async>> {
    store::r#async::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/async/{id}`
pub async fn update(
    grant: Grant<r#async::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<AsyncPatch>,
) -> Result<Versioned<Async>> {
    store::r#async::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/async/{id}`
pub async fn delete(
    grant: Grant<r#async::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::r#async::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/async/bulk/create`
pub async fn bulk_create(
    grant: Grant<r#async::Create>,
    Json(body): Json<BulkNew<Async>>,
) -> Result<BulkCreated<Async>> {
    store::r#async::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/async/bulk/update`
pub async fn bulk_update(
    grant: Grant<r#async::Update>,
    Json(body): Json<BulkPatch<Async>>,
) -> Result<Bulk<Async>> {
    store::r#async::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/async/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<r#async::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::r#async::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
