//! `GET /auth/me`.

use axum::Json;
use axum::response::IntoResponse;

use super::account_view::AccountView;
use crate::authz::Account;
use crate::error::Result;

pub(super) async fn me(account: Account) -> Result<impl IntoResponse> {
    let user = account.session().user.clone();
    Ok(Json(
        AccountView::read(&account.context().runtime.database, user).await?,
    ))
}
