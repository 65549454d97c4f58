//! `[auth]`: lifetimes and their order.

use crate::diagnostics::{invalid_duration, lifetime_order};
use crate::model::{Auth, Signup};
use crate::report::Diagnostic;
use crate::resolve::duration::seconds;
use crate::resolve::limits::{ACCESS_TOKEN_TTL, Lifetime, REFRESH_TOKEN_TTL, SESSION_IDLE_TTL};
use crate::resolve::providers;
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
        out.extend(place.map(|place| lifetime_order::access_outlives_session(place.span.clone())));
    }
    let idle = idle(auth, (access, refresh), out);
    let (passwords, providers) = providers::resolve(auth, out);
    Auth {
        signup: auth.signup.unwrap_or(Signup::Open),
        require_verified_email: auth.require_verified_email.unwrap_or(true),
        access_token_ttl: access.unwrap_or(ACCESS_TOKEN_TTL.default_seconds),
        refresh_token_ttl: refresh.unwrap_or(REFRESH_TOKEN_TTL.default_seconds),
        session_idle_ttl: idle,
        passwords,
        providers,
    }
}

/// How long a session may go unused: between the lifetime of an access token, which keeps it from
/// being refreshed, and its own. What was reported of those two is not reported here again.
fn idle(
    auth: &syntax::Auth,
    (access, refresh): (Option<u64>, Option<u64>),
    out: &mut Vec<Diagnostic>,
) -> u64 {
    let Some(given) = &auth.session_idle_ttl else {
        let most = refresh.unwrap_or(u64::MAX);
        return SESSION_IDLE_TTL.default_seconds.min(most);
    };
    let text = &auth.session_idle_ttl;
    let Some(idle) = lifetime("session_idle_ttl", text, &SESSION_IDLE_TTL, out) else {
        return SESSION_IDLE_TTL.default_seconds;
    };
    if refresh.is_some_and(|refresh| idle > refresh) {
        out.push(lifetime_order::idle_outlives_session(given.span.clone()));
    } else if access.is_some_and(|access| idle <= access) {
        out.push(lifetime_order::access_outlives_idle(given.span.clone()));
    }
    idle
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
