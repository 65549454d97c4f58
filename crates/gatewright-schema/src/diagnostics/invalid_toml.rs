//! The file is not TOML.
//!
//! The place and the words are the TOML parser's, one diagnostic for each thing it stumbles over.
//! Nothing else is reported for such a file: what a broken line was meant to say is a guess, and
//! guesses would bury the real mistake.
//!
//! ```toml
//! [app
//! name = "Shop"
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

pub(crate) fn invalid_toml(error: &toml::de::Error, source: &str) -> Diagnostic {
    let span = inside(error.span().unwrap_or(0..0), source);
    let message = format!("this is not TOML: {}", error.message());
    Diagnostic::error("invalid_toml", span, message)
}

/// The parser may point behind the end, or into the middle of a character.
fn inside(span: Range<usize>, source: &str) -> Range<usize> {
    let start = source.floor_char_boundary(span.start);
    let end = source.ceil_char_boundary(span.end.min(source.len()));
    start..end.max(start)
}
