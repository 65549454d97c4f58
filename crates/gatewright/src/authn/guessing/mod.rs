//! Guesses of passwords, held back per account and per address.
//!
//! Every path that verifies a password goes through [`attempt`], so they share the counters: who is held
//! back at one is held back at all. Some failures are free, after which each costs a wait that
//! doubles up to a quarter of an hour. Nobody is locked out for good: the wait is from the last
//! failure, and a day without one clears the counter.
//!
//! An attempt counts as a failure from before its hash until it proves right. Else a hundred guesses at once would all
//! be checked before the first of them counts. It is settled in a task of its own, so a client that hangs
//! up neither loses its right password nor saves its wrong one.
//!
//! The counters are rows of `password_attempts`: they survive a restart, and nodes share them. Whether an
//! address has an account makes no difference to any of this.

mod counters;
mod policy;
mod subject;

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::store::{StoreError, Transaction};

pub(crate) use policy::FORGOTTEN_AFTER;
pub(super) use subject::AccountKey;

use subject::Subjects;

/// What a verification found.
#[derive(Debug)]
pub(super) enum Verdict<R, W = ()> {
    Right(R),
    Wrong(W),
}

/// Verifies a password of `account` for whoever sends the request, unless they have to wait.
///
/// `verify` looks the account up and hashes. It must answer `Wrong` for whatever the client is told is wrong, a
/// suspended account's right password included: what is not counted could be told apart.
///
/// # Errors
/// 429 with the seconds to wait, before any look-up or hash; the errors of `verify`, which count as no attempt.
pub(super) async fn attempt<R, W>(
    context: &Context,
    account: &AccountKey,
    verify: impl Future<Output = Result<Verdict<R, W>>> + Send + 'static,
) -> Result<Verdict<R, W>>
where
    R: Send + 'static,
    W: Send + 'static,
{
    let subjects = Subjects::new(account, context.address);
    let database = context.runtime.database.clone();
    // Whoever is held back anyway must not queue for SQLite's one writer.
    if let Some(until) = counters::held_until(&database, &subjects, clock::now()).await? {
        return Err(held_back(until));
    }
    let whole = async move {
        let counted = counters::count(&database, &subjects)
            .await?
            .map_err(held_back)?;
        let verdict = verify.await;
        let right = matches!(verdict, Ok(Verdict::Right(_)));
        if right {
            counters::clear(&database, &subjects, counted).await?;
        } else if verdict.is_err() {
            counters::give_back(&database, &subjects, counted).await?;
        }
        verdict
    };
    tokio::spawn(whole).await.map_err(Error::internal)?
}

/// Forgets the failures of an account whose owner proved otherwise who they are. Where they came from keeps its own.
pub(super) async fn forgive(
    transaction: &mut Transaction,
    account: &AccountKey,
) -> Result<(), StoreError> {
    counters::forgive(transaction, account).await
}

fn held_back(until: Timestamp) -> Error {
    let wait = Duration::try_from(until.duration_since(clock::now())).unwrap_or_default();
    Error::rate_limited_for(wait)
        .caused_by("too many wrong passwords of this account or from this address")
}

#[cfg(test)]
mod tests;
