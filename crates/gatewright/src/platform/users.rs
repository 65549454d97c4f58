//! `GET /platform/users`, `PATCH /platform/users/{id}`.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::list::ListQuery;
use super::log::{self, Entry};
use super::{Status, Suspension};
use crate::authz::{PlatformGrant, ReadUsers, SuspendUsers, platform};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Api, Json, Path};
use crate::store::{
    Dialect, FieldValue, List, Mode, Row, Scope, StoreError, Transaction, UnexpectedValue,
};

pub(super) fn register(api: &mut Api) {
    api.get("/platform/users", platform(ReadUsers, list));
    api.patch("/platform/users/{id}", platform(SuspendUsers, suspend));
}

#[derive(Serialize)]
struct UserView {
    id: Uuid,
    email: String,
    name: String,
    status: String,
    platform_role: Option<String>,
    created_at: Timestamp,
}

/// The accounts after `$1` of status `$3` whose address or name holds `$4`.
const USERS: &str = r"
    SELECT u.id, u.email, u.name, u.status, p.role, u.created_at
    FROM users u LEFT JOIN platform_roles p ON p.user_id = u.id
    WHERE u.id > $1 AND u.status LIKE $3
        AND (u.email_normalized LIKE $4 ESCAPE '\' OR lower(u.name) LIKE $4 ESCAPE '\')
    ORDER BY u.id LIMIT $2";

const USER: &str = "
    SELECT u.id, u.email, u.name, u.status, p.role, u.created_at
    FROM users u LEFT JOIN platform_roles p ON p.user_id = u.id
    WHERE u.id = $1";

async fn list(grant: PlatformGrant<ReadUsers>, query: ListQuery) -> Result<List<UserView>> {
    query.only(&["q", "status"])?;
    let runtime = grant.runtime();
    let (cursors, name) = (&runtime.cursors, query.name("users"));
    let after = query.page.after(cursors, Uuid::nil(), &name)?;
    let args = [
        after.unwrap_or(Uuid::nil()).into_value(),
        query.page.one_more().into_value(),
        query.status()?.to_owned().into_value(),
        query.pattern().into_value(),
    ];
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction.run(USERS, &args).await?;
    transaction.commit().await?;
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>();
    let mut users = views.map_err(Error::internal)?;
    let next = query
        .page
        .next(cursors, Uuid::nil(), &name, &mut users, |user| user.id)?;
    Ok(List::new(users, next))
}

/// Locks an account out everywhere from the next request on, or lets it in again.
async fn suspend(
    grant: PlatformGrant<SuspendUsers>,
    Path(id): Path<Uuid>,
    Json(asked): Json<Suspension>,
) -> Result<Json<UserView>> {
    let reason = asked.reason()?;
    let context = grant.account().context();
    let actor = grant.account().user_id();
    let database = &grant.runtime().database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    require_in_office(&mut transaction, actor).await?;
    if id == actor && asked.status == Status::Suspended {
        return Err(Error::against_the_rules(
            "self",
            "Nobody suspends their own account.",
        ));
    }
    let args = [
        id.into_value(),
        asked.status.as_str().to_owned().into_value(),
    ];
    let changed = transaction
        .run(
            "UPDATE users SET status = $2 WHERE id = $1 AND status <> $2 RETURNING id",
            &args,
        )
        .await?;
    if !changed.is_empty() {
        // Both times. Else whatever was stolen would be good again once the suspension is lifted, and so
        // would a session that was just being opened when it came.
        let sql = "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
        let args = [id.into_value(), clock::now().into_value()];
        transaction.run(sql, &args).await?;
        let action = match asked.status {
            Status::Suspended => "platform.user_suspended",
            Status::Active => "platform.user_reactivated",
        };
        let entry = Entry {
            actor: Some(actor),
            action,
            refused: false,
            target: Some(id.to_string()),
            reason: Some(reason),
        };
        log::write(&mut transaction, context, entry).await?;
    }
    let rows = transaction.run(USER, &[id.into_value()]).await?;
    let row = rows.into_iter().next().ok_or_else(Error::not_found)?;
    let view = view(row).map_err(Error::internal)?;
    transaction.commit().await?;
    Ok(Json(view))
}

/// Those who suspend accounts take turns, and whoever was suspended meanwhile suspends nobody: two
/// super admins cannot lock each other out and leave none.
pub(super) async fn require_in_office(
    transaction: &mut Transaction,
    actor: Uuid,
) -> Result<(), Error> {
    take_turn(transaction).await?;
    let sql = "SELECT u.id FROM users u JOIN platform_roles p ON p.user_id = u.id
        WHERE u.id = $1 AND u.status = 'active' AND p.role = 'super_admin'";
    let rows = transaction.run(sql, &[actor.into_value()]).await?;
    if rows.is_empty() {
        return Err(Error::unauthenticated());
    }
    Ok(())
}

/// Waits for whoever else decides who is of the platform's staff, until the transaction ends.
pub(crate) async fn take_turn(transaction: &mut Transaction) -> Result<(), StoreError> {
    // SQLite's writers take turns by themselves.
    if transaction.dialect() == Dialect::Postgres {
        let sql = "SELECT user_id FROM platform_roles ORDER BY user_id FOR UPDATE";
        transaction.run(sql, &[]).await?;
    }
    Ok(())
}

fn view(mut row: Row) -> Result<UserView, UnexpectedValue> {
    Ok(UserView {
        id: row.next()?,
        email: row.next()?,
        name: row.next()?,
        status: row.next()?,
        platform_role: row.next()?,
        created_at: row.next()?,
    })
}
