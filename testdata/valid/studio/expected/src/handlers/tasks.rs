//! `/api/tasks`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::tasks::{NewTask, Task, TaskPatch};
use crate::generated::{permissions::tasks, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/tasks`
pub async fn list(grant: Grant<tasks::Read>, query: ListQuery<Task>) -> Result<List<Task>> {
    store::tasks::list(&grant, query).await
}

/// `GET /api/tasks/export`
pub async fn export(grant: Grant<tasks::Read>, query: ExportQuery<Task>) -> Result<Export> {
    store::tasks::export(&grant, query).await
}

/// `POST /api/tasks`
pub async fn create(
    grant: Grant<tasks::Create>,
    Json(input): Json<NewTask>,
) -> Result<Created<Task>> {
    store::tasks::create(&grant, input).await.map(Created)
}

/// `GET /api/tasks/{id}`
pub async fn read(grant: Grant<tasks::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Task>> {
    store::tasks::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/tasks/{id}`
pub async fn update(
    grant: Grant<tasks::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<TaskPatch>,
) -> Result<Versioned<Task>> {
    store::tasks::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/tasks/{id}`
pub async fn delete(
    grant: Grant<tasks::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::tasks::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/tasks/bulk/create`
pub async fn bulk_create(
    grant: Grant<tasks::Create>,
    Json(body): Json<BulkNew<Task>>,
) -> Result<BulkCreated<Task>> {
    store::tasks::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/tasks/bulk/update`
pub async fn bulk_update(
    grant: Grant<tasks::Update>,
    Json(body): Json<BulkPatch<Task>>,
) -> Result<Bulk<Task>> {
    store::tasks::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/tasks/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<tasks::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::tasks::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}

/// `POST /api/tasks/{id}/finish`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn finish(grant: Grant<tasks::Finish>, Path(id): Path<Uuid>) -> Result<Versioned<Task>> {
    store::tasks::read(&grant, id).await.map(Versioned)
}

/// `POST /api/tasks/{id}/settle`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn settle(grant: Grant<tasks::Settle>, Path(id): Path<Uuid>) -> Result<Versioned<Task>> {
    store::tasks::read(&grant, id).await.map(Versioned)
}
