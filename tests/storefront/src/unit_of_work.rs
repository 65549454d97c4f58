//! The example with handlers of its own that write and then refuse, panic, or keep their grant.

#[path = "../../../examples/storefront/src/generated/mod.rs"]
mod generated;
#[path = "../../../examples/storefront/src/routes.rs"]
mod routes;

pub use generated::handlers;

use std::time::Duration;

use gatewright::{Api, Created, Error, Grant, Json, NoContent, Result, protect};

use crate::generated::models::categories::{Category, NewCategory};
use crate::generated::permissions::categories;
use crate::generated::store;

async fn refuse(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<Created<Category>> {
    store::categories::create(&grant, input).await?;
    Err(Error::not_found())
}

#[expect(clippy::panic, reason = "this is what it is for")]
async fn panic(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<Created<Category>> {
    let category = store::categories::create(&grant, input).await?;
    std::panic::panic_any(category.id)
}

/// Answers at once, and tries to write afterwards.
async fn smuggle(
    grant: Grant<categories::Create>,
    Json(input): Json<NewCategory>,
) -> Result<NoContent> {
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let outcome = store::categories::create(&grant, input).await;
        eprintln!(
            "smuggled: {}",
            if outcome.is_ok() {
                "written"
            } else {
                "refused"
            }
        );
    });
    Ok(NoContent)
}

fn register(api: &mut Api) {
    routes::register(api);
    api.post("/api/refuse", protect(categories::Create, refuse));
    api.post("/api/panic", protect(categories::Create, panic));
    api.post("/api/smuggle", protect(categories::Create, smuggle));
}

fn main() -> std::process::ExitCode {
    gatewright::Application::new(&generated::model::MODEL)
        .migrations(&generated::migrations::MIGRATIONS)
        .public_routes(include_str!(
            "../../../examples/storefront/public_routes.txt"
        ))
        .routes(register)
        .run()
}
