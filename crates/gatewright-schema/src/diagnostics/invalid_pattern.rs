//! A `pattern` that is no regular expression, or too large a one.
//!
//! ```toml
//! [resources.products]
//! fields.sku = { type = "string", pattern = "[A-Z" }
//! ```

use crate::report::Diagnostic;
use crate::resolve::limits;
use crate::syntax::Located;

pub(crate) fn wrong(pattern: &Located<String>, error: &regex::Error) -> Diagnostic {
    let (why, help) = match error {
        regex::Error::CompiledTooBig(_) => (
            "it takes too much memory".to_owned(),
            "give repetitions smaller bounds",
        ),
        error => (
            // The parser's text shows the pattern with a caret of its own; the reason ends it.
            reason(&error.to_string()),
            "the syntax is that of Rust's `regex`, without look-around and back references; the whole value must match",
        ),
    };
    Diagnostic::error(
        "invalid_pattern",
        pattern.span.clone(),
        format!("this pattern cannot be used: {why}"),
    )
    .label("not a regular expression that gatewright takes")
    .help(help.to_owned())
}

pub(crate) fn too_long(pattern: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_pattern",
        pattern.span.clone(),
        "this pattern cannot be used: it is too long".to_owned(),
    )
    .label(format!(
        "{} bytes; at most {}",
        pattern.value.len(),
        limits::PATTERN_LENGTH
    ))
}

fn reason(text: &str) -> String {
    let last = text.lines().next_back().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
