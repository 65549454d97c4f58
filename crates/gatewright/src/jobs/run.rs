//! One job: its grants, its deadline, its end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use http::StatusCode;
use serde_json::{Map, json};
use tokio::time::timeout;

use super::registry::Registered;
use super::rows::Claimed;
use super::{AUDITED_AS, mails};
use crate::audit::{self, Action, Author, Change};
use crate::error::{Error, Result};
use crate::runtime::Runtime;
use crate::store::{CloseOnDrop, StoreError};

/// For a job to run. The lease is longer.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);

/// The most letters of an error that a row keeps.
const LONGEST_ERROR: usize = 500;

/// How a job came to its end.
enum End {
    /// Its effect and the note of it are committed.
    Done,
    /// Another worker has claimed it; nothing was committed.
    Lost,
}

/// Runs a job that was claimed, or sends a mail, and notes how it ended.
pub(super) async fn run(runtime: &Arc<Runtime>, claimed: &Claimed) -> Result<(), StoreError> {
    if claimed.kind == mails::KIND {
        return mails::deliver(runtime, claimed).await;
    }
    // Only what is known is looked for.
    let Some(job) = runtime.jobs.get(&claimed.kind) else {
        return claimed.give_back(&runtime.database).await;
    };
    let admitted = job.gate.admit_job(runtime, &claimed.context).await;
    let admission = match admitted {
        Ok(admission) => admission,
        Err(error) if error.code() == "tenant_suspended" => {
            return claimed.give_back(&runtime.database).await;
        }
        Err(error) => {
            return match error.status() {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    refused(runtime, claimed, &error).await
                }
                _ => failed(runtime, claimed, &error).await,
            };
        }
    };
    let work = perform(job, admission, claimed);
    match work.await {
        Ok(End::Done) => Ok(()),
        Ok(End::Lost) => {
            tracing::warn!(id = %claimed.id, job = claimed.kind, "a job took longer than its lease; another has it now");
            Ok(())
        }
        Err(error) => failed(runtime, claimed, &error).await,
    }
}

/// The handler, within the deadline; then the commit of what it did, with the note that it is done.
/// Whatever ends it earlier, a panic or whoever drops this, rolls back.
async fn perform(
    job: &Registered,
    admission: crate::authz::Admission,
    claimed: &Claimed,
) -> Result<End> {
    let unit = admission.unit();
    let unit = unit.ok_or_else(|| Error::internal("a job without a unit of work"))?;
    let unit = CloseOnDrop(unit);
    // Reading the payload runs the application's code too.
    let work = async {
        let work = job.work(&admission, &claimed.payload)?;
        work.await
    };
    let ended = timeout(DEADLINE, AssertUnwindSafe(work).catch_unwind()).await;
    drop(admission);
    ended
        .map_err(|_| Error::unavailable().caused_by("the job ran past its deadline"))?
        .map_err(|_| Error::internal("the job panicked"))??;
    if !claimed.done_in(&unit.0).await? {
        return Ok(End::Lost);
    }
    unit.0.commit().await?;
    Ok(End::Done)
}

/// Whoever caused it may not do this any more, and no later attempt would be right.
async fn refused(runtime: &Runtime, claimed: &Claimed, error: &Error) -> Result<(), StoreError> {
    tracing::warn!(id = %claimed.id, job = claimed.kind, %error, "a job is refused");
    let mut transaction = claimed.begin(&runtime.database).await?;
    if claimed
        .given_up_in(&mut transaction, &described(error))
        .await?
    {
        let mut changes = Map::new();
        changes.insert("job".to_owned(), json!({ "new": claimed.kind }));
        if let Some(permission) = error.extra().permission {
            changes.insert("permission".to_owned(), json!({ "new": permission }));
        }
        let change = Change {
            resource: AUDITED_AS,
            action: Action::Other("run"),
            record_id: claimed.id,
            changes,
        };
        let author = Author::new(claimed.context.cause().actor(), None);
        let tenant_id = claimed.context.tenant_id();
        audit::record_refusal_in(&mut transaction, tenant_id, author, change).await?;
    }
    transaction.commit().await
}

/// It is tried again later, until it was tried often enough.
async fn failed(runtime: &Runtime, claimed: &Claimed, error: &Error) -> Result<(), StoreError> {
    let text = described(error);
    let job = &claimed.kind;
    if claimed.failed(&runtime.database, &text).await? {
        tracing::error!(id = %claimed.id, job, error = text, "a job is given up");
    } else {
        let attempts = claimed.attempts;
        tracing::warn!(id = %claimed.id, job, attempts, error = text, "a job is put off");
    }
    Ok(())
}

/// What a row keeps of an error, for the operator.
fn described(error: &Error) -> String {
    let mut text = error.to_string();
    for wrong in &error.extra().errors {
        text.push_str(&format!("; {}: {}", wrong.field, wrong.code));
    }
    if let Some(cause) = std::error::Error::source(error) {
        text.push_str(&format!("; {cause}"));
    }
    shortened(&text)
}

/// As much of a text as a row keeps; no null byte, which PostgreSQL does not take.
pub(super) fn shortened(text: &str) -> String {
    let kept = text.chars().filter(|letter| *letter != '\0');
    kept.take(LONGEST_ERROR).collect()
}
