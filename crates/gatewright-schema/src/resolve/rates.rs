//! `[limits]`: so many requests in a time.

use crate::diagnostics::invalid_rate;
use crate::model::{Limits, Rate};
use crate::report::Diagnostic;
use crate::resolve::duration::seconds;
use crate::resolve::limits;
use crate::syntax::{self, Located};

pub(crate) fn resolve(given: &syntax::Limits, out: &mut Vec<Diagnostic>) -> Limits {
    let mut read = |key, text: &Option<Located<String>>| {
        let text = text.as_ref()?;
        let Some((requests, seconds)) = parse(&text.value) else {
            out.push(invalid_rate::unreadable(key, text));
            return None;
        };
        let requests = u32::try_from(requests).ok();
        let requests = requests.filter(|n| (1..=limits::RATE_REQUESTS).contains(n));
        let seconds = u32::try_from(seconds).ok();
        let seconds = seconds.filter(|n| (1..=limits::RATE_SECONDS).contains(n));
        let (Some(requests), Some(seconds)) = (requests, seconds) else {
            out.push(invalid_rate::out_of_bounds(key, text));
            return None;
        };
        Some(Rate { requests, seconds })
    };
    Limits {
        per_key: read("per_key", &given.per_key),
        anonymous: read("anonymous", &given.anonymous),
    }
}

/// `600/1m` is 600 requests in 60 seconds.
fn parse(text: &str) -> Option<(u64, u64)> {
    let (requests, time) = text.split_once('/')?;
    let all_digits = !requests.is_empty() && requests.bytes().all(|b| b.is_ascii_digit());
    let requests = all_digits.then(|| requests.parse().unwrap_or(u64::MAX))?;
    Some((requests, seconds(time)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_a_number_a_slash_and_a_duration() {
        assert_eq!(parse("600/1m"), Some((600, 60)));
        assert_eq!(parse("1/90s"), Some((1, 90)));
        for wrong in [
            "",
            "600",
            "600/",
            "/1m",
            "600/m",
            "600 / 1m",
            "600/1m/1m",
            "-1/1m",
            "+1/1m",
            "6e2/1m",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
