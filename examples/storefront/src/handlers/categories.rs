//! `/api/categories`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::categories::{Category, CategoryPatch, NewCategory};
use crate::generated::{permissions::categories, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/categories`
pub async fn list(
    grant: Grant<categories::Read>,
    query: ListQuery<Category>,
) -> Result<List<Category>> {
    store::categories::list(&grant, query).await
}

/// `GET /api/categories/export`
pub async fn export(
    grant: Grant<categories::Read>,
    query: ExportQuery<Category>,
) -> Result<Export> {
    store::categories::export(&grant, query).await
}

/// `POST /api/categories`
pub async fn create(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<Created<Category>> {
    store::categories::create(&grant, input).await.map(Created)
}

/// `GET /api/categories/{id}`
pub async fn read(grant: Grant<categories::Read>, Path(id): Path<Uuid>) -> Result<Json<Category>> {
    store::categories::read(&grant, id).await.map(Json)
}

/// `PATCH /api/categories/{id}`
pub async fn update(
    grant: Grant<categories::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<CategoryPatch>,
) -> Result<Json<Category>> {
    store::categories::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/categories/{id}`
pub async fn delete(grant: Grant<categories::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::categories::delete(&grant, id)
        .await
        .map(|()| NoContent)
}
