//! Work that goes on when its request has been answered.
//!
//! Who asks for a mail to an address must not learn whether the address has an account: not from the answer, and not
//! from its time. To do the same work for both is not enough, as one of them ends in a mail, which somebody has to
//! write and to send. So the request is answered before anybody looks. What was asked for runs later, after a pause of
//! random length, so that it does not fall into the time of the request that is measured next, and one at a time, so
//! that a flood of such requests takes no more than one connection to the database.
//!
//! It is lost when the process is killed. Whoever waited for the mail asks again.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::error::{Error, Result};

/// How much may wait. What comes beyond is refused, whatever it is for.
const PLACES: u32 = 256;

/// How long a stop waits for what is under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// What waits and what runs.
#[derive(Debug, Clone)]
pub(crate) struct Afterwards {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Afterwards {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES as usize)),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Afterwards {
    /// Does the work a little later, beside the request that asks for it. What fails goes to the log.
    ///
    /// # Errors
    /// 503 when too much waits already.
    pub(super) fn run(
        &self,
        request_id: Uuid,
        work: impl Future<Output = Result<()>> + Send + 'static,
    ) -> Result<()> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Error::unavailable())?;
        let pause = pause()?;
        let turn = Arc::clone(&self.turn);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            let Ok(turn) = turn.acquire().await else {
                return;
            };
            if let Err(error) = work.await {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%request_id, code = error.code(), cause, "what a request asked for could not be done");
            }
            drop(turn);
            drop(place);
        });
        Ok(())
    }

    /// Waits until all of it is done, for ten seconds at most.
    pub(crate) async fn finish(&self) {
        let all = self.places.acquire_many(PLACES);
        if tokio::time::timeout(STOP_TIMEOUT, all).await.is_err() {
            tracing::warn!("some mails that were asked for were not written in time");
        }
    }
}

/// Up to a quarter of a second.
fn pause() -> Result<Duration> {
    let mut random = [0];
    rand::fill(&mut random).map_err(Error::internal)?;
    let [milliseconds] = random;
    Ok(Duration::from_millis(milliseconds.into()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_waits_is_bounded_and_runs_one_at_a_time() {
        let afterwards = Afterwards::default();
        let running = Arc::new(AtomicUsize::new(0));
        let done = Arc::new(AtomicUsize::new(0));
        let run = |_| {
            let (running, done) = (Arc::clone(&running), Arc::clone(&done));
            afterwards.run(Uuid::nil(), async move {
                assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                done.fetch_add(1, Ordering::SeqCst);
                Err(Error::unavailable())
            })
        };
        let refused = (0..PLACES + 2).map(run).filter(Result::is_err).count();
        assert_eq!(refused, 2);
        afterwards.finish().await;
        assert_eq!(done.load(Ordering::SeqCst), PLACES as usize);
        assert!(run(0).is_ok(), "there is room again");
    }
}
