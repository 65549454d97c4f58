//! A bounded set of connections, taken and given back without a thread hop.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connection::{Connection, Purpose};
use crate::store::StoreError;

/// Connections for one purpose to one file. Opens them as they are asked for, up to its size.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    purpose: Purpose,
    /// First come, first served.
    room: Arc<Semaphore>,
    /// The last one given back is the next one taken: its caches are warm.
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(path: PathBuf, purpose: Purpose, size: usize) -> Self {
        Self {
            path,
            purpose,
            room: Arc::new(Semaphore::new(size)),
            idle: Mutex::default(),
        }
    }

    /// Waits for room, then hands out a connection, without a transaction.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Pooled, StoreError> {
        let room = Arc::clone(&self.room)
            .acquire_owned()
            .await
            .map_err(|closed| StoreError::Unavailable(closed.to_string()))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.path, self.purpose)?,
        };
        Ok(Pooled {
            connection: Some(connection),
            pool: Arc::clone(self),
            _room: room,
        })
    }

    pub(super) fn put_back(&self, connection: Connection) {
        self.idle().push(connection);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // A push or a pop cannot leave the list half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn idle_count(&self) -> usize {
        self.idle().len()
    }
}

/// A connection that goes back to its pool when dropped, once it has no transaction open.
#[derive(Debug)]
pub(super) struct Pooled {
    /// Absent only while being dropped.
    connection: Option<Connection>,
    pool: Arc<Pool>,
    /// Dropped after the connection was put back: fields drop after `Drop::drop` has run.
    _room: OwnedSemaphorePermit,
}

impl Pooled {
    pub(super) fn get(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        // A connection that cannot roll back is closed, which rolls back too; the pool opens another.
        if let Some(connection) = self.connection.take()
            && connection.roll_back()
        {
            self.pool.put_back(connection);
        }
    }
}
