//! The next signing key, when an operator asks for it.

use jiff::Timestamp;

use super::signing_key::{Seed, Successor};
use crate::error::{Error, Result};
use crate::runtime::Runtime;

/// Makes the next key of access tokens and answers when it begins to sign. `now`: at once, and all
/// others are retired. `pem` is a private key to take in place of a new one.
///
/// # Errors
/// 400 for a text that is no Ed25519 private key, 409 for a key that there was before, 503 when the
/// database does not answer.
pub(crate) async fn rotate_keys(
    runtime: &Runtime,
    now: bool,
    pem: Option<&str>,
) -> Result<Timestamp> {
    let successor = if now {
        Successor::AtOnce
    } else {
        Successor::InTime
    };
    let seed = match pem {
        Some(pem) => Seed::of_pem(pem).ok_or_else(|| {
            let detail = "this is no Ed25519 private key in PEM; make one with `openssl genpkey -algorithm ed25519`";
            Error::bad_request("invalid_key", detail)
        })?,
        None => Seed::generate()?,
    };
    let ring = runtime.access_tokens.ring();
    ring.rotate(&runtime.database, successor, &seed).await
}
