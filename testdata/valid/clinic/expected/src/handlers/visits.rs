//! `/api/visits`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::visits::{NewVisit, Visit, VisitPatch};
use crate::generated::{permissions::visits, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/visits`
pub async fn list(grant: Grant<visits::Read>, query: ListQuery<Visit>) -> Result<List<Visit>> {
    store::visits::list(&grant, query).await
}

/// `GET /api/visits/export`
pub async fn export(grant: Grant<visits::Read>, query: ExportQuery<Visit>) -> Result<Export> {
    store::visits::export(&grant, query).await
}

/// `POST /api/visits`
pub async fn create(
    grant: Grant<visits::Create>,
    Json(input): Json<NewVisit>,
) -> Result<Created<Visit>> {
    store::visits::create(&grant, input).await.map(Created)
}

/// `GET /api/visits/{id}`
pub async fn read(grant: Grant<visits::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Visit>> {
    store::visits::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/visits/{id}`
pub async fn update(
    grant: Grant<visits::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<VisitPatch>,
) -> Result<Versioned<Visit>> {
    store::visits::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/visits/{id}`
pub async fn delete(
    grant: Grant<visits::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::visits::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/visits/bulk/create`
pub async fn bulk_create(
    grant: Grant<visits::Create>,
    Json(body): Json<BulkNew<Visit>>,
) -> Result<BulkCreated<Visit>> {
    store::visits::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/visits/bulk/update`
pub async fn bulk_update(
    grant: Grant<visits::Update>,
    Json(body): Json<BulkPatch<Visit>>,
) -> Result<Bulk<Visit>> {
    store::visits::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/visits/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<visits::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::visits::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}

/// `POST /api/visits/{id}/check_in`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn check_in(
    grant: Grant<visits::CheckIn>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Visit>> {
    store::visits::read(&grant, id).await.map(Versioned)
}

/// `POST /api/visits/{id}/close`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn close(grant: Grant<visits::Close>, Path(id): Path<Uuid>) -> Result<Versioned<Visit>> {
    store::visits::read(&grant, id).await.map(Versioned)
}
