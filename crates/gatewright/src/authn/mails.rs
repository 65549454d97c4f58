//! What accounts are written. Links lead to `BASE_URL`, whatever host the request named: an attacker
//! who chooses the `Host` header must not choose where a stranger's secret goes.

use super::email::Email;
use super::opaque_token::OpaqueToken;
use crate::mail::Message;
use crate::runtime::Runtime;

/// Where a token is spent.
pub(super) fn verification_link(runtime: &Runtime, token: &OpaqueToken) -> String {
    format!(
        "{}/auth/verify-email?token={}",
        runtime.settings.base_url,
        token.reveal()
    )
}

pub(super) fn verify_address(runtime: &Runtime, email: &Email, token: &OpaqueToken) -> Message {
    let app = runtime.model.app;
    let link = verification_link(runtime, token);
    Message {
        recipient: email.as_given().to_owned(),
        subject: format!("Confirm your address for {app}"),
        body: format!(
            "Somebody signed up for {app} with this address.\n\n\
             If it was you, open this link within 24 hours and enter the password that you chose:\n\n\
             {link}\n\n\
             If it was not you, ignore this mail; no account will be made.\n"
        ),
        html: None,
    }
}

pub(super) fn already_registered(runtime: &Runtime, email: &Email) -> Message {
    let app = runtime.model.app;
    let origin = &runtime.settings.base_url;
    Message {
        recipient: email.as_given().to_owned(),
        subject: format!("You already have an account at {app}"),
        body: format!(
            "Somebody tried to sign up for {app} with this address, which has an account.\n\n\
             If it was you, sign in instead:\n\n\
             {origin}\n\n\
             If it was not you, there is nothing to do; your account is as it was.\n"
        ),
        html: None,
    }
}
