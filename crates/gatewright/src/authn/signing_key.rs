//! The Ed25519 keys of access tokens, derived from `SECRET_KEY`.
//!
//! Derived rather than stored: a node needs nothing but its settings, and a new `SECRET_KEY` is a
//! new key. A label of its own keeps this key apart from whatever else is derived from the same
//! secret.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};

use crate::config::SecretKey;
use crate::error::Error;

const LABEL: &str = "gatewright access token signing v1";
const ID_CHARS: usize = 16;

/// One key pair with its name.
#[derive(Clone)]
pub(super) struct SigningKey {
    /// Names the key in a token's header: the head of the base64url of its public half's SHA-256.
    pub(super) id: String,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
}

impl SigningKey {
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(super) fn derive(secret: &SecretKey) -> Result<Self, Error> {
        let seed = secret.derive(LABEL)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(Error::internal)?;
        let public = pair.public_key().as_ref();
        let mut id = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, public));
        id.truncate(ID_CHARS);
        let private = pair.to_pkcs8v1().map_err(Error::internal)?;
        Ok(Self {
            id,
            encoding: EncodingKey::from_ed_der(private.as_ref()),
            // Despite its name it takes the 32 raw bytes.
            decoding: DecodingKey::from_ed_der(public),
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
