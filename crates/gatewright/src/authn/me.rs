//! `GET` and `PATCH /auth/me`.

use serde::Deserialize;

use super::account_view::AccountView;
use super::audit::{self, Event};
use super::session::User;
use super::signup;
use crate::authz::Account;
use crate::error::{Error, FieldError, Result};
use crate::http::{Json, given};
use crate::store::{FieldValue, Mode, Scope};

pub(super) async fn me(account: Account) -> Result<Json<AccountView>> {
    let user = account.session().user.clone();
    Ok(Json(
        AccountView::read(&account.context().runtime.database, user).await?,
    ))
}

/// A merge patch. Address and password have flows of their own, which ask for a proof; all else about an account is
/// not its owner's to say, so it is no field here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountPatch {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
}

pub(super) async fn update(
    account: Account,
    Json(patch): Json<AccountPatch>,
) -> Result<Json<AccountView>> {
    let user = change(&account, patch).await?;
    let database = &account.context().runtime.database;
    Ok(Json(AccountView::read(database, user).await?))
}

/// Changes what its owner may say of an account.
pub(super) async fn change(account: &Account, patch: AccountPatch) -> Result<User> {
    let (session, context) = (account.session(), account.context());
    let database = &context.runtime.database;
    let mut user = session.user.clone();
    if let Some(name) = patch.name {
        let name = parse_name(name).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
        if name != user.name {
            let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
            let sql = "UPDATE users SET name = $2 WHERE id = $1";
            let args = [user.id.into_value(), name.clone().into_value()];
            transaction.run(sql, &args).await?;
            audit::record(&mut transaction, context, Event::Renamed(user.id)).await?;
            transaction.commit().await?;
            user.name = name;
        }
    }
    Ok(user)
}

/// As at sign-up, but that nothing is put in the place of an empty one.
fn parse_name(name: String) -> Result<String, FieldError> {
    let empty = || FieldError::new("name", "required", "This field is required.");
    signup::parse_name(Some(name))?.ok_or_else(empty)
}
