//! The platform's own permissions. They are a namespace apart: no role of a tenant can hold one.

use crate::authn::PlatformRole;

/// A permission of the platform, as a type. The list is closed: an application cannot add one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission of the platform",
    note = "those are `gatewright::ReadTenants`, `gatewright::EnterTenants` and the like; what a tenant's own member may do is `protect(P, handler)`"
)]
pub trait PlatformPermission: sealed::Sealed + Send + Sync + 'static {
    /// `platform:read_tenants`
    const SLUG: &'static str;
}

mod sealed {
    pub trait Sealed {}
}

/// Each line is a type, its slug, and whether `support` holds it beside `super_admin`.
macro_rules! platform_permissions {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, support: $support:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("`", $slug, "`")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl sealed::Sealed for $name {}

            impl PlatformPermission for $name {
                const SLUG: &'static str = $slug;
            }
        )+

        /// What `support` holds.
        const OF_SUPPORT: &[(&str, bool)] = &[$(($slug, $support)),+];
    };
}

platform_permissions! {
    /// Lists the tenants.
    ReadTenants = "platform:read_tenants", support: true;
    /// Suspends a tenant, and lifts that.
    SuspendTenants = "platform:suspend_tenants", support: false;
    /// Enters a tenant for a time.
    EnterTenants = "platform:enter_tenants", support: true;
    /// Lists the accounts.
    ReadUsers = "platform:read_users", support: true;
    /// Suspends an account, and lifts that.
    SuspendUsers = "platform:suspend_users", support: false;
    /// Reads the platform's audit log, and the tenants'.
    ReadAudit = "platform:read_audit", support: true;
}

/// Whether a platform role holds a permission.
pub(super) fn holds(role: PlatformRole, slug: &str) -> bool {
    match role {
        PlatformRole::SuperAdmin => true,
        PlatformRole::Support => OF_SUPPORT.contains(&(slug, true)),
    }
}
