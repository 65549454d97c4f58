//! `/api/notes`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<notes::Read>, Path(id): Path<Uuid>) -> Result<Json<Note>> {
    store::notes::read(&grant, id).await.map(Json)
}

/// `PATCH /api/notes/{id}`
pub async fn update(
    grant: Grant<notes::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<NotePatch>,
) -> Result<Json<Note>> {
    store::notes::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/notes/{id}`
pub async fn delete(grant: Grant<notes::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::notes::delete(&grant, id).await.map(|()| NoContent)
}
