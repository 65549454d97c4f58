//! `/api/x`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::x::{NewX, X, XPatch};
use crate::generated::{permissions::x, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/x`
pub async fn list(grant: Grant<x::Read>, query: ListQuery<X>) -> Result<List<X>> {
    store::x::list(&grant, query).await
}

/// `GET /api/x/export`
pub async fn export(grant: Grant<x::Read>, query: ExportQuery<X>) -> Result<Export> {
    store::x::export(&grant, query).await
}

/// `POST /api/x`
pub async fn create(grant: Grant<x::Create>, Json(input): Json<NewX>) -> Result<Created<X>> {
    store::x::create(&grant, input).await.map(Created)
}

/// `GET /api/x/{id}`
pub async fn read(grant: Grant<x::Read>, Path(id): Path<Uuid>) -> Result<Versioned<X>> {
    store::x::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/x/{id}`
pub async fn update(
    grant: Grant<x::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<XPatch>,
) -> Result<Versioned<X>> {
    store::x::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/x/{id}`
pub async fn delete(
    grant: Grant<x::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::x::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/x/bulk/create`
pub async fn bulk_create(
    grant: Grant<x::Create>,
    Json(body): Json<BulkNew<X>>,
) -> Result<BulkCreated<X>> {
    store::x::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/x/bulk/update`
pub async fn bulk_update(
    grant: Grant<x::Update>,
    Json(body): Json<BulkPatch<X>>,
) -> Result<Bulk<X>> {
    store::x::bulk_update(&grant, body.records).await.map(Bulk)
}

/// `POST /api/x/bulk/delete`
pub async fn bulk_delete(grant: Grant<x::Delete>, Json(body): Json<BulkIds>) -> Result<NoContent> {
    store::x::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
