//! `/api/crate`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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
pub async fn read(grant: Grant<crate_::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Crate>> {
    store::crate_::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/crate/{id}`
pub async fn update(
    grant: Grant<crate_::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<CratePatch>,
) -> Result<Versioned<Crate>> {
    store::crate_::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/crate/{id}`
pub async fn delete(
    grant: Grant<crate_::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::crate_::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/crate/bulk/create`
pub async fn bulk_create(
    grant: Grant<crate_::Create>,
    Json(body): Json<BulkNew<Crate>>,
) -> Result<BulkCreated<Crate>> {
    store::crate_::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/crate/bulk/update`
pub async fn bulk_update(
    grant: Grant<crate_::Update>,
    Json(body): Json<BulkPatch<Crate>>,
) -> Result<Bulk<Crate>> {
    store::crate_::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/crate/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<crate_::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::crate_::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
