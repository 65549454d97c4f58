//! Handlers that do what a handler should not. Each makes a category first.

use std::panic::panic_any;
use std::sync::Mutex;
use std::time::Duration;

use gatewright::{CustomFields, Error, Grant, IfMatch, Json, Member, NoContent, Patch, Result};
use http::StatusCode;
use tokio::sync::oneshot;

use crate::generated::models::categories::{Category, CategoryPatch, NewCategory};
use crate::generated::permissions::categories;
use crate::generated::store;

/// What tasks found out after their request was answered.
static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note(text: String) {
    NOTES
        .lock()
        .unwrap_or_else(|broken| broken.into_inner())
        .push(text);
}

/// The notes so far.
pub async fn notes(_: Grant<Member>) -> Json<Vec<String>> {
    Json(
        NOTES
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
            .clone(),
    )
}

fn named(name: String) -> NewCategory {
    NewCategory {
        name,
        position: 0,
        parent_id: None,
        custom_fields: CustomFields::default(),
    }
}

/// Moves the grant into a task. The task writes once before the answer, and tries again after it.
pub async fn smuggle(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<NoContent> {
    let (written, first) = oneshot::channel();
    tokio::spawn(async move {
        let name = input.name.clone();
        let outcome = store::categories::create(&grant, input).await;
        drop(written.send(outcome.map(drop)));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let outcome = store::categories::create(&grant, named(format!("{name} afterwards"))).await;
        note(match outcome {
            Ok(_) => format!("{name}: written"),
            Err(error) => format!("{name}: {error}"),
        });
    });
    first.await.map_err(Error::internal)??;
    Ok(NoContent)
}

/// Panics with the category made.
#[expect(clippy::panic, reason = "this is what it is for")]
pub async fn panic(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<NoContent> {
    let made = store::categories::create(&grant, input).await?;
    panic_any(made.id)
}

/// Makes a category, fails to make it again, and says that all went well.
pub async fn swallow(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<Json<Category>> {
    let made = store::categories::create(&grant, input.clone()).await?;
    drop(store::categories::create(&grant, input).await);
    Ok(Json(made))
}

/// Makes a category, then answers by itself that the request was wrong.
pub async fn refuse(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<(StatusCode, Json<Category>)> {
    let made = store::categories::create(&grant, input).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(made)))
}

/// Takes longer than a request may.
pub async fn sleep(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<NoContent> {
    store::categories::create(&grant, input).await?;
    tokio::time::sleep(Duration::from_secs(20)).await;
    Ok(NoContent)
}

/// Makes a category and another below it, and renames both: six statements or more, with a pause.
pub async fn several(
    create: Grant<categories::Create>,
    read: Grant<categories::Read>,
    update: Grant<categories::Update>,
    Json(input): Json<NewCategory>,
) -> Result<NoContent> {
    let name = input.name.clone();
    let above = store::categories::create(&create, input).await?;
    let below = NewCategory {
        parent_id: Some(above.id),
        ..named(format!("{name} below"))
    };
    let below = store::categories::create(&create, below).await?;
    tokio::time::sleep(Duration::from_millis(2)).await;
    for category in [above, below] {
        let patch = CategoryPatch {
            position: Patch::Set(1),
            ..CategoryPatch::default()
        };
        store::categories::update(&update, category.id, IfMatch::any(), patch).await?;
        store::categories::read(&read, category.id).await?;
    }
    Ok(NoContent)
}
