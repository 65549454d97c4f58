//! Secrets that must be read again, in a database that is not trusted with them: sealed by
//! AES-256-GCM-SIV (RFC 8452), so that what was altered, or put into another row, does not open.
//!
//! A nonce is drawn for each, and the construction survives one that is drawn twice.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;

/// A key of its own for one purpose, by HKDF (RFC 5869) with SHA-256: `label` keeps it apart from
/// every other key of the same secret. The secret must be one that nobody can guess.
///
/// # Errors
/// 500 when the cryptography library refuses, which it has no reason to.
pub(crate) fn derive(secret: &[u8], label: &str) -> Result<[u8; 32], Error> {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(secret)
        .expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut key))
        .map_err(Error::internal)?;
    Ok(key)
}

/// What seals and opens.
pub(crate) struct SealingKey(RandomizedNonceKey);

impl SealingKey {
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Error> {
        RandomizedNonceKey::new(&AES_256_GCM_SIV, key)
            .map(Self)
            .map_err(Error::internal)
    }

    /// Seals a secret as text. It opens with the same `place` alone: the name of where it is kept.
    ///
    /// # Errors
    /// 500 when the system has no randomness.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Result<String, Error> {
        let mut text = secret.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(place), &mut text)
            .map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce.as_ref()[..], &text].concat()))
    }

    /// The secret; `None` for what this key did not seal for this place.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut text);
        opened.ok().map(|secret| secret.to_vec())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(label: &str) -> SealingKey {
        SealingKey::new(&derive(b"a secret of enough bytes", label).unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_alone() {
        let sealed = key("one").seal("here", b"hunter2").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(
            key("one").open("here", &sealed).as_deref(),
            Some(&b"hunter2"[..])
        );
        assert_eq!(key("one").open("there", &sealed), None);
        assert_eq!(key("two").open("here", &sealed), None);
        assert_ne!(sealed, key("one").seal("here", b"hunter2").unwrap());
    }

    #[test]
    fn what_was_altered_does_not_open() {
        let key = key("one");
        let sealed = key.seal("here", b"hunter2").unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert_eq!(
                key.open("here", &URL_SAFE_NO_PAD.encode(altered)),
                None,
                "{at}"
            );
        }
        for senseless in ["", "A", "AAAA", "not base64!", &sealed[..20]] {
            assert_eq!(key.open("here", senseless), None, "{senseless}");
        }
    }
}
