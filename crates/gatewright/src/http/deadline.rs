//! How long a request may take: its body on the way in, and its handler, each by itself.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// From the gate, or from a body that is in, to the answer.
const HANDLER: Duration = Duration::from_secs(5);
/// For a body to come in. The largest, at a megabyte a second, needs a third of it.
const BODY: Duration = Duration::from_secs(30);
/// For answers of others, which a sign-in by a provider cannot do without. No transaction is open meanwhile.
const OTHERS: Duration = Duration::from_secs(25);

/// The moment by which a request must be through. It is moved while a body comes in, which takes as
/// long as the client's line needs and holds nothing up.
#[derive(Debug, Clone)]
pub(crate) struct Deadline(watch::Sender<Instant>);

impl Deadline {
    /// For a request that begins now.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Instant::now() + HANDLER))
    }

    /// A body begins to come in.
    pub(super) fn body_begins(&self) {
        self.0.send_replace(Instant::now() + BODY);
    }

    /// The body is in.
    pub(super) fn body_ends(&self) {
        self.0.send_replace(Instant::now() + HANDLER);
    }

    /// Somebody else is asked.
    pub(crate) fn asks_others(&self) {
        self.0.send_replace(Instant::now() + OTHERS);
    }

    /// They have answered.
    pub(crate) fn others_answered(&self) {
        self.0.send_replace(Instant::now() + HANDLER);
    }

    /// Waits until it has passed.
    pub(super) async fn passed(&self) {
        let mut moved = self.0.subscribe();
        loop {
            let at = *moved.borrow_and_update();
            tokio::select! {
                () = sleep_until(at) => return,
                // The sender lives as long as `self`.
                _ = moved.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_has_its_own_time_and_the_handler_all_of_its_after_it() {
        let deadline = Deadline::new();
        let begun = Instant::now();
        let passed = {
            let deadline = deadline.clone();
            tokio::spawn(async move {
                deadline.passed().await;
                Instant::now()
            })
        };
        tokio::time::sleep(Duration::from_secs(1)).await;
        deadline.body_begins();
        tokio::time::sleep(Duration::from_secs(20)).await;
        deadline.body_ends();
        assert_eq!(passed.await.unwrap() - begun, Duration::from_secs(26));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_is_over_in_time() {
        let deadline = Deadline::new();
        let begun = Instant::now();
        deadline.body_begins();
        deadline.passed().await;
        assert_eq!(begun.elapsed(), BODY);
    }
}
