//! The cookie that ties a handoff to the browser that asked for it.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

use crate::authn::cookies::{self, Lookup};
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

/// The hash of the nonce that the browser holds for this host.
pub(super) fn held(headers: &HeaderMap) -> Option<String> {
    match cookies::find(headers, COOKIE) {
        Lookup::One(nonce) => Some(hash(nonce)),
        Lookup::Absent | Lookup::Malformed | Lookup::Several => None,
    }
}
