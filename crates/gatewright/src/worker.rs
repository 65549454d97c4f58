//! What works through an outbox, of accounts or of tenants: its loop, and how often it tries.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::store::StoreError;

/// What fails is tried this often, over about two days.
pub(crate) const MOST_ATTEMPTS: i64 = 20;

/// What other processes queue, and what was put off, is found by looking.
const POLL: Duration = Duration::from_secs(2);
const SHORTEST_BACKOFF: Duration = Duration::from_secs(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(3 * 60 * 60);

/// How long the next attempt waits after this many: 10 s, 20 s, 40 s, … up to 3 hours.
pub(crate) fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    SHORTEST_BACKOFF
        .saturating_mul(1 << doublings)
        .min(LONGEST_BACKOFF)
}

/// What there is to do, a turn at a time.
pub(crate) trait Work: Sync {
    /// What waits while the queue cannot be read, for the log.
    const WHAT: &'static str;

    /// Does what is due, or part of it, and answers how much that was.
    fn turn(&self) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// Until somebody in this process queues something.
    fn woken(&self) -> impl Future<Output = ()> + Send;
}

/// Works until `shutdown`; a turn that has begun then is brought to its end.
pub(crate) async fn work_forever(work: impl Work, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    loop {
        let found = match work.turn().await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, what = name(&work), "an outbox cannot be worked through; what is in it waits");
                0
            }
        };
        // After a turn that found something there may be more.
        let pause = if found > 0 { Duration::ZERO } else { POLL };
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            () = work.woken() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn name<W: Work>(_: &W) -> &'static str {
    W::WHAT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_three_hours() {
        let seconds: Vec<u64> = [1, 2, 3, 11, 12, 20, i64::MAX]
            .map(backoff)
            .iter()
            .map(Duration::as_secs)
            .collect();
        assert_eq!(seconds, [10, 20, 40, 10_240, 10_800, 10_800, 10_800]);
        assert_eq!(backoff(0), SHORTEST_BACKOFF);
    }
}
