//! `/api/categories`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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
pub async fn read(
    grant: Grant<categories::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Category>> {
    store::categories::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/categories/{id}`
pub async fn update(
    grant: Grant<categories::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<CategoryPatch>,
) -> Result<Versioned<Category>> {
    store::categories::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/categories/{id}`
pub async fn delete(
    grant: Grant<categories::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::categories::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/categories/bulk/create`
pub async fn bulk_create(
    grant: Grant<categories::Create>,
    Json(body): Json<BulkNew<Category>>,
) -> Result<BulkCreated<Category>> {
    store::categories::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/categories/bulk/update`
pub async fn bulk_update(
    grant: Grant<categories::Update>,
    Json(body): Json<BulkPatch<Category>>,
) -> Result<Bulk<Category>> {
    store::categories::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/categories/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<categories::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::categories::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
