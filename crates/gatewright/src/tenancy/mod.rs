//! Tenants: which one a request is for, who belongs to it, and what they may do there.
//!
//! | | |
//! | --- | --- |
//! | `resolve`, `membership` | which tenant a request is for, and the caller's roles in it: the gate's |
//! | `lock`, `authority` | what changes members or roles takes turns, and judges its caller anew |
//! | `members/` | who belongs to the tenant |
//! | `roles/` | what its roles hold |
//! | `explain` | why somebody may do something there, or may not |
//! | `onboarding`, `slug` | how a tenant comes to be |

mod authority;
mod explain;
mod lock;
mod members;
mod membership;
pub(crate) mod onboarding;
mod resolve;
mod roles;
mod routes;
pub(crate) mod slug;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod twins;

pub(crate) use authority::Authority;
pub(crate) use explain::{Decision, Explanation, explain_to_operator};
pub(crate) use lock::{lock, lock_in};
pub(crate) use membership::{Membership, membership, standing};
pub(crate) use resolve::{Tenant, require_own_host, resolve};

use crate::http::Api;

pub(crate) fn register(api: &mut Api) {
    routes::register(api);
    members::register(api);
    roles::register(api);
}
