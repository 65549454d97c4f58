//! Access tokens: JWTs (RFC 7519) in the profile of RFC 9068, signed with Ed25519 (RFC 8037).
//!
//! A token proves that we issued it for a session, no more: tenant, roles and whether the session
//! still lives are read for each request. What is checked is RFC 8725's advice taken strictly. The
//! JWT library checks the signature, issuer and audience; it would take a header with members that
//! it does not understand, an `exp` of this very second and fractional times, so these are ours.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::signing_key::{KeyRing, Keys, SigningKey};
use crate::clock;
use crate::config::Settings;
use crate::error::Error;
use crate::store::Database;

/// RFC 9068 section 2.1. No other token of ours carries it, so none can pass for an access token.
const TYPE: &str = "at+jwt";

/// Ours have about 500 bytes; parsing anything much longer is work for nothing.
const LONGEST: usize = 2_048;

/// Issues and verifies access tokens. Without a key, so before [`start`](Self::start), it does neither.
pub(crate) struct AccessTokens {
    ring: KeyRing,
    /// Both issuer and audience: this application's origin.
    origin: String,
    lifetime: Duration,
    validation: Validation,
}

/// What a verified token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) session_id: Uuid,
    pub(crate) user_id: Uuid,
    /// `exp`, in seconds of Unix time.
    pub(crate) expires_at: i64,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// Not one that we issued, or not good yet.
    Invalid,
    /// Right in everything but its time.
    Expired,
    /// It may be one of ours: it names a key that this process does not know, or no more.
    UnknownKey,
}

/// The claims on the wire; all are required. Issuer and audience are one string each: the arrays
/// that RFC 7519 allows would let a token be meant for others as well.
#[derive(Serialize, Deserialize)]
struct WireClaims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// # Errors
    /// 500 when the cryptography library refuses.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let origin = settings.base_url.to_string();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&origin]);
        validation.set_audience(&[&origin]);
        // Presence and type are WireClaims' to demand; the times are checked below, without leeway.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            ring: KeyRing::new(settings)?,
            origin,
            lifetime: settings.access_token_ttl,
            validation,
        })
    }

    /// Reads the keys from a database that was migrated, and makes the first where there is none.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(crate) async fn start(&self, database: &Database) -> Result<(), Error> {
        self.ring.start(database).await
    }

    /// Reads the keys that there are now.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(crate) async fn reload_keys(&self, database: &Database) -> Result<(), Error> {
        self.ring.reload(database).await
    }

    /// Retires old keys and makes the next in time.
    ///
    /// # Errors
    /// 503 when the database does not answer.
    pub(crate) async fn maintain_keys(&self, database: &Database) -> Result<(), Error> {
        self.ring.maintain(database).await
    }

    /// The keys, and where they come from.
    pub(super) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// A token for a session, good from now on for [`lifetime`](Self::lifetime).
    ///
    /// # Errors
    /// 500 when signing fails, 503 without a key.
    pub(crate) fn issue(&self, session_id: Uuid, user_id: Uuid) -> Result<String, Error> {
        self.issue_from(session_id, user_id, clock::now())
    }

    /// One that is good from another moment on.
    pub(super) fn issue_from(
        &self,
        session_id: Uuid,
        user_id: Uuid,
        from: Timestamp,
    ) -> Result<String, Error> {
        let keys = self.ring.keys();
        let key = keys
            .signer(clock::now())
            .ok_or_else(|| Error::unavailable().caused_by("there is no signing key"))?;
        let claims = WireClaims {
            iss: self.origin.clone(),
            aud: self.origin.clone(),
            sub: user_id,
            sid: session_id,
            jti: Uuid::now_v7(),
            iat: from.as_second(),
            nbf: from.as_second(),
            exp: clock::after(from, self.lifetime).as_second(),
        };
        jsonwebtoken::encode(&header_of(key), &claims, &key.encoding).map_err(Error::internal)
    }

    /// How long a new token is good.
    pub(crate) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Checks a token without the database. Pure but for the clock, so a good token's claims are
    /// remembered.
    pub(crate) fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Invalid);
        }
        let now = clock::now();
        let keys = self.ring.keys();
        keys.verified()
            .claims(token, now.as_second(), || self.verify_by(&keys, token, now))
    }

    fn verify_by(&self, keys: &Keys, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Invalid);
        }
        // The key comes from this process's memory by its id; nothing in the header can bring or
        // fetch another (RFC 8725 section 3.10).
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let id = header.kid.as_deref().filter(|id| SigningKey::is_id(id));
        let id = id.ok_or(TokenError::Invalid)?;
        let key = keys.verifier(id, now);
        let key = key.ok_or(TokenError::UnknownKey)?;
        // Exactly the header that we write: not one member more, `crit`, `jwk`, `jku`, `x5c` and `b64` among them.
        if header != header_of(key) {
            return Err(TokenError::Invalid);
        }
        let claims = jsonwebtoken::decode::<WireClaims>(token, &key.decoding, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let now = now.as_second();
        if now < claims.nbf || claims.exp <= claims.nbf {
            return Err(TokenError::Invalid);
        }
        // "On or after which the JWT MUST NOT be accepted" (RFC 7519 section 4.1.4).
        if claims.exp <= now {
            return Err(TokenError::Expired);
        }
        Ok(Claims {
            session_id: claims.sid,
            user_id: claims.sub,
            expires_at: claims.exp,
        })
    }
}

fn header_of(key: &SigningKey) -> Header {
    Header {
        typ: Some(TYPE.to_owned()),
        kid: Some(key.id.clone()),
        ..Header::new(Algorithm::EdDSA)
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens")
            .field("ring", &self.ring)
            .field("origin", &self.origin)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
