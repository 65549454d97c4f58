//! The Ed25519 keys of access tokens: stored, sealed, and followed by the next before they are old.
//!
//! | time | a key |
//! | --- | --- |
//! | made | every node learns it, by reading the table each [`RELOAD`]; it is published already |
//! | from `signs_from` on | it signs, until the next one does |
//! | until the next one signs, and a token's lifetime more | it verifies what it signed |
//! | after that | it is retired: its private half is erased |
//!
//! The private half is sealed under `SECRET_KEY` with the key's name beside it, so a copy of the
//! database signs nothing, and a row that somebody else wrote does not open and is no key. After a
//! change of `SECRET_KEY` the one before opens it, and it is sealed anew.

mod keys;
mod ring;
mod rows;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};

use crate::error::Error;

pub(super) use keys::Keys;
#[cfg(test)]
pub(super) use keys::Scheduled;
pub(crate) use ring::reload_forever;
pub(super) use ring::{KeyRing, Successor};

/// How often each node reads the keys that there are.
pub(super) const RELOAD: Duration = Duration::from_secs(60);

/// How long before it signs a new key is made: every node has read it by then, even one that failed to
/// read it once.
const LEAD: Duration = RELOAD.saturating_mul(2);

/// How far the clocks of nodes may lie apart.
const SKEW: Duration = Duration::from_secs(60);

/// A key that has signed for so long gets a successor.
const OLDEST: Duration = Duration::from_secs(90 * 24 * 60 * 60);

const SEED_BYTES: usize = 32;
const ID_CHARS: usize = 16;

/// What stands before the seed in PKCS#8, for Ed25519 and without attributes.
const PKCS8_HEAD: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// One key pair with its name.
#[derive(Clone)]
pub(super) struct SigningKey {
    /// Names the key in a token's header: the head of the base64url of its public half's SHA-256.
    pub(super) id: String,
    /// The public half in base64url, as a JWK has it (RFC 8037 section 2).
    pub(super) public: String,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
}

/// A private half (RFC 8032 section 5.1.5). Never printed, and kept nowhere but sealed.
pub(super) struct Seed([u8; SEED_BYTES]);

impl Seed {
    /// # Errors
    /// 500 when the system has no randomness.
    pub(super) fn generate() -> Result<Self, Error> {
        let mut seed = [0; SEED_BYTES];
        rand::fill(&mut seed).map_err(Error::internal)?;
        Ok(Self(seed))
    }

    /// That of a file: PKCS#8 (RFC 8410 section 7) in PEM, as `openssl genpkey` writes it. `None` for
    /// anything else.
    pub(super) fn of_pem(pem: &str) -> Option<Self> {
        let body = pem.trim().strip_prefix("-----BEGIN PRIVATE KEY-----")?;
        let body = body.strip_suffix("-----END PRIVATE KEY-----")?;
        let body: String = body.split_whitespace().collect();
        let der = STANDARD.decode(body).ok()?;
        Self::of(der.strip_prefix(PKCS8_HEAD)?)
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl SigningKey {
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(super) fn of(seed: &Seed) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed.0).map_err(Error::internal)?;
        let public = pair.public_key().as_ref();
        let mut id = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, public));
        id.truncate(ID_CHARS);
        let private = pair.to_pkcs8v1().map_err(Error::internal)?;
        Ok(Self {
            id,
            public: URL_SAFE_NO_PAD.encode(public),
            encoding: EncodingKey::from_ed_der(private.as_ref()),
            // Despite its name it takes the 32 raw bytes.
            decoding: DecodingKey::from_ed_der(public),
        })
    }

    /// Whether a text can name a key of ours.
    pub(super) fn is_id(text: &str) -> bool {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        text.len() == ID_CHARS && text.bytes().all(known)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}
