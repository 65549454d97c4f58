//! `:own` where it cannot stand.
//!
//! It narrows `read`, `update`, `delete` or an action of a resource to the records that the holder
//! made. It is refused elsewhere: one that did nothing would grant more than the file says.
//!
//! ```toml
//! [roles]
//! editor = { permissions = ["products:create:own", "members:read:own"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// `why` is the reason, shown at its place.
pub(crate) fn misplaced_own(slug: &Located<String>, why: &str) -> Diagnostic {
    Diagnostic::error(
        "misplaced_own",
        slug.span.clone(),
        format!("`:own` cannot stand in `{}`", slug.value),
    )
    .label(why)
    .help(
        "it can follow `read`, `update`, `delete` and the actions of a resource of the schema"
            .to_owned(),
    )
}
