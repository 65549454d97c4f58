//! The routes of accounts and sessions. Those that people have pages for are in `pages`.

use super::{handoff, jwks, me, pages, refresh, session_list, verify_email};
use crate::authz::{public, signed_in};
use crate::http::Api;

/// Registers them all.
pub(crate) fn register(api: &mut Api) {
    api.get(
        "/auth/verify-email",
        public(verify_email::show_form).with_pages(),
    );
    api.post(
        "/auth/verify-email",
        public(verify_email::verify_email).with_pages(),
    );
    api.post("/auth/refresh", public(refresh::refresh));
    api.get("/auth/sessions", signed_in(session_list::list));
    api.delete("/auth/sessions/{id}", signed_in(session_list::end));
    api.get("/.well-known/jwks.json", public(jwks::jwks));
    api.get("/auth/me", signed_in(me::me));
    pages::register(api);
    handoff::register(api);
}
