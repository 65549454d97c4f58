//! Tenants: which one a request is for, and who belongs to it.

mod invitations;
mod lock;
mod membership;
pub(crate) mod onboarding;
mod own;
mod resolve;
mod routes;
pub(crate) mod slug;
#[cfg(test)]
mod testing;

pub(crate) use lock::{lock, lock_in};
pub(crate) use membership::{Membership, membership, standing, standing_in};
pub(crate) use resolve::{Tenant, require_own_host, resolve};

use crate::http::Api;

/// Registers all of their routes.
pub(crate) fn register(api: &mut Api) {
    own::register(api);
    routes::register(api);
    invitations::register(api);
}
