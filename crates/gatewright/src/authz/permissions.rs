//! The permissions that gatewright brings, beside those of the schema's resources.
//!
//! Every schema has all of them. gatewright itself has no routes yet for `api_keys:*`, `audit:export`
//! and `branding:*`. A team may protect routes of its own with any of them.

use super::Permission;
use crate::model::{Kind, PermissionDef};

/// Membership itself: what a `member` route asks for.
#[derive(Debug, Clone, Copy)]
pub struct Member;

impl Permission for Member {
    const SLUG: &'static str = "member";
    const RESOURCE: &'static str = "member";
    const KIND: Kind = Kind::Read;
}

/// Makes a module of permission types of one resource: each line is a type, the second half of its
/// slug and what it does.
macro_rules! permissions {
    ($(#[$doc:meta])* $resource:ident { $($name:ident = $action:literal: $kind:ident,)+ }) => {
        $(#[$doc])*
        pub mod $resource {
            use super::{Kind, Permission};

            $(
                #[doc = concat!("`", stringify!($resource), ":", $action, "`")]
                #[derive(Debug, Clone, Copy)]
                pub struct $name;

                impl Permission for $name {
                    const SLUG: &'static str = concat!(stringify!($resource), ":", $action);
                    const RESOURCE: &'static str = stringify!($resource);
                    const KIND: Kind = Kind::$kind;
                }
            )+
        }
    };
}

permissions! {
    /// `tenant:*`: the tenant itself.
    tenant {
        Read = "read": Read,
        Update = "update": Update,
        Suspend = "suspend": Update,
    }
}

permissions! {
    /// `members:*`: who belongs to the tenant.
    members {
        Read = "read": Read,
        Update = "update": Update,
        Remove = "remove": Delete,
    }
}

permissions! {
    /// `invitations:*`: who may join.
    invitations {
        Read = "read": Read,
        Create = "create": Create,
        Revoke = "revoke": Delete,
    }
}

permissions! {
    /// `roles:*`: what the tenant's roles hold, and who has them.
    roles {
        Read = "read": Read,
        Create = "create": Create,
        Update = "update": Update,
        Delete = "delete": Delete,
        Assign = "assign": Update,
    }
}

permissions! {
    /// `api_keys:*`: keys of programs.
    api_keys {
        Read = "read": Read,
        Create = "create": Create,
        Rotate = "rotate": Update,
        Revoke = "revoke": Delete,
    }
}

permissions! {
    /// `audit:*`: what was done.
    audit {
        Read = "read": Read,
        Export = "export": Read,
    }
}

permissions! {
    /// `branding:*`: how the tenant looks.
    branding {
        Read = "read": Read,
        Update = "update": Update,
    }
}

permissions! {
    /// `custom_fields:*`: fields that a tenant adds to its records.
    custom_fields {
        Read = "read": Read,
        Create = "create": Create,
        Update = "update": Update,
        Delete = "delete": Delete,
    }
}

/// What a permission type says of itself.
pub(crate) const fn describe<P: Permission>() -> PermissionDef {
    PermissionDef {
        slug: P::SLUG,
        resource: P::RESOURCE,
        kind: P::KIND,
        uses: P::USES,
    }
}
