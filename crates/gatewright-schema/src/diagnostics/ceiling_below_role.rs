//! A ceiling that leaves out what the role itself names.
//!
//! The ceiling is the most that a tenant may have in the role; the role as it comes cannot be above
//! it. What the role includes, and what it has for own records alone, need not be repeated.
//!
//! ```toml
//! [roles]
//! editor = { permissions = ["products:*", "orders:read"], ceiling = ["products:*"] }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;
use crate::wording::listed;

/// `missing` are the slugs that the role has and the ceiling has not.
pub(crate) fn ceiling_below_role(role: &str, missing: &[&str], span: Range<usize>) -> Diagnostic {
    let missing = listed(missing);
    Diagnostic::error(
        "ceiling_below_role",
        span,
        format!("the ceiling of `{role}` is below the role itself"),
    )
    .label(format!("lacks {missing}"))
    .help("add to the ceiling what the role has, or take it from the role".to_owned())
}
