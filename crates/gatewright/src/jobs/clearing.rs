//! Jobs that are over are cleared away, a tenant at a time.

use std::time::Duration;

use uuid::Uuid;

use crate::clock;
use crate::store::{Database, FieldValue, Mode, Scope, StoreError};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEEP_DONE: Duration = DAY.saturating_mul(7);
/// What failed is kept longer, so that somebody may find out why.
const KEEP_FAILED: Duration = DAY.saturating_mul(30);

/// Rows that one transaction clears.
const BATCH: usize = 200;

/// Clears what was done a week ago, and what failed a month ago. Answers how many rows that were.
pub(crate) async fn clear(database: &Database) -> Result<usize, StoreError> {
    let now = clock::now();
    let done = clock::before(now, KEEP_DONE).into_value();
    let failed = clock::before(now, KEEP_FAILED).into_value();
    let mut look = database.begin(Scope::Platform, Mode::Read).await?;
    let find = "SELECT DISTINCT tenant_id FROM outbox WHERE done_at < $1 OR failed_at < $2";
    let rows = look.run(find, &[done.clone(), failed.clone()]).await?;
    look.commit().await?;
    let clear = format!(
        "DELETE FROM outbox WHERE tenant_id = $1 AND id IN (\
           SELECT id FROM outbox WHERE tenant_id = $1 AND (done_at < $2 OR failed_at < $3) LIMIT {BATCH}) \
         RETURNING id"
    );
    let mut cleared = 0;
    for mut row in rows {
        let tenant_id: Uuid = row.next()?;
        loop {
            let scope = Scope::Tenant(tenant_id);
            let mut transaction = database.begin(scope, Mode::Write).await?;
            let args = [tenant_id.into_value(), done.clone(), failed.clone()];
            let rows = transaction.run(&clear, &args).await?.len();
            transaction.commit().await?;
            cleared += rows;
            if rows < BATCH {
                break;
            }
        }
    }
    Ok(cleared)
}
