//! `GET /auth/identities` and `DELETE /auth/identities/{id}`: the providers that open an account.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::authn::audit::{self, Event};
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::http::{Context, Json, NoContent, Path};
use crate::store::{Dialect, FieldValue, Mode, Row, Scope, StoreError, Transaction};

#[derive(Serialize)]
pub(super) struct Identities {
    data: Vec<IdentityView>,
}

/// One way into the account. Its subject is nobody's business, its owner's included.
#[derive(Serialize)]
struct IdentityView {
    id: Uuid,
    provider: String,
    /// What the provider said when it was used last.
    email: Option<String>,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

impl IdentityView {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.next()?,
            provider: row.next()?,
            email: row.next()?,
            created_at: row.next()?,
            last_used_at: row.next()?,
        })
    }
}

/// In the order in which they were linked.
pub(super) async fn list(account: Account) -> Result<Json<Identities>> {
    let database = &account.context().runtime.database;
    let mut read = database.begin(Scope::Accounts, Mode::Read).await?;
    let data = all(&mut read, account.session().user.id).await?;
    read.commit().await?;
    Ok(Json(Identities { data }))
}

async fn all(transaction: &mut Transaction, user: Uuid) -> Result<Vec<IdentityView>, StoreError> {
    let sql = "SELECT id, provider, email, created_at, last_used_at FROM identities WHERE user_id = $1 ORDER BY id";
    let rows = transaction.run(sql, &[user.into_value()]).await?;
    rows.into_iter().map(IdentityView::read).collect()
}

/// Takes one away, which is never the last way in. Somebody else's is not there.
pub(super) async fn remove(account: Account, Path(id): Path<Uuid>) -> Result<NoContent> {
    let (session, context) = (account.session(), account.context());
    session.require_recent()?;
    let user = session.user.id;
    let database = &context.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    lock(&mut transaction, user).await?;
    let all = all(&mut transaction, user).await?;
    if !all.iter().any(|identity| identity.id == id) {
        return Err(Error::not_found());
    }
    let others = all.iter().filter(|identity| identity.id != id);
    if !another_way_in(&mut transaction, context, user, others).await? {
        return Err(Error::last_credential());
    }
    let sql = "DELETE FROM identities WHERE id = $1 AND user_id = $2";
    transaction
        .run(sql, &[id.into_value(), user.into_value()])
        .await?;
    let event = Event::IdentityRemoved {
        user_id: user,
        identity_id: id,
    };
    audit::record(&mut transaction, context, event).await?;
    transaction.commit().await?;
    Ok(NoContent)
}

/// Two who each leave the other's identity would together leave none, so they take turns. SQLite has
/// one writer, whose turn it is by that.
async fn lock(transaction: &mut Transaction, user: Uuid) -> Result<(), StoreError> {
    if transaction.dialect() == Dialect::Postgres {
        let sql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";
        transaction.run(sql, &[user.into_value()]).await?;
    }
    Ok(())
}

/// Whether the account could still be signed in to: by a password, or by a provider that is set up.
async fn another_way_in<'a>(
    transaction: &mut Transaction,
    context: &Context,
    user: Uuid,
    mut others: impl Iterator<Item = &'a IdentityView>,
) -> Result<bool, StoreError> {
    let runtime = &context.runtime;
    if others.any(|identity| runtime.providers.has(&identity.provider)) {
        return Ok(true);
    }
    if !runtime.model.auth.passwords {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM passwords WHERE user_id = $1";
    Ok(!transaction.run(sql, &[user.into_value()]).await?.is_empty())
}
