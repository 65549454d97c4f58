//! Roles that include each other.
//!
//! They would all hold the same permissions, which is never what was meant.
//!
//! ```toml
//! [roles]
//! editor = { includes = ["viewer"] }
//! viewer = { includes = ["editor"] }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `path` is the circle of roles, the first one again at its end.
pub(crate) fn role_cycle(path: &[&str], span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "role_cycle",
        span,
        format!("roles include each other: `{}`", path.join("` includes `")),
    )
    .label("closes the circle")
}
