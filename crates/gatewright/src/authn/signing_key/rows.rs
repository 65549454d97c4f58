//! The table `signing_keys`.

use jiff::Timestamp;

use super::{Seed, SigningKey};
use crate::config::Settings;
use crate::error::Error;
use crate::sealed::SealingKey;
use crate::store::{Dialect, FieldValue, StoreError, Transaction};

/// Of the key that `SECRET_KEY` seals private halves with.
const LABEL: &str = "gatewright signing keys v1";

/// A key as it is stored, that was not retired.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: String,
    sealed: String,
    pub(super) signs_from: Timestamp,
}

/// What seals private halves: `SECRET_KEY`, and the one before, which opens alone.
#[derive(Debug)]
pub(super) struct Vault {
    current: SealingKey,
    previous: Option<SealingKey>,
}

/// What a stored key came to.
#[derive(Debug)]
pub(super) enum Opened {
    Key(SigningKey),
    /// It was sealed under the `SECRET_KEY` before.
    Before(SigningKey, Seed),
    /// Neither secret opens it, or what is in it has another name.
    Not,
}

impl Vault {
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let previous = settings.secret_key_previous.as_ref();
        Ok(Self {
            current: SealingKey::new(&settings.secret_key.derive(LABEL)?)?,
            previous: previous
                .map(|secret| SealingKey::new(&secret.derive(LABEL)?))
                .transpose()?,
        })
    }

    pub(super) fn open(&self, stored: &Stored) -> Result<Opened, Error> {
        let by = |vault: &SealingKey| {
            let seed = Seed::of(&vault.open(&stored.id, &stored.sealed)?)?;
            Some(SigningKey::of(&seed).map(|key| (key, seed)))
        };
        let named = |key: &SigningKey| key.id == stored.id;
        if let Some(opened) = by(&self.current) {
            let (key, _) = opened?;
            return Ok(if named(&key) {
                Opened::Key(key)
            } else {
                Opened::Not
            });
        }
        match self.previous.as_ref().and_then(by).transpose()? {
            Some((key, seed)) if named(&key) => Ok(Opened::Before(key, seed)),
            _ => Ok(Opened::Not),
        }
    }

    fn seal(&self, id: &str, seed: &Seed) -> Result<String, Error> {
        self.current.seal(id, seed.bytes())
    }
}

/// Those that were not retired, in the order in which they sign.
pub(super) async fn read(transaction: &mut Transaction) -> Result<Vec<Stored>, StoreError> {
    let sql = "SELECT id, sealed, signs_from FROM signing_keys WHERE retired_at IS NULL ORDER BY signs_from, id";
    let rows = transaction.run(sql, &[]).await?;
    let read = rows.into_iter().map(|mut row| {
        Ok(Stored {
            id: row.next()?,
            sealed: row.next()?,
            signs_from: row.next()?,
        })
    });
    read.collect()
}

/// Whoever decides by what there is keeps others from it until the transaction ends: two that start, or
/// that find the same key too old, make one. SQLite has one writer.
pub(super) async fn lock(transaction: &mut Transaction) -> Result<(), StoreError> {
    match transaction.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => {
            let sql = "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE";
            transaction.run(sql, &[]).await.map(drop)
        }
    }
}

/// Stores a new key.
pub(super) async fn create(
    transaction: &mut Transaction,
    vault: &Vault,
    seed: &Seed,
    (now, signs_from): (Timestamp, Timestamp),
) -> Result<(), Error> {
    let key = SigningKey::of(seed)?;
    let sealed = vault.seal(&key.id, seed)?;
    let sql = "INSERT INTO signing_keys (id, public_key, sealed, created_at, signs_from) \
               VALUES ($1, $2, $3, $4, $5)";
    let args = [
        key.id.clone().into_value(),
        key.public.into_value(),
        sealed.into_value(),
        now.into_value(),
        signs_from.into_value(),
    ];
    transaction.run(sql, &args).await?;
    tracing::info!(kid = key.id, %signs_from, "there is a new signing key");
    Ok(())
}

/// Seals a key anew that was sealed under the `SECRET_KEY` before.
pub(super) async fn seal_anew(
    transaction: &mut Transaction,
    vault: &Vault,
    id: &str,
    seed: &Seed,
) -> Result<(), Error> {
    let sql = "UPDATE signing_keys SET sealed = $2 WHERE id = $1 AND retired_at IS NULL";
    let args = [
        id.to_owned().into_value(),
        vault.seal(id, seed)?.into_value(),
    ];
    transaction.run(sql, &args).await?;
    Ok(())
}

/// Ends a key, and erases its private half.
pub(super) async fn retire(
    transaction: &mut Transaction,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE signing_keys SET retired_at = $2, sealed = '' WHERE id = $1 AND retired_at IS NULL";
    let args = [id.to_owned().into_value(), now.into_value()];
    transaction.run(sql, &args).await?;
    tracing::info!(kid = id, "a signing key was retired");
    Ok(())
}
