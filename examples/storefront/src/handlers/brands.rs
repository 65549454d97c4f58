//! `/api/brands`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::brands::{Brand, BrandPatch, NewBrand};
use crate::generated::{permissions::brands, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/brands`
pub async fn list(grant: Grant<brands::Read>, query: ListQuery<Brand>) -> Result<List<Brand>> {
    store::brands::list(&grant, query).await
}

/// `GET /api/brands/export`
pub async fn export(grant: Grant<brands::Read>, query: ExportQuery<Brand>) -> Result<Export> {
    store::brands::export(&grant, query).await
}

/// `POST /api/brands`
pub async fn create(
    grant: Grant<brands::Create>,
    Json(input): Json<NewBrand>,
) -> Result<Created<Brand>> {
    store::brands::create(&grant, input).await.map(Created)
}

/// `GET /api/brands/{id}`
pub async fn read(grant: Grant<brands::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Brand>> {
    store::brands::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/brands/{id}`
pub async fn update(
    grant: Grant<brands::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<BrandPatch>,
) -> Result<Versioned<Brand>> {
    store::brands::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/brands/{id}`
pub async fn delete(
    grant: Grant<brands::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::brands::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/brands/bulk/create`
pub async fn bulk_create(
    grant: Grant<brands::Create>,
    Json(body): Json<BulkNew<Brand>>,
) -> Result<BulkCreated<Brand>> {
    store::brands::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/brands/bulk/update`
pub async fn bulk_update(
    grant: Grant<brands::Update>,
    Json(body): Json<BulkPatch<Brand>>,
) -> Result<Bulk<Brand>> {
    store::brands::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/brands/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<brands::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::brands::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
