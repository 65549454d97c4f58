//! Warning: permissions that no role but `owner` holds.
//!
//! Often a role was forgotten. Where it is meant, the warning can stay. A file whose only role is
//! `owner` gets none, and neither do the permissions that gatewright brings: a schema's author did
//! not write those, and the owner alone is a fair answer to most of them.
//!
//! ```toml
//! [roles]
//! owner = { permissions = ["*"], assigns = ["*"] }
//! viewer = { permissions = ["products:read"] }
//!
//! [resources.products]
//! fields.name = { type = "string" }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;
use crate::wording::listed;

pub(crate) fn unheld_permission(slugs: &[&str], span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "unheld_permission",
        span,
        format!("no role but `owner` holds {}", listed(slugs)),
    )
    .label("reached through `*` alone")
}
