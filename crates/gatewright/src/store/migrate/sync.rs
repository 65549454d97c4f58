//! What stored roles have to follow when the schema's permissions and role templates change.
//!
//! Tables are the business of migrations, which know two schemas. What tenants have made of roles is
//! rows, and follows from the schema of now alone: so it is brought into line after the migrations,
//! in one transaction, and may be done any number of times. Two small tables, `permissions` and
//! `role_templates`, say what the stored roles were last brought into line with; to compare them with
//! the schema is cheap however many tenants there are.
//!
//! Whoever migrates looks across tenants, as migrations do. What is written is written tenant by
//! tenant, in batches, so that neither time nor memory grows beyond what many tenants cost.

mod catalogue;
mod overrides;
mod templates;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use self::catalogue::Catalogue;
use super::{Migrations, file, history, missing, take_turn};
use crate::audit::{Action, Actor, Author, Change, record_each_in};
use crate::model::Model;
use crate::store::database::{Database, Mode, Scope, Transaction};
use crate::store::{FailedAt, Row, StoreError, Value, postgres};

/// Rows of tenants that are held at a time.
const BATCH: usize = 500;

/// Brings stored roles into line with the model, and says what that changed: a line each. The
/// database must have all migrations. On PostgreSQL, `database` is connected as the owner.
///
/// # Errors
/// When a migration or a table of the runtime's is missing; nothing has changed then.
pub(crate) async fn sync(
    database: &Database,
    migrations: &Migrations,
    model: &Model,
) -> Result<Vec<String>, StoreError> {
    let dialect = database.dialect();
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    take_turn(&mut transaction).await?;
    let history = history(&mut transaction).await?;
    if let Some(lacking) = missing(dialect, migrations.of(dialect), &history)?.first() {
        let lacking = file(dialect, lacking);
        return Err(StoreError::Other(format!(
            "{lacking} has not been applied; migrate again"
        )));
    }
    if let Transaction::Postgres(owner) = &mut transaction {
        postgres::sight::check(owner).await?;
    }
    let lines = follow(&mut transaction, model).await?;
    transaction.commit().await?;
    Ok(lines)
}

/// What [`sync`] has to follow, a line each. Needs no more than the application's own role, and no
/// row of a tenant.
///
/// # Errors
/// When the tables that tell are missing.
pub(crate) async fn unsynced(
    database: &Database,
    model: &Model,
) -> Result<Vec<String>, StoreError> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let found = Catalogue::read(&mut transaction).await?;
    let lines = found.differences(model);
    transaction.commit().await?;
    Ok(lines)
}

async fn follow(transaction: &mut Transaction, model: &Model) -> Result<Vec<String>, StoreError> {
    let found = Catalogue::read(transaction).await?;
    let mut lines = found.differences(model);
    found.become_of(transaction, model).await?;
    // What goes makes room for names; what has a template's name must make room for the template.
    overrides::take_unknown(transaction, &mut lines).await?;
    templates::remove_dropped(transaction, &mut lines).await?;
    templates::rename_namesakes(transaction, &mut lines).await?;
    templates::add_missing(transaction, &mut lines).await?;
    Ok(lines)
}

/// A role of a tenant, by its key.
type RoleKey = (Uuid, Uuid);

impl Transaction {
    /// Reads across tenants, however long it takes. `sql` holds nothing that came from a client.
    async fn ask(&mut self, sql: &str) -> Result<Vec<Row>, StoreError> {
        match self {
            // Whoever migrates has no deadline there.
            Self::Sqlite(transaction) => transaction.run(sql, &[]).await,
            Self::Postgres(transaction) => transaction.ask(sql).await,
        }
    }

    /// Runs a statement for each of these roles, whose keys it takes as `$1` and `$2`.
    async fn for_each(
        &mut self,
        sql: &str,
        roles: &[RoleKey],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let args: Vec<Vec<Value>> = roles
            .iter()
            .map(|&(tenant, role)| vec![Value::Uuid(tenant), Value::Uuid(role)])
            .collect();
        self.write_each(sql, &args).await
    }

    async fn write_each(
        &mut self,
        sql: &str,
        args: &[Vec<Value>],
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let done = self.run_each(sql, args).await;
        done.map_err(|FailedAt { error, .. }| error)
    }
}

/// Writes an entry for a role that has changed: by the application, of which no request is the cause.
async fn record(
    transaction: &mut Transaction,
    entries: Vec<(RoleKey, Map<String, Json>)>,
) -> Result<(), StoreError> {
    let entries = entries.into_iter().map(|((tenant, role), changes)| {
        let change = Change {
            resource: "roles",
            action: Action::Other("migrate"),
            record_id: role,
            changes,
        };
        (tenant, change)
    });
    let author = Author::new(Actor::System, None);
    record_each_in(transaction, author, entries.collect()).await
}

/// What there was, and is no longer.
fn old(value: Json) -> Json {
    json!({ "old": value })
}

/// How many tenants are among rows that come tenant by tenant.
#[derive(Debug, Default)]
struct Tenants {
    last: Option<Uuid>,
    count: usize,
}

impl Tenants {
    fn see(&mut self, tenant: Uuid) {
        if self.last.replace(tenant) != Some(tenant) {
            self.count += 1;
        }
    }
}

impl std::fmt::Display for Tenants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&counted(self.count, "tenant"))
    }
}

/// `1 tenant`, `2 tenants`
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
