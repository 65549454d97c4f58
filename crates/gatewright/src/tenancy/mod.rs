//! Tenants: which one a request is for, and who belongs to it.

pub(crate) mod custom_fields;
mod membership;
pub(crate) mod onboarding;
mod resolve;
mod routes;
pub(crate) mod slug;

pub(crate) use membership::{Membership, membership, standing};
pub(crate) use resolve::{Tenant, require_own_host, resolve};
pub(crate) use routes::register;
