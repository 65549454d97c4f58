//! The same entry twice in one list.
//!
//! ```toml
//! [roles]
//! editor = { permissions = ["products:read", "products:read"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn duplicate_entry(key: &str, entry: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "duplicate_entry",
        entry.span.clone(),
        format!("`{key}` has `{}` twice", entry.value),
    )
    .label("the second one")
}
