//! Signing in by somebody else's word: OpenID Connect, and GitHub's OAuth 2.
//!
//! ```text
//! GET  tenant/auth/oauth/P/start     to the base host, which is at home for all of it
//! GET  base/auth/oauth/P/start       stores a visit, ties it to this browser by a cookie
//! GET  P's authorization endpoint    with state, nonce and the hash of a verifier
//! GET  base/auth/oauth/P/callback    spends the visit, trades the code, checks who it is
//!        sign-in                     a session here; a tenant's host gets its own by the handoff
//!        for a session               GET session's host/auth/oauth/P/finish, where its cookie is
//! ```
//!
//! | file | |
//! | --- | --- |
//! | `provider` | each provider: where it sends a browser, whom it says has come back |
//! | `discovery`, `provider_key` | what an OpenID provider says of itself, and its keys |
//! | `fetch`, `exchange` | requests to providers; the code for tokens |
//! | `id_token`, `github` | who it is, by either way |
//! | `arrival` | who it is, whatever the way |
//! | `visit`, `browser`, `query` | what has begun, in which browser, with which session |
//! | `start`, `callback`, `finish` | the routes of a visit |
//! | `account` | whose account an arrival opens |
//! | `identity`, `identities` | the ways into accounts, and their owner's view of them |
//! | `page` | what a browser sees of a visit that came to nothing |
//!
//! A provider's word is taken for who somebody is there: issuer and subject. Its word on an address is
//! taken as far as `account` says, and never for an account that somebody else may still be in.

mod account;
mod arrival;
mod browser;
mod callback;
mod discovery;
mod exchange;
mod fetch;
mod finish;
mod github;
mod id_token;
mod identities;
mod identity;
mod page;
mod provider;
mod provider_key;
mod query;
mod start;
#[cfg(test)]
mod tests;
mod visit;

pub(crate) use provider::Providers;

use provider::Provider;

use crate::authz::{public, signed_in};
use crate::http::{Api, Context};

pub(super) fn register(api: &mut Api) {
    api.get("/auth/oauth/{provider}/start", public(start::start));
    api.get(
        "/auth/oauth/{provider}/callback",
        public(callback::callback),
    );
    api.get("/auth/oauth/{provider}/finish", public(finish::finish));
    api.post("/auth/oauth/{provider}/link", signed_in(start::link));
    api.get("/auth/identities", signed_in(identities::list));
    api.delete("/auth/identities/{id}", signed_in(identities::remove));
}

/// The base host, where visits are at home.
fn base(context: &Context) -> String {
    context.runtime.settings.base_url.to_string()
}

/// Where a provider sends the browser back. It is registered there, and never made of a request.
fn redirect_uri(context: &Context, provider: &Provider) -> String {
    format!("{}/auth/oauth/{}/callback", base(context), provider.name())
}
