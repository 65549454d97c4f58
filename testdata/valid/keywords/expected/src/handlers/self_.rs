//! `/api/self`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::self_::{NewSelfRecord, SelfRecord, SelfRecordPatch};
use crate::generated::{permissions::self_, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/self`
pub async fn list(
    grant: Grant<self_::Read>,
    query: ListQuery<SelfRecord>,
) -> Result<List<SelfRecord>> {
    store::self_::list(&grant, query).await
}

/// `GET /api/self/export`
pub async fn export(grant: Grant<self_::Read>, query: ExportQuery<SelfRecord>) -> Result<Export> {
    store::self_::export(&grant, query).await
}

/// `POST /api/self`
pub async fn create(
    grant: Grant<self_::Create>,
    Json(input): Json<NewSelfRecord>,
) -> Result<Created<SelfRecord>> {
    store::self_::create(&grant, input).await.map(Created)
}

/// `GET /api/self/{id}`
pub async fn read(
    grant: Grant<self_::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<SelfRecord>> {
    store::self_::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/self/{id}`
pub async fn update(
    grant: Grant<self_::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<SelfRecordPatch>,
) -> Result<Versioned<SelfRecord>> {
    store::self_::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/self/{id}`
pub async fn delete(
    grant: Grant<self_::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::self_::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/self/bulk/create`
pub async fn bulk_create(
    grant: Grant<self_::Create>,
    Json(body): Json<BulkNew<SelfRecord>>,
) -> Result<BulkCreated<SelfRecord>> {
    store::self_::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/self/bulk/update`
pub async fn bulk_update(
    grant: Grant<self_::Update>,
    Json(body): Json<BulkPatch<SelfRecord>>,
) -> Result<Bulk<SelfRecord>> {
    store::self_::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/self/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<self_::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::self_::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
