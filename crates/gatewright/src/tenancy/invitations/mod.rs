//! Invitations: who may join a tenant, and with which roles.
//!
//! | file | |
//! | --- | --- |
//! | `routes` | the tenant's side: invite, list, revoke, send again |
//! | `roles` | which roles somebody may invite with |
//! | `view` | an invitation as its tenant sees it |
//! | `mails` | what the one who is invited reads |
//! | `accept` | their side: the link becomes a membership |
//! | `accept_page` | its pages |
//!
//! An invitation is a promise of whoever invites, and worth what they may promise: at its creation
//! and once more when it is accepted. Whoever was demoted meanwhile gives no more than they may give
//! then, and whoever is gone gives nothing.

mod accept;
mod accept_page;
mod mails;
mod roles;
mod routes;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use accept::{Found as Invitation, accept_for, find, open};

use std::time::Duration;

use crate::http::Api;

/// How long a link can be used.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long after a mail the next may follow.
const BETWEEN_MAILS: Duration = Duration::from_secs(60);

pub(super) fn register(api: &mut Api) {
    routes::register(api);
    accept::register(api);
}
