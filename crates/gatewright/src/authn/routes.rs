//! The routes of accounts and sessions. Those that people have pages for are in `pages`.

use super::{handoff, jwks, me, oauth, pages, refresh, session_list};
use crate::authz::{public, signed_in};
use crate::http::Api;

/// Registers them all.
pub(crate) fn register(api: &mut Api) {
    api.post("/auth/refresh", public(refresh::refresh));
    api.get("/auth/sessions", signed_in(session_list::list));
    api.delete("/auth/sessions/{id}", signed_in(session_list::end));
    api.get("/.well-known/jwks.json", public(jwks::jwks));
    api.get("/auth/me", signed_in(me::me));
    api.patch("/auth/me", signed_in(me::update));
    pages::register(api);
    handoff::register(api);
    oauth::register(api);
}
