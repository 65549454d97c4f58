//! `[auth]`: lifetimes and their order.

use crate::diagnostics::{invalid_duration, lifetime_order::lifetime_order};
use crate::model::{Auth, Signup};
use crate::report::Diagnostic;
use crate::resolve::limits::{ACCESS_TOKEN_TTL, Lifetime, REFRESH_TOKEN_TTL};
use crate::syntax::{self, Located};

pub(crate) fn resolve(auth: &syntax::Auth, out: &mut Vec<Diagnostic>) -> Auth {
    let given = &auth.access_token_ttl;
    let access = lifetime("access_token_ttl", given, &ACCESS_TOKEN_TTL, out);
    let given = &auth.refresh_token_ttl;
    let refresh = lifetime("refresh_token_ttl", given, &REFRESH_TOKEN_TTL, out);
    if let (Some(access), Some(refresh)) = (access, refresh)
        && access >= refresh
    {
        let given = auth.refresh_token_ttl.as_ref();
        let place = given.or(auth.access_token_ttl.as_ref());
        out.extend(place.map(|place| lifetime_order(place.span.clone())));
    }
    Auth {
        signup: auth.signup.unwrap_or(Signup::Open),
        require_verified_email: auth.require_verified_email.unwrap_or(true),
        access_token_ttl: access.unwrap_or(ACCESS_TOKEN_TTL.default_seconds),
        refresh_token_ttl: refresh.unwrap_or(REFRESH_TOKEN_TTL.default_seconds),
    }
}

/// The lifetime in seconds, the default where none is given; `None` for one that was reported.
fn lifetime(
    key: &str,
    text: &Option<Located<String>>,
    bounds: &Lifetime,
    out: &mut Vec<Diagnostic>,
) -> Option<u64> {
    let Some(text) = text else {
        return Some(bounds.default_seconds);
    };
    match seconds(&text.value) {
        Some(seconds) if (bounds.least..=bounds.most).contains(&seconds) => Some(seconds),
        Some(_) => {
            out.push(invalid_duration::out_of_bounds(key, text, bounds));
            None
        }
        None => {
            out.push(invalid_duration::unreadable(key, text, bounds));
            None
        }
    }
}

/// `10m` is 600. A number too large to count is as long as can be.
fn seconds(text: &str) -> Option<u64> {
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
        for lifetime in [ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL] {
            assert_eq!(seconds(lifetime.default), Some(lifetime.default_seconds));
        }
    }
}
