//! The table `account_outbox`.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use uuid::Uuid;

use super::message::Message;
use super::transport::{MailError, Transport};
use crate::clock;
use crate::config::{SettingError, Settings};
use crate::store::{Database, FieldValue, Mode, Row, Scope, StoreError, Transaction, Value};
use crate::worker::{MOST_ATTEMPTS, backoff};

/// How long a claim holds, which is longer than any message takes. A worker that dies with a message
/// loses it to the next after this time.
const LEASE: Duration = Duration::from_secs(60);

/// All of them are sent at once, so that one that takes its time does not outlast the others' lease.
const BATCH: i64 = 4;

/// A message that this worker holds for the length of a lease.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) id: Uuid,
    pub(super) created_at: Timestamp,
    /// This one included.
    pub(super) attempts: i64,
    pub(super) message: Message,
}

/// Takes messages and tells the worker of them.
#[derive(Debug)]
pub(crate) struct Outbox {
    queued: Arc<Notify>,
    pub(super) transport: Transport,
}

impl Outbox {
    /// # Errors
    /// A sentence, where nothing can be sent the way that the settings name.
    pub(crate) fn new(settings: &Settings) -> Result<Self, SettingError> {
        Ok(Self {
            queued: Arc::new(Notify::new()),
            transport: Transport::new(settings)?,
        })
    }

    /// Queues a message inside the caller's transaction.
    pub(crate) async fn queue(
        &self,
        transaction: &mut Transaction,
        message: Message,
    ) -> Result<(), StoreError> {
        let now = Value::Timestamp(clock::now());
        transaction
            .run(
                "INSERT INTO account_outbox (id, recipient, subject, body, html, created_at, due_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &[
                    Value::Uuid(Uuid::now_v7()),
                    Value::Text(message.recipient),
                    Value::Text(message.subject),
                    Value::Text(message.body),
                    message.html.into_value(),
                    now.clone(),
                    now,
                ],
            )
            .await?;
        Ok(())
    }

    /// Wakes the worker, after the commit. Without it the worker finds the message by itself, a little later.
    pub(crate) fn nudge(&self) {
        self.queued.notify_one();
    }

    /// Sends a message of a tenant's outbox. Sent twice, it is one message: both have the id of its row.
    pub(crate) async fn send(
        &self,
        id: Uuid,
        created_at: Timestamp,
        message: Message,
    ) -> Result<(), MailError> {
        let claimed = Claimed {
            id,
            created_at,
            attempts: 1,
            message,
        };
        self.transport.send(&claimed).await
    }

    /// Until the next [`nudge`](Self::nudge).
    pub(super) async fn nudged(&self) {
        self.queued.notified().await;
    }

    /// Claims what is due. One statement decides, so two workers never hold one message.
    pub(super) async fn claim(&self, database: &Database) -> Result<Vec<Claimed>, StoreError> {
        let now = clock::now();
        // Most polls find nothing; those must not take SQLite's one writer from a request.
        let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
        let due = look
            .run(
                "SELECT id FROM account_outbox WHERE sent_at IS NULL AND due_at <= $1 AND attempts < $2 LIMIT 1",
                &[Value::Timestamp(now), Value::Integer(MOST_ATTEMPTS)],
            )
            .await?;
        look.commit().await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        let rows = transaction
            .run(
                "UPDATE account_outbox SET due_at = $2, attempts = attempts + 1 \
                 WHERE sent_at IS NULL AND due_at <= $1 AND id IN (\
                   SELECT id FROM account_outbox WHERE sent_at IS NULL AND due_at <= $1 AND attempts < $3 \
                   ORDER BY due_at, id LIMIT $4) \
                 RETURNING id, created_at, attempts, recipient, subject, body, html",
                &[
                    Value::Timestamp(now),
                    Value::Timestamp(clock::after(now, LEASE)),
                    Value::Integer(MOST_ATTEMPTS),
                    Value::Integer(BATCH),
                ],
            )
            .await?;
        transaction.commit().await?;
        rows.into_iter().map(read_claimed).collect()
    }

    /// Notes that a message went out, and erases its text: a mailed secret stays nowhere but in the mail.
    pub(super) async fn mark_sent(&self, database: &Database, id: Uuid) -> Result<(), StoreError> {
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        transaction
            .run(
                "UPDATE account_outbox SET sent_at = $2, body = '', html = NULL WHERE id = $1",
                &[Value::Uuid(id), Value::Timestamp(clock::now())],
            )
            .await?;
        transaction.commit().await
    }

    /// Sees to it that nobody tries to send a message again, and erases its text.
    pub(super) async fn give_up(&self, database: &Database, id: Uuid) -> Result<(), StoreError> {
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        transaction
            .run(
                "UPDATE account_outbox SET attempts = $2, body = '', html = NULL \
                 WHERE id = $1 AND sent_at IS NULL",
                &[Value::Uuid(id), Value::Integer(MOST_ATTEMPTS)],
            )
            .await?;
        transaction.commit().await
    }

    /// Puts a message off after a failure, for longer each time.
    pub(super) async fn put_off(
        &self,
        database: &Database,
        claimed: &Claimed,
    ) -> Result<(), StoreError> {
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        transaction
            .run(
                "UPDATE account_outbox SET due_at = $2 WHERE id = $1 AND sent_at IS NULL",
                &[
                    Value::Uuid(claimed.id),
                    Value::Timestamp(clock::after(clock::now(), backoff(claimed.attempts))),
                ],
            )
            .await?;
        transaction.commit().await
    }
}

fn read_claimed(mut row: Row) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        id: row.next()?,
        created_at: row.next()?,
        attempts: row.next()?,
        message: Message {
            recipient: row.next()?,
            subject: row.next()?,
            body: row.next()?,
            html: row.next()?,
        },
    })
}
