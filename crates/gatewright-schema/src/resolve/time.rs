//! Days and instants, in the years 0001 to 9999: what both databases and RFC 3339 can write.

use jiff::civil::Date;
use jiff::{Timestamp, Unit};

/// What [`date`] reads, in words.
pub(crate) const DATE: &str = "a day such as 2026-11-24, of the years 0001 to 9999";

/// What [`timestamp`] reads, in words.
pub(crate) const TIMESTAMP: &str =
    "an instant such as 2026-11-24T09:30:00Z (RFC 3339), of the years 0001 to 9999";

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds of Unix time.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads `2026-11-24` and nothing else: the parser would take a time along and drop it.
pub(crate) fn date(text: &str) -> Option<String> {
    let date: Date = text.parse().ok()?;
    let canonical = date.to_string();
    (canonical == text && (1..=9_999).contains(&date.year())).then_some(canonical)
}

/// Reads an instant and writes it in UTC, to the microsecond.
pub(crate) fn timestamp(text: &str) -> Option<String> {
    let timestamp: Timestamp = text.parse().ok()?;
    let timestamp = timestamp.round(Unit::Microsecond).ok()?;
    let in_range = (FIRST_SECOND..=LAST_SECOND).contains(&timestamp.as_second());
    in_range.then(|| format!("{timestamp:.6}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_the_calendar() {
        assert_eq!(date("2026-11-24").as_deref(), Some("2026-11-24"));
        assert_eq!(date("2024-02-29").as_deref(), Some("2024-02-29"));
        for wrong in [
            "",
            "2026-02-29",
            "2026-11-24T09:30:00",
            "20261124",
            "2026-1-2",
            "0000-01-01",
            "-0001-01-01",
            " 2026-11-24",
        ] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instants_become_utc_with_six_digits() {
        for (text, canonical) in [
            ("2026-11-24T09:30:00Z", "2026-11-24T09:30:00.000000Z"),
            ("2026-11-24 09:30:00+01:00", "2026-11-24T08:30:00.000000Z"),
            (
                "2026-11-24T09:30:00.1234567Z",
                "2026-11-24T09:30:00.123457Z",
            ),
        ] {
            assert_eq!(timestamp(text).as_deref(), Some(canonical), "{text}");
        }
        for wrong in [
            "",
            "now",
            "2026-11-24",
            "2026-11-24T09:30:00",
            "2026-11-24T25:00:00Z",
            "0000-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999Z",
        ] {
            assert_eq!(timestamp(wrong), None, "{wrong}");
        }
    }
}
