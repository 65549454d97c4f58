//! `/api/return`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<r#return::Read>, Path(id): Path<Uuid>) -> Result<Json<Return>> {
    store::r#return::read(&grant, id).await.map(Json)
}

/// `PATCH /api/return/{id}`
pub async fn update(
    grant: Grant<r#return::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<ReturnPatch>,
) -> Result<Json<Return>> {
    store::r#return::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/return/{id}`
pub async fn delete(grant: Grant<r#return::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::r#return::delete(&grant, id)
        .await
        .map(|()| NoContent)
}

/// `POST /api/return/{id}/match`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn r#match(grant: Grant<r#return::Match>, Path(id): Path<Uuid>) -> Result<Json<Return>> {
    store::r#return::read(&grant, id).await.map(Json)
}

/// `POST /api/return/{id}/crate`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn crate_(grant: Grant<r#return::Crate>, Path(id): Path<Uuid>) -> Result<Json<Return>> {
    store::r#return::read(&grant, id).await.map(Json)
}

/// `POST /api/return/{id}/select`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn select(grant: Grant<r#return::Select>, Path(id): Path<Uuid>) -> Result<Json<Return>> {
    store::r#return::read(&grant, id).await.map(Json)
}
