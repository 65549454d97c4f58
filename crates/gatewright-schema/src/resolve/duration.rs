//! Durations such as `10m`.

/// `10m` is 600. A number too large to count is as long as can be.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = text.get(..text.len() - 1)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(
        digits
            .parse::<u64>()
            .unwrap_or(u64::MAX)
            .saturating_mul(unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::limits::{ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SESSION_IDLE_TTL};

    #[test]
    fn durations_are_a_number_and_a_unit() {
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h"), Some(7_200));
        assert_eq!(seconds("30d"), Some(2_592_000));
        assert_eq!(seconds("99999999999999999999d"), Some(u64::MAX));
        for wrong in ["", "m", "10", "10 m", "+10m", "1.5h", "10ms", "10µ", "-1d"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn defaults_in_words_and_in_seconds_agree() {
        for lifetime in [ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SESSION_IDLE_TTL] {
            assert_eq!(seconds(lifetime.default), Some(lifetime.default_seconds));
        }
    }
}
