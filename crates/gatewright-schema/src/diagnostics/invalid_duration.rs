//! A lifetime that cannot be read or is outside its bounds.
//!
//! Bounds keep a slip of the unit (`10d` for `10m`) from making access tokens that live for days.
//!
//! ```toml
//! [auth]
//! access_token_ttl = "10 minutes"
//! ```

use crate::report::Diagnostic;
use crate::resolve::limits::Lifetime;
use crate::syntax::Located;

pub(crate) fn unreadable(key: &str, text: &Located<String>, bounds: &Lifetime) -> Diagnostic {
    Diagnostic::error(
        "invalid_duration",
        text.span.clone(),
        format!("`{key}` cannot be `{}`", text.value),
    )
    .label("not a duration")
    .help(format!(
        "write a whole number and `s`, `m`, `h` or `d`, for example `{}`",
        bounds.default
    ))
}

pub(crate) fn out_of_bounds(key: &str, text: &Located<String>, bounds: &Lifetime) -> Diagnostic {
    let (found, range) = (&text.value, bounds.range);
    Diagnostic::error(
        "invalid_duration",
        text.span.clone(),
        format!("`{key}` goes from {range}, not `{found}`"),
    )
    .label("out of bounds")
}
