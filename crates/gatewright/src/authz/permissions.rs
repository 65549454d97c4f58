//! The permissions that gatewright brings, beside those of the schema's resources.

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

/// `tenant:*`
pub mod tenant {
    use super::{Kind, Permission};

    /// `tenant:read`
    #[derive(Debug, Clone, Copy)]
    pub struct Read;

    impl Permission for Read {
        const SLUG: &'static str = "tenant:read";
        const RESOURCE: &'static str = "tenant";
        const KIND: Kind = Kind::Read;
    }
}

/// `members:*`
pub mod members {
    use super::{Kind, Permission};

    /// `members:read`
    #[derive(Debug, Clone, Copy)]
    pub struct Read;

    impl Permission for Read {
        const SLUG: &'static str = "members:read";
        const RESOURCE: &'static str = "members";
        const KIND: Kind = Kind::Read;
    }
}

/// `audit:*`
pub mod audit {
    use super::{Kind, Permission};

    /// `audit:read`
    #[derive(Debug, Clone, Copy)]
    pub struct Read;

    impl Permission for Read {
        const SLUG: &'static str = "audit:read";
        const RESOURCE: &'static str = "audit";
        const KIND: Kind = Kind::Read;
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
