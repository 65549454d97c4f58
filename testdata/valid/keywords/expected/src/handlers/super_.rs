//! `/api/super`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::super_::{NewSuper, Super, SuperPatch};
use crate::generated::{permissions::super_, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/super`
pub async fn list(grant: Grant<super_::Read>, query: ListQuery<Super>) -> Result<List<Super>> {
    store::super_::list(&grant, query).await
}

/// `GET /api/super/export`
pub async fn export(grant: Grant<super_::Read>, query: ExportQuery<Super>) -> Result<Export> {
    store::super_::export(&grant, query).await
}

/// `POST /api/super`
pub async fn create(
    grant: Grant<super_::Create>,
    Json(input): Json<NewSuper>,
) -> Result<Created<Super>> {
    store::super_::create(&grant, input).await.map(Created)
}

/// `GET /api/super/{id}`
pub async fn read(grant: Grant<super_::Read>, Path(id): Path<Uuid>) -> Result<Json<Super>> {
    store::super_::read(&grant, id).await.map(Json)
}

/// `PATCH /api/super/{id}`
pub async fn update(
    grant: Grant<super_::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<SuperPatch>,
) -> Result<Json<Super>> {
    store::super_::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/super/{id}`
pub async fn delete(grant: Grant<super_::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::super_::delete(&grant, id).await.map(|()| NoContent)
}
