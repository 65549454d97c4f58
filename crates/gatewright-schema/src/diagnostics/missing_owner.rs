//! There is no role `owner`, or it does not hold everything.
//!
//! Whoever creates a tenant becomes its owner, and a tenant always keeps one; an owner without all
//! permissions would leave a tenant with rights that nobody can ever grant.
//!
//! ```toml
//! [roles]
//! owner = { permissions = ["products:*"] }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

const EXAMPLE: &str = "owner = { permissions = [\"*\"], assigns = [\"*\"] }";

pub(crate) fn absent(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "missing_owner",
        span,
        "there is no role `owner`; whoever creates a tenant gets it".to_owned(),
    )
    .label("no `owner` among the roles")
    .help(format!("add `{EXAMPLE}`"))
}

pub(crate) fn without_all(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "missing_owner",
        span,
        "`owner` must hold every permission: `permissions = [\"*\"]`".to_owned(),
    )
    .label("does not hold `*`")
    .help(format!("write `{EXAMPLE}`"))
}
