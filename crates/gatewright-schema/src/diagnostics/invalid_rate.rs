//! A rate that cannot be read or is outside its bounds.
//!
//! ```toml
//! [limits]
//! per_key = "600 per minute"
//! ```

use crate::report::Diagnostic;
use crate::resolve::limits;
use crate::syntax::Located;

pub(crate) fn unreadable(key: &str, text: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_rate",
        text.span.clone(),
        format!("`{key}` cannot be `{}`", text.value),
    )
    .label("not a rate")
    .help(
        "write a whole number, a slash and a time in `s`, `m`, `h` or `d`, for example `600/1m`"
            .to_owned(),
    )
}

pub(crate) fn out_of_bounds(key: &str, text: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_rate",
        text.span.clone(),
        format!(
            "`{key}` goes from 1 to {} requests in `1s` to `1d`, not `{}`",
            limits::RATE_REQUESTS,
            text.value
        ),
    )
    .label("out of bounds")
}
