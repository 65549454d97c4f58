//! The Ed25519 keys of access tokens, derived from `SECRET_KEY`.
//!
//! Derived rather than stored: a node needs nothing but its settings, and a new `SECRET_KEY` is a
//! new key. HKDF (RFC 5869) with an `info` of its own keeps this key apart from whatever else will
//! be derived from the same secret.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, hkdf};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};

use crate::config::SecretKey;
use crate::error::Error;

const INFO: &[u8] = b"gatewright access token signing v1";
const SEED_BYTES: usize = 32;
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
        let mut seed = [0; SEED_BYTES];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(secret.as_bytes())
            .expand(&[INFO], SeedLength)
            .and_then(|okm| okm.fill(&mut seed))
            .map_err(Error::internal)?;
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

struct SeedLength;

impl hkdf::KeyType for SeedLength {
    fn len(&self) -> usize {
        SEED_BYTES
    }
}
