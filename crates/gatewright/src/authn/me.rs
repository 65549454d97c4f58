//! `GET /auth/me`.

use super::account_view::AccountView;
use crate::authz::Account;
use crate::error::Result;
use crate::http::Json;

pub(super) async fn me(account: Account) -> Result<Json<AccountView>> {
    let user = account.session().user.clone();
    Ok(Json(
        AccountView::read(&account.context().runtime.database, user).await?,
    ))
}
