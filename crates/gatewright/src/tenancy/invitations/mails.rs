//! What somebody who is invited reads.
//!
//! The names in it are chosen by strangers, and the mail goes to an address that a stranger chose. So a
//! name is one short line, and no program that shows the mail can take a part of it for a link.

use crate::authn::{Email, OpaqueToken};
use crate::error::Result;
use crate::mail::Message;
use crate::runtime::Runtime;
use crate::templates::{INVITATION, Shown};

/// Who invites, and where to.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) tenant: String,
    pub(super) slug: String,
}

/// The link leads to the tenant's own host, whatever host the request named.
fn link(runtime: &Runtime, slug: &str, token: &OpaqueToken) -> String {
    format!(
        "{}/auth/invitations/accept?token={}",
        runtime.settings.base_url.of_tenant(slug),
        token.reveal()
    )
}

pub(super) fn invitation(
    runtime: &Runtime,
    sender: &Sender,
    to: &Email,
    token: &OpaqueToken,
) -> Result<Message> {
    let link = link(runtime, &sender.slug, token);
    let values = [
        ("link", Shown::Link(link)),
        ("sender", Shown::Name(sender.name.clone())),
        ("sender_address", Shown::Fact(sender.email.clone())),
        ("tenant", Shown::Name(sender.tenant.clone())),
    ];
    INVITATION.to(to, runtime, values)
}
