//! A role that the file does not have.
//!
//! ```toml
//! [roles]
//! editor = { includes = ["viewr"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::did_you_mean;

pub(crate) fn unknown_role<'a>(
    name: &Located<String>,
    roles: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::error(
        "unknown_role",
        name.span.clone(),
        format!("there is no role `{}`", name.value),
    )
    .label("unknown role")
    .help(did_you_mean(&name.value, roles))
}
