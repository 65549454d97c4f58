//! A connection on loan: it goes back clean, or not at all.

use std::time::Duration;

use deadpool_postgres::{Client, Object};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ANSWER_DEADLINE;
use crate::store::StoreError;

/// How long a statement may go on that a client ran away from. Most end sooner, and then the
/// connection stays.
const GRACE: Duration = Duration::from_millis(250);

/// How long a cancel request may take.
const CANCEL_DEADLINE: Duration = Duration::from_secs(2);

/// A connection on loan from the pool. Dropped, it is rolled back first.
pub(super) struct Lease {
    /// Absent only while being dropped.
    client: Option<Client>,
    /// For a cancel request, which is a connection of its own.
    tls: MakeRustlsConnect,
    /// Whether a statement runs whose answer has not come.
    pub(super) busy: bool,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lease")
    }
}

impl Lease {
    pub(super) fn new(client: Client, tls: MakeRustlsConnect) -> Self {
        Self {
            client: Some(client),
            tls,
            busy: false,
        }
    }

    pub(super) fn client(&self) -> Result<&Client, StoreError> {
        self.client.as_ref().ok_or(StoreError::Closed)
    }

    /// Gives the connection back as it is: its transaction has ended.
    pub(super) fn give_back(mut self) {
        drop(self.client.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else {
            return;
        };
        let dirty = Dirty(Some(client));
        let tls = self.tls.clone();
        // An idle transaction ends as soon as the server gets to it. To close its connection because
        // the server is slow would make a slow server slower.
        let patience = if self.busy { GRACE } else { ANSWER_DEADLINE };
        // Without a runtime there is nobody to wait for the answer: the connection is closed.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(dirty.roll_back(patience, tls));
        }
    }
}

/// A connection that may have a transaction open, or a statement running. Dropped, it is closed:
/// also when the runtime shuts down and drops the task that would have rolled back.
struct Dirty(Option<Client>);

impl Dirty {
    async fn roll_back(mut self, patience: Duration, tls: MakeRustlsConnect) {
        let Some(client) = &self.0 else { return };
        match timeout(patience, client.batch_execute("ROLLBACK")).await {
            Ok(Ok(())) => drop(self.0.take()),
            // The server refused a ROLLBACK, or is gone.
            Ok(Err(_)) => {}
            // A statement runs. A cancel request is not ordered with the connection's messages: it
            // could hit the next transaction, so there will be none. The ROLLBACK is still in line;
            // waiting for another one gives locks time to fall before the room in the pool is free.
            Err(_) => {
                let end = async {
                    client.cancel_token().cancel_query(tls).await?;
                    client.batch_execute("ROLLBACK").await
                };
                if !matches!(timeout(CANCEL_DEADLINE, end).await, Ok(Ok(()))) {
                    tracing::warn!(
                        "a statement of a dropped transaction could not be cancelled in time"
                    );
                }
            }
        }
    }
}

impl Drop for Dirty {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}
