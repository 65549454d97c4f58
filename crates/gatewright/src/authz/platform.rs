//! The platform's own permissions. They are a namespace apart: no role of a tenant can hold one.

use crate::authn::PlatformRole;

/// A permission of the platform, as a type. The list is closed: an application cannot add one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission of the platform",
    note = "those are `gatewright::ReadTenants`; what a tenant's own member may do is `protect(P, handler)`"
)]
pub trait PlatformPermission: sealed::Sealed + Send + Sync + 'static {
    /// `platform:read_tenants`
    const SLUG: &'static str;
}

mod sealed {
    pub trait Sealed {}
}

/// `platform:read_tenants`
#[derive(Debug, Clone, Copy)]
pub struct ReadTenants;

impl sealed::Sealed for ReadTenants {}

impl PlatformPermission for ReadTenants {
    const SLUG: &'static str = "platform:read_tenants";
}

/// Whether a platform role holds a permission.
pub(super) fn holds(role: PlatformRole, slug: &str) -> bool {
    match role {
        PlatformRole::SuperAdmin => true,
        PlatformRole::Support => slug == ReadTenants::SLUG,
    }
}
