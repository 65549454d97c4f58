//! `/api/select`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::select::{NewSelect, Select, SelectPatch};
use crate::generated::{permissions::select, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/select`
pub async fn list(grant: Grant<select::Read>, query: ListQuery<Select>) -> Result<List<Select>> {
    store::select::list(&grant, query).await
}

/// `GET /api/select/export`
pub async fn export(grant: Grant<select::Read>, query: ExportQuery<Select>) -> Result<Export> {
    store::select::export(&grant, query).await
}

/// `POST /api/select`
pub async fn create(
    grant: Grant<select::Create>,
    Json(input): Json<NewSelect>,
) -> Result<Created<Select>> {
    store::select::create(&grant, input).await.map(Created)
}

/// `GET /api/select/{id}`
pub async fn read(grant: Grant<select::Read>, Path(id): Path<Uuid>) -> Result<Json<Select>> {
    store::select::read(&grant, id).await.map(Json)
}

/// `PATCH /api/select/{id}`
pub async fn update(
    grant: Grant<select::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<SelectPatch>,
) -> Result<Json<Select>> {
    store::select::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/select/{id}`
pub async fn delete(grant: Grant<select::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::select::delete(&grant, id).await.map(|()| NoContent)
}
