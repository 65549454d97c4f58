//! The schema of `testdata/valid/studio`, with an action that does something.

#[path = "../../../testdata/valid/studio/expected/src/generated/mod.rs"]
mod generated;

pub use generated::handlers;

use gatewright::{Api, CustomFields, Grant, IfMatch, Json, Patch, Path, Result, Uuid, protect};
use generated::models::notes::NewNote;
use generated::models::tasks::{Task, TaskPatch};
use generated::permissions::tasks;
use generated::store;

/// `POST /api/tasks/{id}/settle`: by a permission that the caller need not hold, it writes a field
/// that the caller need not see.
async fn settle(
    grant: Grant<tasks::Settle>,
    Path(id): Path<Uuid>,
    Json(mut patch): Json<TaskPatch>,
) -> Result<Json<Task>> {
    let contract = id.simple().to_string().chars().take(18).collect();
    patch.contract = Patch::Set(Some(contract));
    let note = NewNote {
        body: "Settled".to_owned(),
        task_id: None,
        custom_fields: CustomFields::default(),
    };
    store::notes::create(&grant, note).await?;
    store::tasks::update(&grant, id, IfMatch::any(), patch)
        .await
        .map(Json)
}

/// `POST /api/tasks/{id}/overreach`: sets from code what the caller does not see.
async fn overreach(grant: Grant<tasks::Update>, Path(id): Path<Uuid>) -> Result<Json<Task>> {
    let patch = TaskPatch {
        contract: Patch::Set(Some("from code".to_owned())),
        ..TaskPatch::default()
    };
    store::tasks::update(&grant, id, IfMatch::any(), patch)
        .await
        .map(Json)
}

fn register(api: &mut Api) {
    generated::routes::register(api);
    api.post("/api/tasks/{id}/settle", protect(tasks::Settle, settle));
    api.post(
        "/api/tasks/{id}/overreach",
        protect(tasks::Update, overreach),
    );
}

fn main() -> std::process::ExitCode {
    gatewright::Application::new(&generated::model::MODEL)
        .migrations(&generated::migrations::MIGRATIONS)
        .public_routes(include_str!(
            "../../../testdata/valid/studio/expected/public_routes.txt"
        ))
        .routes(register)
        .run()
}
