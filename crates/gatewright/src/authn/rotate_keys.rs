//! The next signing key, when an operator asks for it.

use jiff::Timestamp;

use super::signing_key::Successor;
use crate::error::Result;
use crate::runtime::Runtime;

/// Makes the next key of access tokens and answers when it begins to sign. `now`: at once, and all
/// others are retired.
///
/// # Errors
/// 503 when the database does not answer.
pub(crate) async fn rotate_keys(runtime: &Runtime, now: bool) -> Result<Timestamp> {
    let successor = if now {
        Successor::AtOnce
    } else {
        Successor::InTime
    };
    let ring = runtime.access_tokens.ring();
    ring.rotate(&runtime.database, successor).await
}
