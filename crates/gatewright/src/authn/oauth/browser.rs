//! Which browser asks, and whose session it has.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use super::visit::LIFETIME;
use crate::authn::cookies::{self, Lookup};
use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::authn::session::{Session, Transport};
use crate::authn::{idle_since, verify};
use crate::clock;
use crate::digest::sha256_hex;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::store::{FieldValue, Mode, Scope, Transaction};
use crate::tenancy;

/// Ties a visit to the browser that began it. `__Host-` keeps other hosts from planting it.
const COOKIE: &str = "__Host-oauth";

const BYTES: usize = 32;

/// What the cookie of a browser holds.
pub(super) struct Browser(String);

impl Browser {
    /// The one that the request's cookie names.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        match cookies::find(headers, COOKIE) {
            Lookup::One(value) => {
                let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
                (bytes.len() == BYTES).then(|| Self(value.to_owned()))
            }
            Lookup::Absent | Lookup::Malformed | Lookup::Several => None,
        }
    }

    /// The same, or a new one: a browser may visit providers from two tabs at once.
    pub(super) fn of_or_new(headers: &HeaderMap) -> Result<Self> {
        match Self::of(headers) {
            Some(browser) => Ok(browser),
            None => Ok(Self(random()?)),
        }
    }

    /// What is stored.
    pub(super) fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// `Set-Cookie`, for as long as a visit may take.
    pub(super) fn cookie(&self) -> Result<HeaderValue> {
        cookies::set(COOKIE, &self.0, LIFETIME)
    }
}

/// 256 random bits in base64url: a cookie, a verifier (RFC 7636 section 4.1) or a nonce.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The session of a browser, which is of this host. An access token may have expired while its owner
/// was at the provider; then the refresh token says whose the browser is, and is not spent by that.
///
/// # Errors
/// 401 for a browser without one.
pub(super) async fn session(context: &Context, headers: &HeaderMap) -> Result<Session> {
    let runtime = &context.runtime;
    let credential = match verify(runtime, headers).await {
        Ok(Some(credential)) => Some(credential),
        Ok(None) => return Err(Error::unauthenticated()),
        Err(error) if error.code() == "token_expired" => None,
        Err(error) => return Err(error),
    };
    let database = &runtime.database;
    let mut read = database.begin(Scope::Accounts, Mode::Read).await?;
    let session = match credential {
        Some(credential) => credential.session(&mut read).await?,
        None => by_refresh_token(&mut read, context, headers).await?,
    };
    if session.transport != Transport::Cookie {
        return Err(Error::unauthenticated());
    }
    tenancy::require_own_host(&mut read, &context.host, &session).await?;
    read.commit().await?;
    Ok(session)
}

async fn by_refresh_token(
    transaction: &mut Transaction,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Session> {
    let Lookup::One(text) = cookies::find(headers, cookies::REFRESH) else {
        return Err(Error::token_expired());
    };
    let token = OpaqueToken::parse(Purpose::Refresh, text).ok_or_else(Error::unauthenticated)?;
    let sql = "SELECT session_id FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NULL";
    let rows = transaction.run(sql, &[token.hash().into_value()]).await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::token_expired)?;
    let id: Uuid = row.next().map_err(Error::internal)?;
    let idle = idle_since(&context.runtime, clock::now());
    let session = Session::find(transaction, id, idle).await?;
    session.ok_or_else(Error::unauthenticated)
}
