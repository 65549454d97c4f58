//! `/api/crate`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::crate_::{Crate, CratePatch, NewCrate};
use crate::generated::{permissions::crate_, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/crate`
pub async fn list(grant: Grant<crate_::Read>, query: ListQuery<Crate>) -> Result<List<Crate>> {
    store::crate_::list(&grant, query).await
}

/// `GET /api/crate/export`
pub async fn export(grant: Grant<crate_::Read>, query: ExportQuery<Crate>) -> Result<Export> {
    store::crate_::export(&grant, query).await
}

/// `POST /api/crate`
pub async fn create(
    grant: Grant<crate_::Create>,
    Json(input): Json<NewCrate>,
) -> Result<Created<Crate>> {
    store::crate_::create(&grant, input).await.map(Created)
}

/// `GET /api/crate/{id}`
pub async fn read(grant: Grant<crate_::Read>, Path(id): Path<Uuid>) -> Result<Json<Crate>> {
    store::crate_::read(&grant, id).await.map(Json)
}

/// `PATCH /api/crate/{id}`
pub async fn update(
    grant: Grant<crate_::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<CratePatch>,
) -> Result<Json<Crate>> {
    store::crate_::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/crate/{id}`
pub async fn delete(grant: Grant<crate_::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::crate_::delete(&grant, id).await.map(|()| NoContent)
}
