//! Who may do what: permissions, grants and the gate that makes them.
//!
//! | term | here |
//! | --- | --- |
//! | permission | a slug such as `products:create`; in code a type that implements [`Permission`] |
//! | role | a named set of permissions; a membership has any number of roles |
//! | membership | what ties an account to a tenant |
//! | grant | the proof that this request may use this permission in this tenant, now |
//! | access kind | what a route asks of a request before its handler runs: [`Access`] |
//!
//! A request meets the [gate](grant): it authenticates, resolves the tenant, reads membership and
//! roles, tests the permission bits, and only then issues one [`Grant`] for each permission of the
//! route. All grants of a request share one unit of work, which closes with the request. Data
//! access takes a grant and reads the tenant from it; there is no other way to the database.
//!
//! [`protect`] ties both ends: the permissions that a route declares are the types of the grants
//! that its handler takes, or the program does not compile.

mod access;
mod account;
mod grant;
mod handler;
mod permission;
pub mod permissions;
mod platform;
mod protect;
mod role;
mod standing;

pub use access::{Access, RouteSpec};
pub use account::Account;
pub(crate) use grant::{Admission, Gate, Need};
pub use grant::{Grant, PlatformGrant};
pub use handler::{Handles, HandlesPublic};
pub use permission::{Covers, Permission};
pub(crate) use permission::{names, same};
pub use permissions::Member;
pub use platform::{
    EnterTenants, PlatformPermission, ReadAudit, ReadTenants, ReadUsers, SuspendTenants,
    SuspendUsers,
};
pub(crate) use protect::member_who_writes;
pub use protect::{Decided, Endpoint, Needs, member, platform, protect, public, signed_in};
pub(crate) use role::{Extent, Held, Holder, Roles};
pub(crate) use standing::{Effect, Override, ROLE_COLUMNS, Role, Standing};
