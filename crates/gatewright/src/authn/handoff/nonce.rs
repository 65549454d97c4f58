//! The cookie that ties a handoff to the browser that asked for it.

use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

use crate::authn::cookies::{self, Lookup};
use crate::authn::next_path::next_path;
use crate::digest::sha256_hex;
use crate::error::{Error, Result};

/// The cookie's name. `__Host-` keeps other hosts from planting it.
pub(super) const COOKIE: &str = "__Host-handoff";

const BYTES: usize = 32;

/// A fresh one, as the cookie holds it.
pub(super) fn generate() -> Result<String> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What travels in its place and is stored: SHA-256 in hexadecimal.
pub(super) fn hash(nonce: &str) -> String {
    sha256_hex(nonce.as_bytes())
}

/// Whether a text can be such a hash.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// What the cookie holds: the nonce, the slug of the host that was asked for a code, and the path to go to
/// with it.
#[derive(Debug)]
pub(super) struct Held {
    nonce: String,
    from: String,
    /// In base64url.
    next: String,
}

impl Held {
    /// `from` is none for the base host.
    pub(super) fn new(nonce: String, from: Option<&str>, next: &str) -> Self {
        Self {
            nonce,
            from: from.unwrap_or_default().to_owned(),
            next: URL_SAFE_NO_PAD.encode(next),
        }
    }

    /// What the browser holds for this host.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let Lookup::One(value) = cookies::find(headers, COOKIE) else {
            return None;
        };
        let (nonce, rest) = value.split_once('.')?;
        let (from, next) = rest.split_once('.')?;
        Some(Self {
            nonce: nonce.to_owned(),
            from: from.to_owned(),
            next: next.to_owned(),
        })
    }

    pub(super) fn hash(&self) -> String {
        hash(&self.nonce)
    }

    /// The path to go to, judged anew: a cookie is the browser's to change.
    pub(super) fn next(&self) -> String {
        let path = URL_SAFE_NO_PAD.decode(&self.next).ok();
        let path = path.and_then(|bytes| String::from_utf8(bytes).ok());
        next_path(path.as_deref())
    }

    /// The slug of the host that was asked, empty for the base host.
    pub(super) fn from(&self) -> &str {
        &self.from
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.nonce, self.from, self.next)
    }
}
