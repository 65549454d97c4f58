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
//! | `own` | the tenant itself, and making another |
//! | `invitations/` | who may join |
//! | `custom_fields/` | the fields that it adds to resources, and how it shows theirs |

mod authority;
pub(crate) mod custom_fields;
mod explain;
mod invitations;
mod lock;
mod members;
mod membership;
pub(crate) mod onboarding;
mod own;
mod resolve;
mod roles;
pub(crate) mod slug;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod twins;

pub(crate) use authority::Authority;
pub(crate) use explain::{Decision, Explanation, explain_to_operator};
pub(crate) use invitations::{
    Invitation, accept_for as accept_invitation, find as find_invitation, open as open_invitation,
};
pub(crate) use lock::{lock, lock_in};
pub(crate) use members::Departure;
pub(crate) use membership::{Membership, membership, place_of, standing_in};
pub(crate) use resolve::{Tenant, by_id, by_slug as find, require_own_host, resolve};

use crate::http::Api;

/// Registers their routes, but for those of fields of their own.
pub(crate) fn register(api: &mut Api) {
    own::register(api);
    members::register(api);
    roles::register(api);
    invitations::register(api);
}
