//! `/api/super`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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
pub async fn read(grant: Grant<super_::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Super>> {
    store::super_::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/super/{id}`
pub async fn update(
    grant: Grant<super_::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<SuperPatch>,
) -> Result<Versioned<Super>> {
    store::super_::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/super/{id}`
pub async fn delete(
    grant: Grant<super_::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::super_::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/super/bulk/create`
pub async fn bulk_create(
    grant: Grant<super_::Create>,
    Json(body): Json<BulkNew<Super>>,
) -> Result<BulkCreated<Super>> {
    store::super_::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/super/bulk/update`
pub async fn bulk_update(
    grant: Grant<super_::Update>,
    Json(body): Json<BulkPatch<Super>>,
) -> Result<Bulk<Super>> {
    store::super_::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/super/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<super_::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::super_::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
