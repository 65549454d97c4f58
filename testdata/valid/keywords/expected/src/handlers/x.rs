//! `/api/x`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<x::Read>, Path(id): Path<Uuid>) -> Result<Json<X>> {
    store::x::read(&grant, id).await.map(Json)
}

/// `PATCH /api/x/{id}`
pub async fn update(
    grant: Grant<x::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<XPatch>,
) -> Result<Json<X>> {
    store::x::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/x/{id}`
pub async fn delete(grant: Grant<x::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::x::delete(&grant, id).await.map(|()| NoContent)
}
