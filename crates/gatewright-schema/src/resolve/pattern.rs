//! The `pattern` of a string.

use regex::{Regex, RegexBuilder};

use crate::diagnostics::invalid_pattern;
use crate::report::Diagnostic;
use crate::resolve::limits;
use crate::syntax::Located;

/// Compiles a pattern so that it matches whole values; `None` if it was reported.
///
/// The crate's matching takes time linear in the value, whatever the pattern, so a bound on the
/// pattern's size is all that it needs.
pub(crate) fn compile(pattern: &Located<String>, out: &mut Vec<Diagnostic>) -> Option<Regex> {
    if pattern.value.len() > limits::PATTERN_LENGTH {
        out.push(invalid_pattern::too_long(pattern));
        return None;
    }
    // By itself first: `a)|(b` is no pattern, though a pair of parentheses would make it one.
    let compiled = build(&pattern.value).and_then(|_| whole(&pattern.value));
    compiled
        .map_err(|error| out.push(invalid_pattern::wrong(pattern, &error)))
        .ok()
}

/// The pattern as it is held against a whole value.
pub(crate) fn whole(pattern: &str) -> Result<Regex, regex::Error> {
    build(&format!(r"\A(?:{pattern})\z"))
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(limits::PATTERN_MEMORY)
        .build()
}
