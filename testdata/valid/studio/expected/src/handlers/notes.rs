//! `/api/notes`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::notes::{NewNote, Note, NotePatch};
use crate::generated::{permissions::notes, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/notes`
pub async fn list(grant: Grant<notes::Read>, query: ListQuery<Note>) -> Result<List<Note>> {
    store::notes::list(&grant, query).await
}

/// `GET /api/notes/export`
pub async fn export(grant: Grant<notes::Read>, query: ExportQuery<Note>) -> Result<Export> {
    store::notes::export(&grant, query).await
}

/// `POST /api/notes`
pub async fn create(
    grant: Grant<notes::Create>,
    Json(input): Json<NewNote>,
) -> Result<Created<Note>> {
    store::notes::create(&grant, input).await.map(Created)
}

/// `GET /api/notes/{id}`
pub async fn read(grant: Grant<notes::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Note>> {
    store::notes::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/notes/{id}`
pub async fn update(
    grant: Grant<notes::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<NotePatch>,
) -> Result<Versioned<Note>> {
    store::notes::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/notes/{id}`
pub async fn delete(
    grant: Grant<notes::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::notes::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/notes/bulk/create`
pub async fn bulk_create(
    grant: Grant<notes::Create>,
    Json(body): Json<BulkNew<Note>>,
) -> Result<BulkCreated<Note>> {
    store::notes::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/notes/bulk/update`
pub async fn bulk_update(
    grant: Grant<notes::Update>,
    Json(body): Json<BulkPatch<Note>>,
) -> Result<Bulk<Note>> {
    store::notes::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/notes/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<notes::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::notes::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
