//! The routes of accounts and sessions.

use super::{
    account_delete, email_change, handoff, jwks, login, logout, me, oauth, password_change,
    password_reset, reauthentication, refresh, resend_verification, session_list, signup,
    verify_email,
};
use crate::authz::{public, signed_in};
use crate::http::Api;

/// Registers them all.
pub(crate) fn register(api: &mut Api) {
    api.post("/auth/signup", public(signup::signup));
    api.get("/auth/verify-email", public(verify_email::show_form));
    api.post("/auth/verify-email", public(verify_email::verify_email));
    api.post(
        "/auth/verify-email/resend",
        public(resend_verification::resend),
    );
    api.post("/auth/login", public(login::login));
    api.post("/auth/refresh", public(refresh::refresh));
    api.post("/auth/logout", signed_in(logout::logout));
    api.post("/auth/logout-all", signed_in(logout::logout_all));
    api.get("/auth/sessions", signed_in(session_list::list));
    api.delete("/auth/sessions/{id}", signed_in(session_list::end));
    api.get("/.well-known/jwks.json", public(jwks::jwks));
    api.get("/auth/me", signed_in(me::me));
    api.patch("/auth/me", signed_in(me::update));
    api.post("/auth/account/delete", signed_in(account_delete::delete));
    api.post("/auth/email/change", signed_in(email_change::change));
    api.post("/auth/email/confirm", public(email_change::confirm));
    api.post(
        "/auth/reauthenticate",
        signed_in(reauthentication::reauthenticate),
    );
    api.post("/auth/password/change", signed_in(password_change::change));
    api.post("/auth/password/forgot", public(password_reset::forgot));
    api.post("/auth/password/reset", public(password_reset::reset));
    handoff::register(api);
    oauth::register(api);
}
