//! How many failures are free, and how long the wait is after the others.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock;

/// After so long without a failure a counter begins anew. Maintenance clears its row.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// Whom a counter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One account. Its owner mistypes a few times, a stranger goes on.
    Account,
    /// Where requests come from, which many people may share.
    Address,
}

/// The failures that a subject has had in a row, and when it had the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failures {
    pub(super) count: i64,
    pub(super) last_at: Timestamp,
}

impl Kind {
    fn free(self) -> i64 {
        match self {
            Self::Account => 5,
            Self::Address => 30,
        }
    }

    /// The wait after this many failures.
    fn wait(self, failures: i64) -> Duration {
        let Some(doublings) = (failures - self.free())
            .checked_sub(1)
            .filter(|doublings| *doublings >= 0)
        else {
            return Duration::ZERO;
        };
        let factor = u32::try_from(doublings)
            .ok()
            .and_then(|doublings| 2_u32.checked_pow(doublings));
        factor
            .and_then(|factor| FIRST_WAIT.checked_mul(factor))
            .map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
    }
}

impl Failures {
    /// What still counts of these at `now`.
    pub(super) fn at(self, now: Timestamp) -> Self {
        if self.last_at < clock::before(now, FORGOTTEN_AFTER) {
            Self {
                count: 0,
                last_at: now,
            }
        } else {
            self
        }
    }

    /// Until when the next attempt has to wait, if it has to.
    pub(super) fn held_until(self, kind: Kind, now: Timestamp) -> Option<Timestamp> {
        let wait = kind.wait(self.at(now).count);
        let until = clock::after(self.last_at, wait);
        // Another node's clock may be ahead, so the last failure may lie after now: that alone is no wait.
        (!wait.is_zero() && until > now).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(kind: Kind, failures: i64) -> u64 {
        kind.wait(failures).as_secs()
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (5..18).map(|count| seconds(Kind::Account, count)).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(seconds(Kind::Account, 0), 0);
        assert_eq!(seconds(Kind::Account, -1), 0);
        assert_eq!(seconds(Kind::Address, 30), 0);
        assert_eq!(seconds(Kind::Address, 31), 1);
        assert_eq!(seconds(Kind::Address, 200), 900);
        assert_eq!(seconds(Kind::Account, i64::MAX), 900);
    }

    #[test]
    fn a_wait_is_from_the_last_failure_and_ends() {
        let last_at = Timestamp::UNIX_EPOCH;
        let failures = Failures { count: 8, last_at };
        let after = |seconds| clock::after(last_at, Duration::from_millis(seconds));
        let held = |now| failures.held_until(Kind::Account, now);
        assert_eq!(held(after(0)), Some(after(4_000)));
        assert_eq!(held(after(3_999)), Some(after(4_000)));
        assert_eq!(held(after(4_000)), None);
        assert_eq!(failures.held_until(Kind::Address, after(0)), None);
    }

    #[test]
    fn a_clock_that_is_ahead_makes_nobody_wait() {
        let last_at = Timestamp::UNIX_EPOCH;
        let before = clock::before(last_at, Duration::from_micros(1));
        let held = |count| Failures { count, last_at }.held_until(Kind::Account, before);
        assert_eq!(held(5), None);
        assert!(held(6).is_some());
    }

    #[test]
    fn a_day_without_a_failure_forgets_them() {
        let last_at = Timestamp::UNIX_EPOCH;
        let failures = Failures { count: 8, last_at };
        let day = clock::after(last_at, FORGOTTEN_AFTER);
        assert_eq!(failures.at(day).count, 8);
        let later = clock::after(day, Duration::from_micros(1));
        assert_eq!(failures.at(later).count, 0);
    }
}
