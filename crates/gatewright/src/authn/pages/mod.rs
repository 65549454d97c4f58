//! The pages of accounts: what people see, and the forms that they send.
//!
//! | file | |
//! | --- | --- |
//! | `login`, `signup` | the ways in |
//! | `recovery` | the ways back in |
//! | `account` | `/account`: what is theirs, another password, and its end |
//! | `address` | another address |
//! | `sessions` | `/account/sessions`: where they are signed in; signing out |
//! | `reauthenticate` | the password again, in between |
//! | `notices` | what was done before a page |
//!
//! A form goes to the path that programs send JSON to, and what it asks for is done by the same function. It is
//! answered with 303 to a page that says what was done, so that nobody sends it twice by going back; or, refused,
//! with its page and the status that a program would get.

mod account;
mod address;
mod login;
mod notices;
mod reauthenticate;
mod recovery;
mod sessions;
pub(super) mod signup;

use axum::response::Response;
use http::Uri;
use http::header;
use jiff::Timestamp;

use super::next_path::next_path;
use super::session::Transport;
use super::verify_email;
use crate::authz::{public, signed_in};
use crate::error::{Error, Result};
use crate::http::{Api, Context, html, register_style};
use crate::templates::Provider;

/// Where somebody who is signed in belongs.
const ACCOUNT: &str = "/account";

/// Registers them, and the routes that their forms are sent to.
pub(super) fn register(api: &mut Api) {
    register_style(api);
    api.get("/auth/login", public(login::show).with_pages());
    api.post("/auth/login", public(login::submit).with_pages());
    api.get("/auth/signup", public(signup::show).with_pages());
    api.post("/auth/signup", public(signup::submit).with_pages());
    api.get(
        "/auth/verify-email",
        public(verify_email::show_form).with_pages(),
    );
    api.post(
        "/auth/verify-email",
        public(verify_email::verify_email).with_pages(),
    );
    api.get(
        "/auth/verify-email/resend",
        public(recovery::show_resend).with_pages(),
    );
    api.post(
        "/auth/verify-email/resend",
        public(recovery::resend).with_pages(),
    );
    api.get(
        "/auth/password/forgot",
        public(recovery::show_forgot).with_pages(),
    );
    api.post(
        "/auth/password/forgot",
        public(recovery::forgot).with_pages(),
    );
    api.get(
        "/auth/password/reset",
        public(recovery::show_reset).with_pages(),
    );
    api.post("/auth/password/reset", public(recovery::reset).with_pages());
    api.get(
        "/auth/email/confirm",
        public(address::show_confirm).with_pages(),
    );
    api.post("/auth/email/confirm", public(address::confirm).with_pages());
    register_account(api);
}

/// Those of somebody who is signed in.
fn register_account(api: &mut Api) {
    api.get(ACCOUNT, signed_in(account::show).with_pages());
    api.post(
        "/auth/password/change",
        signed_in(account::change_password).with_pages(),
    );
    api.post(
        "/auth/email/change",
        signed_in(address::change).with_pages(),
    );
    api.post(
        "/account/name",
        signed_in(account::change_name).with_pages(),
    );
    api.post(
        "/auth/account/delete",
        signed_in(account::delete).with_pages(),
    );
    api.post(
        "/auth/reauthenticate",
        signed_in(reauthenticate::submit).with_pages(),
    );
    api.get("/account/sessions", signed_in(sessions::show).with_pages());
    api.post(
        "/account/sessions/{id}/end",
        signed_in(sessions::end).with_pages(),
    );
    api.post("/auth/logout", signed_in(sessions::sign_out).with_pages());
    api.post(
        "/auth/logout-all",
        signed_in(sessions::sign_out_all).with_pages(),
    );
}

/// Where a link or a form says to go: a path of this host, or to the account.
fn next(asked: Option<&str>) -> String {
    match next_path(asked).as_str() {
        super::next_path::DEFAULT => ACCOUNT.to_owned(),
        path => path.to_owned(),
    }
}

/// The other ways in, each with where it leads.
fn providers(context: &Context, next: &str) -> Vec<Provider> {
    let offered = context.runtime.providers.offered();
    offered
        .map(|(name, label)| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("next", next)
                .finish();
            Provider {
                label: label.to_owned(),
                href: format!("/auth/oauth/{name}/start?{query}"),
            }
        })
        .collect()
}

fn next_of(uri: &Uri) -> String {
    next(html::parameter(uri, "next").as_deref())
}

/// A browser's form cannot ask for tokens: its session is in cookies that no script reads.
fn require_cookie(transport: Transport) -> Result<()> {
    match transport {
        Transport::Cookie => Ok(()),
        Transport::Bearer => Err(Error::invalid(
            "transport",
            "invalid_value",
            "A form signs in by cookies.",
        )),
    }
}

/// The answer to a form in place of the answer to a program, with the cookies of the latter.
fn instead(answer: Response, path: &str) -> Response {
    let mut response = html::see_other(path);
    for line in answer.headers().get_all(header::SET_COOKIE) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, line.clone());
    }
    response
}

/// A time for people.
fn shown_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
