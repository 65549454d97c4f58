//! `[auth]`: lifetimes and their order.

use crate::diagnostics::{invalid_duration, lifetime_order::lifetime_order};
use crate::model::{Auth, Signup};
use crate::report::Diagnostic;
use crate::resolve::duration::seconds;
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
