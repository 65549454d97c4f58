//! The time, as precise as both databases keep it.

use std::time::Duration;

use jiff::Timestamp;

/// Now, in whole microseconds: what is written is what will be read back.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// The instant this long before another; the beginning of time at the earliest.
pub(crate) fn before(instant: Timestamp, age: Duration) -> Timestamp {
    instant.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// The instant this long after another; the end of time at the latest.
pub(crate) fn after(instant: Timestamp, lifetime: Duration) -> Timestamp {
    instant.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}
