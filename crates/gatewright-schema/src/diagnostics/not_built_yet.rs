//! A part of the design that this version does not have.
//!
//! It is refused rather than ignored, since nobody should rely on what does nothing; and it is not
//! called unknown, since the name is right.
//!
//! ```toml
//! [auth]
//! providers = ["password", "google"]
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `what` is the thing by name, for example "`google` as `providers`".
pub(crate) fn not_built_yet(what: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::error("not_built_yet", span, format!("{what} is not built yet"))
        .label("not in this version of gatewright")
        .help("take it out until it is; it is refused so that nobody relies on it".to_owned())
}
