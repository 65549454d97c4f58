//! What works the outbox of all tenants off.

use std::future::Future;
use std::sync::Arc;

use super::{rows, run};
use crate::runtime::Runtime;
use crate::store::StoreError;
use crate::worker::{self, Work};

/// Runs jobs until `shutdown`; one that has begun then runs to its end, which its deadline sets.
/// Several may do so at once, in this process and in others.
pub(crate) async fn work_forever(runtime: Arc<Runtime>, shutdown: impl Future<Output = ()>) {
    worker::work_forever(Tenants(runtime), shutdown).await;
}

struct Tenants(Arc<Runtime>);

impl Work for Tenants {
    const WHAT: &'static str = "jobs";

    async fn turn(&self) -> Result<usize, StoreError> {
        one(&self.0).await
    }

    async fn woken(&self) {
        self.0.jobs.nudged().await;
    }
}

/// Runs the first job of those that are due that no other worker gets, and answers how many that were.
pub(super) async fn one(runtime: &Arc<Runtime>) -> Result<usize, StoreError> {
    for place in rows::due(&runtime.database, &runtime.jobs).await? {
        if let Some(claimed) = rows::claim(&runtime.database, place).await? {
            run::run(runtime, &claimed).await?;
            return Ok(1);
        }
    }
    Ok(0)
}
