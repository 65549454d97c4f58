//! The statements on `outbox`.
//!
//! Who finds a row need not get it: one statement claims it, for the length of a lease, and counts
//! the attempt. What is noted of a row later holds only as long as no other has claimed it since,
//! which the count tells.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::context::{Cause, TenantContext};
use super::{mails, registry::Queue};
use crate::clock;
use crate::store::{Database, FieldValue, Mode, Row, Scope, StoreError, Transaction, Unit, Value};
use crate::worker::{MOST_ATTEMPTS, backoff};

/// How long a claim holds: longer than any job may take.
pub(super) const LEASE: Duration = Duration::from_secs(120);

/// How many rows a worker looks at to get one.
const CANDIDATES: i64 = 20;

const INSERT: &str = "
    INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, actor_id, created_at, due_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";

/// Writes a job into a unit of work, in its tenant.
pub(crate) async fn put(
    unit: &Unit,
    kind: &str,
    payload: String,
    cause: Cause,
) -> Result<(), StoreError> {
    let [actor_kind, actor_id] = cause.into_columns();
    let args = [
        unit.caller().tenant_id.into_value(),
        Uuid::now_v7().into_value(),
        kind.to_owned().into_value(),
        payload.into_value(),
        actor_kind,
        actor_id,
        clock::now().into_value(),
    ];
    unit.run(INSERT, &args).await?;
    unit.queues();
    Ok(())
}

/// Where a row is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) tenant_id: Uuid,
    id: Uuid,
}

/// A row that this worker holds for the length of a lease. What it was enqueued with may be a secret.
pub(super) struct Claimed {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) payload: String,
    pub(super) context: TenantContext,
    pub(super) created_at: Timestamp,
    /// This one included.
    pub(super) attempts: i64,
}

/// What is due, of all tenants that are active: a suspended one's jobs wait until it is active again.
/// Jobs of names that this process does not know are left to one that does.
pub(super) async fn due(database: &Database, queue: &Queue) -> Result<Vec<Place>, StoreError> {
    let mut args = vec![clock::now().into_value(), CANDIDATES.into_value()];
    let mut places = Vec::new();
    for kind in queue.kinds() {
        args.push(kind.to_owned().into_value());
        places.push(format!("${}", args.len()));
    }
    // A read: most looks find nothing, and must not take SQLite's one writer from a request.
    let mut look = database.begin(Scope::Platform, Mode::Read).await?;
    let sql = format!(
        "SELECT o.tenant_id, o.id FROM outbox o JOIN tenants t ON t.id = o.tenant_id \
         WHERE o.done_at IS NULL AND o.failed_at IS NULL AND o.due_at <= $1 AND t.status = 'active' \
         AND o.kind IN ({}) ORDER BY o.due_at, o.id LIMIT $2",
        places.join(", ")
    );
    let rows = look.run(&sql, &args).await?;
    look.commit().await?;
    let place = |mut row: Row| {
        Ok(Place {
            tenant_id: row.next()?,
            id: row.next()?,
        })
    };
    rows.into_iter().map(place).collect()
}

/// Claims a row; `None` if another was first. A row whose last worker died over it is given up.
pub(super) async fn claim(
    database: &Database,
    place: Place,
) -> Result<Option<Claimed>, StoreError> {
    let now = clock::now();
    let scope = Scope::Tenant(place.tenant_id);
    let mut transaction = database.begin(scope, Mode::Write).await?;
    let args = [
        place.tenant_id.into_value(),
        place.id.into_value(),
        now.into_value(),
        clock::after(now, LEASE).into_value(),
        MOST_ATTEMPTS.into_value(),
    ];
    let claim = "UPDATE outbox SET due_at = $4, attempts = attempts + 1 \
         WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL AND due_at <= $3 \
         AND attempts < $5 \
         RETURNING kind, payload, actor_kind, actor_id, created_at, attempts";
    let rows = transaction.run(claim, &args).await?;
    if rows.is_empty() {
        let give_up = "UPDATE outbox SET failed_at = $3, \
             payload = CASE WHEN kind = $5 THEN '{}' ELSE payload END, \
             error = COALESCE(error, 'the last attempt did not come to an end') \
             WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL AND due_at <= $3 \
             AND attempts >= $4";
        let [tenant_id, id, now, _, most] = args;
        let kind = mails::KIND.to_owned().into_value();
        let args = [tenant_id, id, now, most, kind];
        transaction.run(give_up, &args).await?;
    }
    transaction.commit().await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (kind, payload) = (row.next()?, row.next()?);
    let cause = Cause::of_columns(&row.next::<String>()?, row.next()?)?;
    Ok(Some(Claimed {
        id: place.id,
        kind,
        payload,
        context: TenantContext::new(place.tenant_id, cause),
        created_at: row.next()?,
        attempts: row.next()?,
    }))
}

impl Claimed {
    /// The row's key, and the count that says whether it is still this worker's.
    fn key(&self) -> [Value; 3] {
        [
            self.context.tenant_id().into_value(),
            self.id.into_value(),
            self.attempts.into_value(),
        ]
    }

    fn key_and(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        self.key().into_iter().chain(more).collect()
    }

    pub(super) async fn begin(&self, database: &Database) -> Result<Transaction, StoreError> {
        let scope = Scope::Tenant(self.context.tenant_id());
        database.begin(scope, Mode::Write).await
    }

    /// Notes in the job's own unit of work that it is done. `false` if another has claimed it
    /// meanwhile: then nothing of the unit may be committed.
    pub(super) async fn done_in(&self, unit: &Unit) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET done_at = $4, error = NULL WHERE tenant_id = $1 AND id = $2 AND attempts = $3 \
             AND done_at IS NULL AND failed_at IS NULL RETURNING id";
        let rows = unit
            .run(sql, &self.key_and([clock::now().into_value()]))
            .await?;
        Ok(!rows.is_empty())
    }

    /// Notes that a mail went out, and erases it: a mailed secret stays nowhere but in the mail.
    pub(super) async fn sent_in(&self, transaction: &mut Transaction) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET done_at = $4, payload = '{}', error = NULL \
             WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND done_at IS NULL AND failed_at IS NULL \
             RETURNING id";
        let rows = transaction
            .run(sql, &self.key_and([clock::now().into_value()]))
            .await?;
        Ok(!rows.is_empty())
    }

    /// Puts the row off after a failure, for longer each time; after the last attempt, for good.
    /// Answers whether it was the last.
    pub(super) async fn failed(
        &self,
        database: &Database,
        error: &str,
    ) -> Result<bool, StoreError> {
        let is_last = self.attempts >= MOST_ATTEMPTS;
        let mut transaction = self.begin(database).await?;
        if is_last {
            self.given_up_in(&mut transaction, error).await?;
        } else {
            let due = clock::after(clock::now(), backoff(self.attempts));
            let sql = "UPDATE outbox SET due_at = $4, error = $5 WHERE tenant_id = $1 AND id = $2 AND attempts = $3 \
                 AND done_at IS NULL AND failed_at IS NULL";
            let args = self.key_and([due.into_value(), error.to_owned().into_value()]);
            transaction.run(sql, &args).await?;
        }
        transaction.commit().await?;
        Ok(is_last)
    }

    /// Notes in a transaction of its own that it will not be tried again.
    pub(super) async fn give_up(&self, database: &Database, error: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin(database).await?;
        self.given_up_in(&mut transaction, error).await?;
        transaction.commit().await
    }

    /// Notes that it will not be tried again. `false` if it is another's by now.
    pub(super) async fn given_up_in(
        &self,
        transaction: &mut Transaction,
        error: &str,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET failed_at = $4, error = $5, \
             payload = CASE WHEN kind = $6 THEN '{}' ELSE payload END \
             WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND done_at IS NULL AND failed_at IS NULL \
             RETURNING id";
        let args = self.key_and([
            clock::now().into_value(),
            error.to_owned().into_value(),
            mails::KIND.to_owned().into_value(),
        ]);
        let rows = transaction.run(sql, &args).await?;
        Ok(!rows.is_empty())
    }

    /// Gives the row back as if it had not been claimed: its tenant was suspended meanwhile.
    pub(super) async fn give_back(&self, database: &Database) -> Result<(), StoreError> {
        let mut transaction = self.begin(database).await?;
        let sql = "UPDATE outbox SET due_at = $4, attempts = attempts - 1 \
             WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND done_at IS NULL AND failed_at IS NULL";
        let args = self.key_and([clock::now().into_value()]);
        transaction.run(sql, &args).await?;
        transaction.commit().await
    }
}
