//! Access tokens that were verified before, so that a signature is checked once and not on every request.
//!
//! Whether a token is one of ours is a function of its bytes and of the keys, which forget what they
//! verified when they change; only its time passes, and that is looked at on every hit. Nothing of rights is
//! kept: the session behind the token is read from the database for each request all the same.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use super::access_token::{Claims, TokenError};

/// Tokens in each of the two generations: about half a mebibyte.
const ROOM: usize = 4_096;

/// SHA-256 of a whole token, signature included: what differs in one bit is another token.
type Key = [u8; SHA256_OUTPUT_LEN];

/// Remembers the claims of good tokens; never a refusal, so that junk cannot push them out.
#[derive(Default)]
pub(super) struct VerifiedTokens(Mutex<Generations>);

/// When the young are many they become the old ones, and the old are forgotten unless used since.
#[derive(Default)]
struct Generations {
    young: HashMap<Key, Claims>,
    old: HashMap<Key, Claims>,
}

impl VerifiedTokens {
    /// What `verify` says of the token at `now` (seconds since the epoch), or said of it before.
    ///
    /// # Errors
    /// What `verify` refuses, and [`TokenError::Expired`] from the token's `exp` on.
    pub(super) fn claims(
        &self,
        token: &str,
        now: i64,
        verify: impl FnOnce() -> Result<Claims, TokenError>,
    ) -> Result<Claims, TokenError> {
        let mut key = Key::default();
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(claims) = self.with(|tokens| tokens.find(key)) {
            return if claims.expires_at <= now {
                Err(TokenError::Expired)
            } else {
                Ok(claims)
            };
        }
        let claims = verify()?;
        self.with(|tokens| tokens.keep(key, claims));
        Ok(claims)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Generations) -> T) -> T {
        // A panic inside a map's own code leaves at worst an entry out; those in are whole.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn find(&mut self, key: Key) -> Option<Claims> {
        if let Some(claims) = self.young.get(&key) {
            return Some(*claims);
        }
        let claims = self.old.remove(&key)?;
        self.keep(key, claims);
        Some(claims)
    }

    fn keep(&mut self, key: Key, claims: Claims) {
        if self.young.len() >= ROOM {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, claims);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use uuid::Uuid;

    use super::*;

    fn until(expires_at: i64) -> Claims {
        Claims {
            session_id: Uuid::now_v7(),
            user_id: Uuid::now_v7(),
            expires_at,
        }
    }

    #[test]
    fn a_token_is_verified_once_and_expires_on_time() {
        let tokens = VerifiedTokens::default();
        let verified = Cell::new(0);
        let claims = until(100);
        let ask = |now| {
            tokens.claims("token", now, || {
                verified.set(verified.get() + 1);
                Ok(claims)
            })
        };
        assert_eq!(ask(1), Ok(claims));
        assert_eq!(ask(99), Ok(claims));
        assert_eq!(ask(100), Err(TokenError::Expired));
        assert_eq!(verified.get(), 1);
    }

    #[test]
    fn another_token_is_no_hit() {
        let tokens = VerifiedTokens::default();
        assert!(tokens.claims("token", 1, || Ok(until(100))).is_ok());
        for other in ["tokeN", "token ", "toke", ""] {
            let refused = tokens.claims(other, 1, || Err(TokenError::Invalid));
            assert_eq!(refused, Err(TokenError::Invalid), "{other:?}");
        }
    }

    #[test]
    fn refusals_are_not_remembered() {
        let tokens = VerifiedTokens::default();
        let refused = tokens.claims("token", 1, || Err(TokenError::Invalid));
        assert_eq!(refused, Err(TokenError::Invalid));
        assert!(tokens.claims("token", 1, || Ok(until(100))).is_ok());
    }

    #[test]
    fn room_is_bounded_and_what_is_used_stays() {
        let tokens = VerifiedTokens::default();
        let used = until(100);
        assert_eq!(tokens.claims("used", 1, || Ok(used)), Ok(used));
        for n in 0..5 * ROOM {
            let other = n.to_string();
            assert!(tokens.claims(&other, 1, || Ok(until(100))).is_ok());
            let again = tokens.claims("used", 1, || Err(TokenError::Invalid));
            assert_eq!(again, Ok(used), "after {n}");
        }
        let kept = tokens.with(|tokens| tokens.young.len() + tokens.old.len());
        assert!(kept <= 2 * ROOM, "{kept}");
    }
}
