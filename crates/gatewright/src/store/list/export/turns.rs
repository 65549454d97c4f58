//! How many exports run at once: each holds a page in memory while its client takes it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::error::{Error, Result};

/// The most exports of one tenant at once.
const MOST_OF_A_TENANT: usize = 4;
/// The most of the whole process.
const MOST: usize = 16;
/// How long a client may take for a page before its turn can go to another.
const PATIENCE: Duration = Duration::from_secs(60);

/// The exports that are under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exports(Arc<Mutex<Vec<Running>>>);

#[derive(Debug)]
struct Running {
    turn: Uuid,
    tenant: Uuid,
    /// When its last page was read.
    since: Instant,
}

/// The permit of an export. Its place is free again once it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    exports: Exports,
    id: Uuid,
}

impl Exports {
    /// A turn for an export of the tenant.
    ///
    /// # Errors
    /// 503 when as many are under way as there may be. Where a client has not taken its page for a
    /// minute, its export ends instead.
    pub(super) fn begin(&self, tenant: Uuid) -> Result<Turn> {
        let now = Instant::now();
        let id = Uuid::now_v7();
        let is_full = |running: &[Running]| {
            let of_tenant = running.iter().filter(|other| other.tenant == tenant);
            running.len() >= MOST || of_tenant.count() >= MOST_OF_A_TENANT
        };
        self.with(|running| {
            if is_full(running) {
                running.retain(|other| now.duration_since(other.since) < PATIENCE);
            }
            if is_full(running) {
                return Err(Error::unavailable().caused_by("too many exports at once"));
            }
            running.push(Running {
                turn: id,
                tenant,
                since: now,
            });
            Ok(())
        })?;
        let exports = self.clone();
        Ok(Turn { exports, id })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Running>) -> T) -> T {
        // A panic leaves the list whole: each entry goes in and out at once.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Turn {
    /// Says that the client has come for another page.
    ///
    /// # Errors
    /// 503 when it took so long that the turn went to another.
    pub(super) fn go_on(&self) -> Result<()> {
        let is_there = self.exports.with(|running| {
            let own = running.iter_mut().find(|other| other.turn == self.id);
            own.map(|own| own.since = Instant::now()).is_some()
        });
        if is_there {
            Ok(())
        } else {
            Err(Error::unavailable().caused_by("the client of an export was too slow"))
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.exports
            .with(|running| running.retain(|other| other.turn != self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_and_the_process_have_so_many_turns() {
        let exports = Exports::default();
        let mut turns = Vec::new();
        for _ in 0..MOST / MOST_OF_A_TENANT {
            let tenant = Uuid::now_v7();
            turns.extend((0..MOST_OF_A_TENANT).map(|_| exports.begin(tenant).unwrap()));
            assert_eq!(exports.begin(tenant).unwrap_err().code(), "unavailable");
        }
        assert_eq!(turns.len(), MOST);
        let other = Uuid::now_v7();
        let error = exports.begin(other).unwrap_err();
        assert_eq!(error.status().as_u16(), 503);
        turns.pop();
        let _last = exports.begin(other).unwrap();
        assert!(exports.begin(other).is_err());
        assert!(turns.iter().all(|turn| turn.go_on().is_ok()));
    }

    #[test]
    fn who_does_not_take_a_page_loses_the_turn_when_another_needs_it() {
        let exports = Exports::default();
        let tenant = Uuid::now_v7();
        let begin = || exports.begin(tenant);
        let turns: Vec<Turn> = (0..MOST_OF_A_TENANT).map(|_| begin().unwrap()).collect();
        exports.with(|running| running[0].since -= PATIENCE);
        turns[1].go_on().unwrap();
        let _more = begin().unwrap();
        assert!(begin().is_err());
        assert_eq!(turns[0].go_on().unwrap_err().code(), "unavailable");
        assert!(turns[1..].iter().all(|turn| turn.go_on().is_ok()));
    }
}
