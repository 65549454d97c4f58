//! Instants and days: the years 0001 to 9999, which both databases and RFC 3339 can write.

use jiff::civil::Date;
use jiff::{Timestamp, Unit};

use super::error;
use crate::error::FieldError;
use crate::model::FieldDef;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds of Unix time.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads RFC 3339 text.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let timestamp: Timestamp = text.parse().ok()?;
    timestamp.round(Unit::Microsecond).ok()
}

/// Rounds to what both databases keep, and refuses what they cannot.
pub(super) fn timestamp(field: &FieldDef, timestamp: Timestamp) -> Result<Timestamp, FieldError> {
    if !(FIRST_SECOND..=LAST_SECOND).contains(&timestamp.as_second()) {
        let message = "Send an instant of the years 0001 to 9999.";
        return Err(error(field, "out_of_range", message));
    }
    let rounded = timestamp.round(Unit::Microsecond);
    rounded.map_err(|_| error(field, "out_of_range", "This instant is out of range."))
}

/// Reads `2026-11-24` and nothing else: the parser would take a time along and drop it.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// Refuses days that have no four-digit year.
pub(super) fn date(field: &FieldDef, date: Date) -> Result<Date, FieldError> {
    if (1..=9_999).contains(&date.year()) {
        Ok(date)
    } else {
        let message = "Send a day of the years 0001 to 9999.";
        Err(error(field, "out_of_range", message))
    }
}
