//! `POST /auth/account/delete`: the end of an account.
//!
//! The row goes, and with it the address, the name, the password, identities, sessions and links. What the account did
//! stays where it was done: records and logs hold the id of whoever made them and refer to no row, so they stay as they
//! are, and the id is nobody's from then on.

use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::account_row::{AccountRow, Hold};
use super::audit::{self, Event};
use super::logout;
use super::mails;
use super::password_policy::Password;
use super::reauthentication::require_proof;
use super::session::Session;
use crate::audit::Author;
use crate::authz::Account;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Json, given};
use crate::platform;
use crate::store::{FieldValue, Mode, Scope, Transaction};
use crate::tenancy::Departure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteRequest {
    /// The account's, if it has one.
    #[serde(default, deserialize_with = "given")]
    pub(super) password: Option<Password>,
}

pub(super) async fn delete(
    account: Account,
    Json(request): Json<DeleteRequest>,
) -> Result<Response> {
    end(&account, request).await?;
    logout::forgotten(account.session())
}

/// Takes the account out of every tenant, and ends it.
///
/// # Errors
/// 409 `last_owner` with the tenants that nobody else owns, 409 `last_super_admin`, 422 on `password`,
/// 403 `reauthentication_required`, 429.
pub(super) async fn end(account: &Account, request: DeleteRequest) -> Result<()> {
    let (session, context) = (account.session(), account.context());
    let user_id = session.user.id;
    let runtime = &context.runtime;
    require_proof(account, request.password).await?;

    let scope = Scope::User(user_id);
    let mut transaction = runtime.database.begin(scope, Mode::Write).await?;
    // In the order in which everybody takes these locks: the staff's, tenants', the account's.
    platform::take_turn(&mut transaction).await?;
    let departure = Departure::prepare(&mut transaction, user_id).await?;
    let user = AccountRow::hold(&mut transaction, user_id, Hold::Delete).await?;
    let user = user.ok_or_else(Error::unauthenticated)?;
    if !Session::is_alive(&mut transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    let author = Author::user(user_id, Some(context));
    departure.leave(&mut transaction, author).await?;

    transaction.rescope(Scope::Accounts).await?;
    require_another_super_admin(&mut transaction, user_id).await?;
    let sql = "DELETE FROM users WHERE id = $1";
    transaction.run(sql, &[user_id.into_value()]).await?;
    audit::record(&mut transaction, context, Event::AccountDeleted(user_id)).await?;
    let message = mails::account_deleted(runtime, &user.email, clock::now())?;
    runtime.outbox.queue(&mut transaction, message).await?;
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}

/// Refuses the last of those who could make another. Under the staff's lock.
async fn require_another_super_admin(transaction: &mut Transaction, user_id: Uuid) -> Result<()> {
    let sql = "SELECT p.user_id FROM platform_roles p JOIN users u ON u.id = p.user_id
        WHERE p.role = 'super_admin' AND u.status = 'active'";
    let rows = transaction.run(sql, &[]).await?;
    let admins = rows.into_iter().map(|mut row| row.next());
    let admins: Vec<Uuid> = admins.collect::<Result<_, _>>().map_err(Error::internal)?;
    if admins == [user_id] {
        return Err(Error::against_the_rules(
            "last_super_admin",
            "The platform would be left without a super-admin. Make another one first.",
        ));
    }
    Ok(())
}
