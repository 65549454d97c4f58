//! `/api/return`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::r#return::{NewReturn, Return, ReturnPatch};
use crate::generated::{permissions::r#return, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/return`
pub async fn list(grant: Grant<r#return::Read>, query: ListQuery<Return>) -> Result<List<Return>> {
    store::r#return::list(&grant, query).await
}

/// `GET /api/return/export`
pub async fn export(grant: Grant<r#return::Read>, query: ExportQuery<Return>) -> Result<Export> {
    store::r#return::export(&grant, query).await
}

/// `POST /api/return`
pub async fn create(
    grant: Grant<r#return::Create>,
    Json(input): Json<NewReturn>,
) -> Result<Created<Return>> {
    store::r#return::create(&grant, input).await.map(Created)
}

/// `GET /api/return/{id}`
pub async fn read(grant: Grant<r#return::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Return>> {
    store::r#return::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/return/{id}`
pub async fn update(
    grant: Grant<r#return::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<ReturnPatch>,
) -> Result<Versioned<Return>> {
    store::r#return::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/return/{id}`
pub async fn delete(
    grant: Grant<r#return::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::r#return::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/return/bulk/create`
pub async fn bulk_create(
    grant: Grant<r#return::Create>,
    Json(body): Json<BulkNew<Return>>,
) -> Result<BulkCreated<Return>> {
    store::r#return::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/return/bulk/update`
pub async fn bulk_update(
    grant: Grant<r#return::Update>,
    Json(body): Json<BulkPatch<Return>>,
) -> Result<Bulk<Return>> {
    store::r#return::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/return/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<r#return::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::r#return::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}

/// `POST /api/return/{id}/match`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn r#match(
    grant: Grant<r#return::Match>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Return>> {
    store::r#return::read(&grant, id).await.map(Versioned)
}

/// `POST /api/return/{id}/crate`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn crate_(
    grant: Grant<r#return::Crate>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Return>> {
    store::r#return::read(&grant, id).await.map(Versioned)
}

/// `POST /api/return/{id}/select`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn select(
    grant: Grant<r#return::Select>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Return>> {
    store::r#return::read(&grant, id).await.map(Versioned)
}
