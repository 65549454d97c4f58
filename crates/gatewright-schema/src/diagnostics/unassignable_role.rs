//! Warning: a role that nobody can give to anybody.
//!
//! `owner` is left out, since whoever creates a tenant gets it.
//!
//! ```toml
//! [roles]
//! owner = { permissions = ["*"] }
//! viewer = { permissions = ["products:read"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn unassignable_role(name: &Located<String>) -> Diagnostic {
    Diagnostic::warning(
        "unassignable_role",
        name.span.clone(),
        format!("nobody can assign the role `{}`", name.value),
    )
    .label("in no role's `assigns`")
    .help(
        "`owner = { permissions = [\"*\"], assigns = [\"*\"] }` lets owners assign every role"
            .to_owned(),
    )
}
