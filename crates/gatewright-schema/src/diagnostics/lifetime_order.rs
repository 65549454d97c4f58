//! Lifetimes of which one makes another pointless: an access token that would outlive its session, or
//! a session that would end unused before it could be used.
//!
//! ```toml
//! [auth]
//! access_token_ttl = "1h"
//! refresh_token_ttl = "30m"
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn access_outlives_session(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "lifetime_order",
        span,
        "`access_token_ttl` must be shorter than `refresh_token_ttl`".to_owned(),
    )
    .label("the session ends before, or with, its access token")
}

pub(crate) fn idle_outlives_session(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "lifetime_order",
        span,
        "`session_idle_ttl` must not be longer than `refresh_token_ttl`".to_owned(),
    )
    .label("the session ends before it has been idle for so long")
}

pub(crate) fn access_outlives_idle(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "lifetime_order",
        span,
        "`access_token_ttl` must be shorter than `session_idle_ttl`".to_owned(),
    )
    .label("the session ends before, or with, its access token")
}
