//! What is over is cleared away: registrations that nobody verified, sessions that ended, mail that
//! was sent. Without this the tables of accounts would only ever grow, and keep personal data that
//! serves nobody any more.
//!
//! Rows are found by a read, which holds nobody up, and cleared in batches, each in a short
//! transaction of its own: SQLite's one writer is given back in between. Two processes that clear
//! at once do no more than one, so they need not know of each other.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::authn;
use crate::clock;
use crate::jobs;
use crate::runtime::Runtime;
use crate::store::{Database, Mode, Scope, StoreError, Value};
use crate::worker::MOST_ATTEMPTS;

const PERIOD: Duration = Duration::from_secs(10 * 60);

/// Rows that one transaction clears.
const BATCH: usize = 200;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// An ended session can still be asked about for so long: when was it, and from where. A sign-in from where there was
/// none for so long is announced.
const KEEP_SESSIONS: Duration = authn::KNOWN_FOR;
/// A refresh token that comes again is noticed for so long.
const KEEP_REFRESH_TOKENS: Duration = DAY.saturating_mul(30);
/// Which key signed a token can be asked for so long. Its private half went when it was retired.
const KEEP_RETIRED_KEYS: Duration = DAY.saturating_mul(30);
const KEEP_SENT_MAIL: Duration = DAY.saturating_mul(7);
/// What could not be sent is kept longer, so that somebody may find out why.
const KEEP_UNSENT_MAIL: Duration = DAY.saturating_mul(30);

/// One kind of row that is cleared away.
struct Chore {
    what: &'static str,
    /// Finds the keys of such rows.
    find: &'static str,
    args: Vec<Value>,
    /// Clears the rows whose keys follow in brackets.
    clear: &'static str,
}

fn chores(now: Timestamp) -> [Chore; 10] {
    let before = |age: Duration| Value::Timestamp(clock::before(now, age));
    [
        Chore {
            what: "expired registrations",
            find: "SELECT token_hash FROM pending_registrations WHERE expires_at <= $1",
            args: vec![before(Duration::ZERO)],
            clear: "DELETE FROM pending_registrations WHERE token_hash IN",
        },
        Chore {
            what: "expired one-time tokens",
            find: "SELECT token_hash FROM one_time_tokens WHERE expires_at <= $1",
            args: vec![before(Duration::ZERO)],
            clear: "DELETE FROM one_time_tokens WHERE token_hash IN",
        },
        Chore {
            what: "visits to providers that nobody came back from",
            find: "SELECT state_hash FROM oauth_flows WHERE expires_at <= $1",
            args: vec![before(Duration::ZERO)],
            clear: "DELETE FROM oauth_flows WHERE state_hash IN",
        },
        Chore {
            what: "wrong passwords of more than a day ago",
            find: "SELECT subject FROM password_attempts WHERE last_at < $1",
            args: vec![before(authn::FORGOTTEN_AFTER)],
            clear: "DELETE FROM password_attempts WHERE subject IN",
        },
        // Before their sessions, which would otherwise take any number of them along at once.
        Chore {
            what: "refresh tokens of ended sessions",
            find: "SELECT token_hash FROM refresh_tokens WHERE session_id IN \
                   (SELECT id FROM sessions WHERE expires_at < $1 OR revoked_at < $1)",
            args: vec![before(KEEP_REFRESH_TOKENS)],
            clear: "DELETE FROM refresh_tokens WHERE token_hash IN",
        },
        Chore {
            what: "ended sessions",
            find: "SELECT id FROM sessions WHERE expires_at < $1 OR revoked_at < $1",
            args: vec![before(KEEP_SESSIONS)],
            clear: "DELETE FROM sessions WHERE id IN",
        },
        Chore {
            what: "retired signing keys",
            find: "SELECT id FROM signing_keys WHERE retired_at < $1",
            args: vec![before(KEEP_RETIRED_KEYS)],
            clear: "DELETE FROM signing_keys WHERE id IN",
        },
        Chore {
            what: "sent mail",
            find: "SELECT id FROM account_outbox WHERE sent_at < $1",
            args: vec![before(KEEP_SENT_MAIL)],
            clear: "DELETE FROM account_outbox WHERE id IN",
        },
        Chore {
            what: "mail that was given up",
            find: "SELECT id FROM account_outbox WHERE sent_at IS NULL AND attempts >= $2 AND due_at < $1",
            args: vec![before(KEEP_UNSENT_MAIL), Value::Integer(MOST_ATTEMPTS)],
            clear: "DELETE FROM account_outbox WHERE id IN",
        },
        // The worker erases what it gives up; this is for one that died over its last attempt.
        Chore {
            what: "texts of mail that was given up",
            find: "SELECT id FROM account_outbox \
                   WHERE sent_at IS NULL AND attempts >= $2 AND due_at < $1 AND body <> ''",
            args: vec![before(Duration::ZERO), Value::Integer(MOST_ATTEMPTS)],
            clear: "UPDATE account_outbox SET body = '', html = NULL WHERE id IN",
        },
    ]
}

/// Clears at the start and then every ten minutes, until `shutdown`.
pub(crate) async fn maintain_forever(runtime: Arc<Runtime>, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    loop {
        let round = async {
            if let Err(error) = clear_all(&runtime.database).await {
                tracing::warn!(%error, "what is over could not be cleared away; the next round will try again");
            }
            if let Err(error) = runtime.access_tokens.maintain_keys(&runtime.database).await {
                tracing::warn!(%error, "the signing keys could not be looked after; the next round will try again");
            }
            tokio::time::sleep(PERIOD).await;
        };
        tokio::select! {
            () = &mut shutdown => return,
            () = round => {}
        }
    }
}

/// One round.
async fn clear_all(database: &Database) -> Result<(), StoreError> {
    for chore in chores(clock::now()) {
        let mut cleared = 0;
        loop {
            let rows = clear_batch(database, &chore).await?;
            cleared += rows;
            if rows < BATCH {
                break;
            }
        }
        if cleared > 0 {
            tracing::info!(rows = cleared, what = chore.what, "cleared away");
        }
    }
    let cleared = jobs::clear(database).await?;
    if cleared > 0 {
        tracing::info!(rows = cleared, what = "jobs that are over", "cleared away");
    }
    Ok(())
}

async fn clear_batch(database: &Database, chore: &Chore) -> Result<usize, StoreError> {
    let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
    let found = look
        .run(&format!("{} LIMIT {BATCH}", chore.find), &chore.args)
        .await?;
    look.commit().await?;
    let keys = found
        .into_iter()
        .map(|mut row| row.next_value())
        .collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Ok(0);
    }
    let places: Vec<String> = (1..=keys.len())
        .map(|number| format!("${number}"))
        .collect();
    let clear = format!("{} ({})", chore.clear, places.join(", "));
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    transaction.run(&clear, &keys).await?;
    transaction.commit().await?;
    Ok(keys.len())
}

#[cfg(test)]
mod tests;
