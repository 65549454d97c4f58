//! Who is asking: accounts, credentials, sessions and the flows that make them.
//!
//! | term | here |
//! | --- | --- |
//! | credential | what a request presents to say whose it is; one [scheme] each |
//! | session | one sign-in of one user, with an absolute end and an end when it goes unused; every credential of it dies with it |
//! | transport | how a session's credentials travel: host-only cookies, or a bearer token; never both |
//! | access token | a signed JWT of minutes that names a session; says nothing of rights |
//! | refresh token | an opaque secret, stored hashed, good for one rotation |
//! | pending registration | a sign-up whose address nobody has verified; no account yet |
//!
//! A request: `scheme::presented` finds the one credential, [`AccessTokens::verify`] checks it
//! without the database (a token that was good before by its hash and its time alone), [`Session::find`] reads the session with its user. A scheme has three answers: not
//! presented, good, bad. A bad one ends the request, whatever else it carries.
//!
//! ```text
//! Cookie: __Host-access    \
//! Authorization: Bearer     } presented -> verify -> find -> Session
//! X-API-Key (refused)      /
//! ```
//!
//! A sign-in walks three states, each of which only the one before can make: `Identified` (the
//! password was right; a second factor belongs after it), `Admitted` (the host lets this user in),
//! then tokens. The session is read anew for every request, so a logout, a suspension or a
//! detected theft holds from the next request on, not from a token's expiry.
//!
//! Whatever verifies a password does it inside [`guessing::attempt`], which holds back whoever guesses. A new
//! password becomes a [`NewPassword`] by [`Passwords::choose`], and nothing else can be hashed for the first time.
//!
//! Whoever changes an account holds its row first (`account_row`): links, password and sessions of one account change one
//! at a time. A link in a mail is a token of `mailed_token`, and what only writes a mail is done `afterwards`, when the
//! request is answered.
//!
//! Refusals that must leave a trace (a failed sign-in, a refresh token that comes twice) commit in
//! a transaction of their own; the request they refuse has nothing to roll back.

mod access_token;
mod account_delete;
mod account_row;
mod account_view;
mod afterwards;
mod audit;
mod cookies;
mod device;
mod email;
mod email_change;
mod guessing;
mod handoff;
mod invited;
mod jwks;
mod login;
mod logout;
mod mail_pause;
mod mailed_token;
mod mails;
mod me;
mod new_device;
mod next_path;
mod oauth;
mod one_time_token;
mod opaque_token;
mod pages;
mod password;
mod password_change;
mod password_policy;
mod password_reset;
mod platform_admin;
mod reauthentication;
mod refresh;
mod refresh_token;
mod registration;
mod resend_verification;
mod rotate_keys;
mod routes;
mod scheme;
mod session;
mod session_list;
mod sign_in;
mod signing_key;
mod signup;
mod stored_password;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod verified_tokens;
mod verify_email;

use axum::response::Response;
use http::{HeaderMap, header};
use jiff::Timestamp;

pub(crate) use access_token::AccessTokens;
use access_token::{Claims, TokenError};
pub(crate) use afterwards::Afterwards;
pub(crate) use email::Email;
pub(crate) use guessing::FORGOTTEN_AFTER;
pub(crate) use handoff::handoff_location;
pub(crate) use invited::{Invited, Proof};
pub(crate) use new_device::KNOWN_FOR;
pub(crate) use oauth::Providers;
pub(crate) use opaque_token::OpaqueToken;
pub(crate) use password::Passwords;
pub(crate) use password_policy::{NewPassword, Owner, Password};
pub(crate) use platform_admin::create_super_admin;
pub(crate) use refresh::renew_in_place;
pub(crate) use registration::{Registration, create_account};
pub(crate) use rotate_keys::rotate_keys;
pub(crate) use routes::register;
pub(crate) use session::{PlatformRole, Session, Transport, is_active};
pub(crate) use signing_key::reload_forever as reload_keys_forever;

use crate::clock;
use crate::error::Error;
use crate::runtime::Runtime;
use crate::store::Transaction;

/// A credential that is one of ours; whether its session still lives is another question.
#[derive(Debug)]
pub(crate) struct Verified {
    claims: Claims,
    transport: Transport,
    idle_since: Timestamp,
}

/// Checks the credential of a request, without the database unless it names an unknown key; `None`
/// when it presents none.
///
/// # Errors
/// 401 for a credential that is not good, 400 `ambiguous_credential` for two at once, 503 when the
/// keys cannot be read.
pub(crate) async fn verify(
    runtime: &Runtime,
    headers: &HeaderMap,
) -> Result<Option<Verified>, Error> {
    let Some(credential) = scheme::presented(headers)? else {
        return Ok(None);
    };
    let tokens = &runtime.access_tokens;
    let mut claims = tokens.verify(credential.token);
    if claims == Err(TokenError::UnknownKey) {
        // Another node may have made the key since this one read them.
        tokens.ring().ask_again(&runtime.database).await?;
        claims = tokens.verify(credential.token);
    }
    let claims = claims.map_err(|error| match error {
        TokenError::Expired => Error::token_expired(),
        TokenError::Invalid | TokenError::UnknownKey => Error::unauthenticated(),
    })?;
    Ok(Some(Verified {
        claims,
        transport: credential.transport,
        idle_since: idle_since(runtime, clock::now()),
    }))
}

/// A session that was last used before this is over.
fn idle_since(runtime: &Runtime, now: Timestamp) -> Timestamp {
    clock::before(now, runtime.settings.session_idle_ttl)
}

/// Makes the browser forget a session that is over.
///
/// # Errors
/// None in practice; the header's type asks for it.
pub(crate) fn forget_session(response: &mut Response) -> Result<(), Error> {
    let lines = cookies::clear()?.map(|line| (header::SET_COOKIE, line));
    response.headers_mut().extend(lines);
    Ok(())
}

impl Verified {
    /// The session that the credential belongs to.
    ///
    /// # Errors
    /// 401 when it is over, 503 when it cannot be read: a check that cannot be made is a refusal.
    pub(crate) async fn session(self, transaction: &mut Transaction) -> Result<Session, Error> {
        let session = Session::find(transaction, self.claims.session_id, self.idle_since).await?;
        // A token taken from a cookie is worth nothing in a header, nor the other way round.
        session
            .filter(|session| {
                session.transport == self.transport && session.user.id == self.claims.user_id
            })
            .ok_or_else(Error::unauthenticated)
    }
}
