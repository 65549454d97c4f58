//! The keys that this process signs and verifies with, and the table that they come from.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::keys::{Keys, Scheduled, end_of};
use super::rows::{self, Opened, Stored, Vault};
use super::{LEAD, OLDEST, RELOAD, SKEW, Seed};
use crate::clock;
use crate::config::Settings;
use crate::error::Result;
use crate::runtime::Runtime;
use crate::store::{Database, Mode, Scope, Transaction};

/// Tokens that name unknown keys make this process read the table no more often.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// From when on a new key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::authn) enum Successor {
    /// Once every node knows it; the one before goes on verifying.
    InTime,
    /// Now, and all others are retired: one of them is in a stranger's hands.
    AtOnce,
}

/// Empty until [`start`](Self::start).
pub(in crate::authn) struct KeyRing {
    keys: RwLock<Arc<Keys>>,
    vault: Vault,
    /// How long a key still verifies after the next one began to sign.
    grace: Duration,
    /// When the table was last read for a token that names an unknown key.
    asked: Mutex<Option<Instant>>,
}

impl KeyRing {
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(in crate::authn) fn new(settings: &Settings) -> Result<Self> {
        let grace = settings.access_token_ttl.saturating_add(SKEW);
        Ok(Self {
            keys: RwLock::new(Arc::new(Keys::new(Vec::new(), grace, clock::now()))),
            vault: Vault::new(settings)?,
            grace,
            asked: Mutex::new(None),
        })
    }

    /// The keys of now.
    pub(in crate::authn) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds these keys from now on, unless they are the same. What was verified by others is forgotten.
    pub(in crate::authn) fn hold(&self, keys: Vec<Scheduled>) {
        let keys = Keys::new(keys, self.grace, clock::now());
        if !keys.same_as(&self.keys()) {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        }
    }

    /// Reads the keys, and sees to it that there is one: makes the first, seals anew what is sealed
    /// under the `SECRET_KEY` before, and retires what neither secret opens.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(in crate::authn) async fn start(&self, database: &Database) -> Result<()> {
        let stored = look(database).await?;
        let mut sound = !stored.is_empty();
        for stored in &stored {
            sound &= matches!(self.vault.open(stored)?, Opened::Key(_));
        }
        if !sound {
            let mut transaction = begin(database).await?;
            self.mend(&mut transaction).await?;
            transaction.commit().await?;
        }
        // What others made meanwhile is read too.
        self.reload(database).await
    }

    async fn mend(&self, transaction: &mut Transaction) -> Result<()> {
        let now = clock::now();
        let mut left = 0;
        for stored in rows::read(transaction).await? {
            let id = &stored.id;
            match self.vault.open(&stored)? {
                Opened::Key(_) => left += 1,
                Opened::Before(_, seed) => {
                    rows::seal_anew(transaction, &self.vault, id, &seed).await?;
                    left += 1;
                }
                Opened::Not => {
                    tracing::warn!(
                        kid = id,
                        "neither SECRET_KEY nor SECRET_KEY_PREVIOUS opens this signing key; access tokens that it signed end now"
                    );
                    rows::retire(transaction, id, now).await?;
                }
            }
        }
        if left == 0 {
            let seed = Seed::generate()?;
            rows::create(transaction, &self.vault, &seed, (now, now)).await?;
        }
        Ok(())
    }

    /// Reads the keys that there are now. One that does not open is none, but for one that this process
    /// opened before: a node with the next `SECRET_KEY` has sealed it anew.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(in crate::authn) async fn reload(&self, database: &Database) -> Result<()> {
        let held = self.keys();
        let mut keys = Vec::new();
        for stored in look(database).await? {
            let key = match self.vault.open(&stored)? {
                Opened::Key(key) | Opened::Before(key, _) => Some(key),
                Opened::Not => held.known(&stored.id).cloned(),
            };
            match key {
                Some(key) => keys.push(Scheduled {
                    key,
                    signs_from: stored.signs_from,
                }),
                None => tracing::warn!(
                    kid = stored.id,
                    "a signing key does not open with this node's SECRET_KEY; tokens that it signs are refused here"
                ),
            }
        }
        self.hold(keys);
        Ok(())
    }

    /// Reads the keys again for a token that names an unknown one, unless that was done a moment ago.
    /// Whoever comes meanwhile waits for the answer.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(in crate::authn) async fn ask_again(&self, database: &Database) -> Result<()> {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|then| then.elapsed() < ASK_AGAIN) {
            return Ok(());
        }
        // Before the reading, so that a database that does not answer is not asked by everybody either.
        *asked = Some(Instant::now());
        self.reload(database).await
    }

    /// Makes the next key, of this private half.
    ///
    /// # Errors
    /// 409 for a key that there was before, 503 when the database does not answer.
    pub(in crate::authn) async fn rotate(
        &self,
        database: &Database,
        successor: Successor,
        seed: &Seed,
    ) -> Result<Timestamp> {
        let now = clock::now();
        let mut transaction = begin(database).await?;
        let signs_from = match successor {
            Successor::InTime => clock::after(now, LEAD),
            Successor::AtOnce => {
                for stored in rows::read(&mut transaction).await? {
                    rows::retire(&mut transaction, &stored.id, now).await?;
                }
                now
            }
        };
        rows::create(&mut transaction, &self.vault, seed, (now, signs_from)).await?;
        transaction.commit().await?;
        self.reload(database).await?;
        Ok(signs_from)
    }

    /// Retires keys that verify nothing any more, and gives one that has signed for long a successor.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(in crate::authn) async fn maintain(&self, database: &Database) -> Result<()> {
        let now = clock::now();
        if self.due(&look(database).await?, now).is_nothing() {
            return Ok(());
        }
        let mut transaction = begin(database).await?;
        // Another node may have done it since.
        let due = self.due(&rows::read(&mut transaction).await?, now);
        for id in &due.over {
            rows::retire(&mut transaction, id, now).await?;
        }
        if due.successor {
            let seed = Seed::generate()?;
            let times = (now, clock::after(now, LEAD));
            rows::create(&mut transaction, &self.vault, &seed, times).await?;
        }
        transaction.commit().await?;
        self.reload(database).await
    }

    fn due(&self, stored: &[Stored], now: Timestamp) -> Due {
        let starts: Vec<Timestamp> = stored.iter().map(|key| key.signs_from).collect();
        let over = |place: usize| {
            let end = end_of(&starts, place, self.grace);
            end.is_some_and(|end| end < now)
        };
        let places = stored.iter().enumerate();
        let over = places.filter(|(place, _)| over(*place));
        let oldest = clock::before(now, OLDEST);
        Due {
            over: over.map(|(_, key)| key.id.clone()).collect(),
            successor: starts.last().is_some_and(|latest| *latest < oldest),
        }
    }
}

/// What time has made of the keys.
struct Due {
    /// The names of those that verify nothing any more.
    over: Vec<String>,
    /// Whether the latest is old.
    successor: bool,
}

impl Due {
    fn is_nothing(&self) -> bool {
        self.over.is_empty() && !self.successor
    }
}

async fn look(database: &Database) -> Result<Vec<Stored>> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let stored = rows::read(&mut transaction).await?;
    transaction.commit().await?;
    Ok(stored)
}

/// A transaction in which nobody else makes or ends a key.
async fn begin(database: &Database) -> Result<Transaction> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    rows::lock(&mut transaction).await?;
    Ok(transaction)
}

/// Reads the keys each [`RELOAD`], until `shutdown`. While the database does not answer, those that
/// were read last go on: no token is good without the session that it names, which is read there too.
pub(crate) async fn reload_forever(runtime: Arc<Runtime>, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    loop {
        let round = async {
            tokio::time::sleep(RELOAD).await;
            if let Err(error) = runtime.access_tokens.reload_keys(&runtime.database).await {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, "the signing keys could not be read; the next round will try again");
            }
        };
        tokio::select! {
            () = &mut shutdown => return,
            () = round => {}
        }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys();
        f.debug_list().entries(keys.all()).finish()
    }
}
