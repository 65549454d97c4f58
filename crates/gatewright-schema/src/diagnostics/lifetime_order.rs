//! An access token that would outlive its session.
//!
//! ```toml
//! [auth]
//! access_token_ttl = "1h"
//! refresh_token_ttl = "30m"
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn lifetime_order(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "lifetime_order",
        span,
        "`access_token_ttl` must be shorter than `refresh_token_ttl`".to_owned(),
    )
    .label("the session ends before, or with, its access token")
}
