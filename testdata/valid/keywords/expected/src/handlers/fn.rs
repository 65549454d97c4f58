//! `/api/fn`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<r#fn::Read>, Path(id): Path<Uuid>) -> Result<Json<FnRecord>> {
    store::r#fn::read(&grant, id).await.map(Json)
}

/// `PATCH /api/fn/{id}`
pub async fn update(
    grant: Grant<r#fn::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<FnRecordPatch>,
) -> Result<Json<FnRecord>> {
    store::r#fn::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/fn/{id}`
pub async fn delete(grant: Grant<r#fn::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::r#fn::delete(&grant, id).await.map(|()| NoContent)
}
