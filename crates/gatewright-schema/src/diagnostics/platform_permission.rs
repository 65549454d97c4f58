//! A tenant's role that names a permission of the platform.
//!
//! `platform:*` is a namespace of its own, held by the two fixed platform roles. A tenant's role
//! that could name it would reach across tenants.
//!
//! ```toml
//! [roles]
//! admin = { permissions = ["platform:tenants"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn platform_permission(slug: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "platform_permission",
        slug.span.clone(),
        format!("no role of a tenant can hold `{}`", slug.value),
    )
    .label("belongs to the platform")
    .help(
        "the platform's roles `super_admin` and `support` are fixed and not in this file"
            .to_owned(),
    )
}
