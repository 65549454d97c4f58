//! `/api/async`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<r#async::Read>, Path(id): Path<Uuid>) -> Result<Json<Async>> {
    store::r#async::read(&grant, id).await.map(Json)
}

/// `PATCH /api/async/{id}`
pub async fn update(
    grant: Grant<r#async::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<AsyncPatch>,
) -> Result<Json<Async>> {
    store::r#async::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/async/{id}`
pub async fn delete(grant: Grant<r#async::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::r#async::delete(&grant, id).await.map(|()| NoContent)
}
