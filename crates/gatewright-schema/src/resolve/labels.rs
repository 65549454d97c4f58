//! What people see in place of a name.

use crate::diagnostics::invalid_label::invalid_label;
use crate::report::Diagnostic;
use crate::resolve::limits;
use crate::syntax::Located;

pub(crate) fn resolve(
    label: Option<&Located<String>>,
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    let label = label?;
    if let Some(reason) = unreadable(&label.value, limits::LABEL_LENGTH) {
        out.push(invalid_label(reason, label.span.clone()));
    }
    Some(label.value.clone())
}

/// Why people could not read a line of text; `None` if they can.
pub(crate) fn unreadable(text: &str, most: usize) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("it is empty")
    } else if text.chars().any(char::is_control) {
        Some("it has a line break or another control character")
    } else if text.chars().count() > most {
        Some("it is too long")
    } else {
        None
    }
}
