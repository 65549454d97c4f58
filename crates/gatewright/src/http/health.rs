//! `/healthz`: the process answers. `/readyz`: so does its database.

use axum::response::{IntoResponse, Response};

use super::{Api, Context};
use crate::authz::public;
use crate::error::Result;
use crate::store::{Mode, Scope};

pub(crate) fn register(api: &mut Api) {
    api.get("/healthz", public(alive));
    api.get("/readyz", public(ready));
}

async fn alive() -> Response {
    "ok\n".into_response()
}

async fn ready(context: Context) -> Result<Response> {
    let mut transaction = context
        .runtime
        .database
        .begin(Scope::Accounts, Mode::Read)
        .await?;
    transaction.run("SELECT 1", &[]).await?;
    transaction.commit().await?;
    Ok("ready\n".into_response())
}
