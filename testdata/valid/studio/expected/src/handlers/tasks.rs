//! `/api/tasks`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<tasks::Read>, Path(id): Path<Uuid>) -> Result<Json<Task>> {
    store::tasks::read(&grant, id).await.map(Json)
}

/// `PATCH /api/tasks/{id}`
pub async fn update(
    grant: Grant<tasks::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<TaskPatch>,
) -> Result<Json<Task>> {
    store::tasks::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/tasks/{id}`
pub async fn delete(grant: Grant<tasks::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::tasks::delete(&grant, id).await.map(|()| NoContent)
}

/// `POST /api/tasks/{id}/finish`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn finish(grant: Grant<tasks::Finish>, Path(id): Path<Uuid>) -> Result<Json<Task>> {
    store::tasks::read(&grant, id).await.map(Json)
}

/// `POST /api/tasks/{id}/settle`
///
/// What it does is yours to write. The grant opens what the action `uses` in the schema.
pub async fn settle(grant: Grant<tasks::Settle>, Path(id): Path<Uuid>) -> Result<Json<Task>> {
    store::tasks::read(&grant, id).await.map(Json)
}
