//! The table `password_attempts`.

use jiff::Timestamp;

use super::policy::{Failures, Kind};
use super::subject::{AccountKey, Subjects};
use crate::clock;
use crate::error::Result;
use crate::store::{Database, FailedAt, FieldValue, Mode, Row, Scope, StoreError, Transaction};

/// An attempt that stands as a failure until it is taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    at: Timestamp,
    /// When the account's and the address's last failure was before.
    before: [Timestamp; 2],
}

/// Locks a subject's row, making it where there is none, and reads it.
const LOCK: &str = "
    INSERT INTO password_attempts (subject, failures, last_at) VALUES ($1, 0, $2)
    ON CONFLICT (subject) DO UPDATE SET failures = password_attempts.failures
    RETURNING failures, last_at";

const COUNT: &str = "UPDATE password_attempts SET failures = $2, last_at = $3 WHERE subject = $1";

/// One failure less. The wait goes on from the failure before, unless there was another meanwhile.
const GIVE_BACK: &str = "
    UPDATE password_attempts
    SET failures = failures - 1, last_at = CASE WHEN last_at = $2 THEN $3 ELSE last_at END
    WHERE subject = $1 AND failures > 0";

const CLEAR: &str = "DELETE FROM password_attempts WHERE subject = $1";

/// Until when the next attempt has to wait, as far as is known without a lock.
pub(super) async fn held_until(
    database: &Database,
    subjects: &Subjects,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT failures, last_at FROM password_attempts WHERE subject = $1";
    let keys = subjects
        .each()
        .map(|(_, subject)| vec![subject.to_owned().into_value()]);
    let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
    let found = each(&mut look, sql, &keys).await?;
    look.commit().await?;
    let mut latest = None;
    for ((kind, _), rows) in subjects.each().into_iter().zip(found) {
        if let Some(failures) = read(rows)? {
            latest = latest.max(failures.held_until(kind, now));
        }
    }
    Ok(latest)
}

/// Counts an attempt as a failure of both subjects; or answers until when it has to wait, and counts nothing.
pub(super) async fn count(
    database: &Database,
    subjects: &Subjects,
) -> Result<Result<Counted, Timestamp>, StoreError> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let keys = subjects.each().map(|(_, subject)| {
        let first = clock::now().into_value();
        vec![subject.to_owned().into_value(), first]
    });
    let locked = each(&mut transaction, LOCK, &keys).await?;
    // After the wait for the rows, in which others may have failed.
    let now = clock::now();
    let mut held_until = None;
    let mut before = [now; 2];
    let mut counted = Vec::with_capacity(2);
    for (((kind, subject), rows), before) in
        subjects.each().into_iter().zip(locked).zip(&mut before)
    {
        let failures = read(rows)?.ok_or_else(|| no_row(kind))?;
        held_until = held_until.max(failures.held_until(kind, now));
        let failures = failures.at(now);
        *before = failures.last_at;
        counted.push(vec![
            subject.to_owned().into_value(),
            (failures.count + 1).into_value(),
            now.into_value(),
        ]);
    }
    if let Some(held_until) = held_until {
        return Ok(Err(held_until));
    }
    each(&mut transaction, COUNT, &counted).await?;
    transaction.commit().await?;
    Ok(Ok(Counted { at: now, before }))
}

/// Forgets the failures of an account whose password was right. Its address loses this one alone: else an
/// account of one's own would be the way to guess at all others.
pub(super) async fn clear(
    database: &Database,
    subjects: &Subjects,
    counted: Counted,
) -> Result<(), StoreError> {
    let [(_, account), (_, address)] = subjects.each();
    let [_, before] = counted.before;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    transaction
        .run(CLEAR, &[account.to_owned().into_value()])
        .await?;
    let args = given_back(address, counted.at, before);
    transaction.run(GIVE_BACK, &args).await?;
    transaction.commit().await
}

/// Forgets the failures of an account.
pub(super) async fn forgive(
    transaction: &mut Transaction,
    account: &AccountKey,
) -> Result<(), StoreError> {
    let subject = account.subject().to_owned();
    transaction.run(CLEAR, &[subject.into_value()]).await?;
    Ok(())
}

/// As if there had been no attempt.
pub(super) async fn give_back(
    database: &Database,
    subjects: &Subjects,
    counted: Counted,
) -> Result<(), StoreError> {
    let args: Vec<_> = subjects
        .each()
        .into_iter()
        .zip(counted.before)
        .map(|((_, subject), before)| given_back(subject, counted.at, before).into())
        .collect();
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    each(&mut transaction, GIVE_BACK, &args).await?;
    transaction.commit().await
}

fn given_back(subject: &str, at: Timestamp, before: Timestamp) -> [crate::store::Value; 3] {
    [
        subject.to_owned().into_value(),
        at.into_value(),
        before.into_value(),
    ]
}

async fn each(
    transaction: &mut Transaction,
    sql: &str,
    args: &[Vec<crate::store::Value>],
) -> Result<Vec<Vec<Row>>, StoreError> {
    let failed = |failed: FailedAt| failed.error;
    transaction.run_each(sql, args).await.map_err(failed)
}

fn read(rows: Vec<Row>) -> Result<Option<Failures>, StoreError> {
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Failures {
        count: row.next()?,
        last_at: row.next()?,
    }))
}

fn no_row(kind: Kind) -> StoreError {
    StoreError::Other(format!("no counter came back for the {kind:?}"))
}
