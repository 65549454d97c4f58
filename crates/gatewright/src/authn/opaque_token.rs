//! Secrets of 256 random bits that are looked up by their hash: refresh tokens, links in mails.

use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::digest::sha256_hex;
use crate::error::Error;

const SECRET_BYTES: usize = 32;

/// What a token is for. Its prefix keeps one kind from being taken for another (RFC 8725 section 3.12,
/// in spirit), and lets scanners for leaked secrets find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Refresh,
    VerifyEmail,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "gwr_",
            Self::VerifyEmail => "gwv_",
        }
    }
}

/// A token in the clear: on its way to its owner, or just received.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct OpaqueToken(String);

impl OpaqueToken {
    /// # Errors
    /// 500 when the system has no randomness.
    pub(super) fn generate(purpose: Purpose) -> Result<Self, Error> {
        let mut secret = [0; SECRET_BYTES];
        rand::fill(&mut secret).map_err(Error::internal)?;
        Ok(Self(format!(
            "{}{}",
            purpose.prefix(),
            URL_SAFE_NO_PAD.encode(secret)
        )))
    }

    /// A token of exactly the form that `generate` gives; anything else cannot be one of ours.
    pub(super) fn parse(purpose: Purpose, text: &str) -> Option<Self> {
        let secret = text.strip_prefix(purpose.prefix())?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
        (bytes.len() == SECRET_BYTES).then(|| Self(text.to_owned()))
    }

    /// What the database keeps: SHA-256 in hexadecimal. A slow hash would add nothing to 256 random
    /// bits; and a lookup by the hash tells nothing of the token by its timing.
    pub(super) fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// The token for its owner.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_own_text_and_nothing_else_does() {
        let token = OpaqueToken::generate(Purpose::Refresh).unwrap();
        let text = token.reveal().to_owned();
        assert_eq!(
            OpaqueToken::parse(Purpose::Refresh, &text).as_ref(),
            Some(&token)
        );
        assert_eq!(token.hash().len(), 64);
        let truncated = text.get(..text.len() - 1).unwrap();
        let padded = format!("{text}=");
        let appended = format!("{text}A");
        let spaced = format!(" {text}");
        let other = text.replacen("gwr_", "gwv_", 1);
        // 43 characters carry 258 bits; the two spare ones must be zero, or one secret would have four spellings.
        let respelled = format!("{truncated}{}", if text.ends_with('A') { 'B' } else { '_' });
        for forged in [
            truncated,
            &padded,
            &appended,
            &spaced,
            &other,
            &text.to_uppercase(),
            &respelled,
            "",
            "gwr_",
        ] {
            assert_eq!(
                OpaqueToken::parse(Purpose::Refresh, forged),
                None,
                "{forged}"
            );
        }
        assert_eq!(OpaqueToken::parse(Purpose::VerifyEmail, &text), None);
    }

    #[test]
    fn tokens_differ_and_are_not_printed() {
        let token = OpaqueToken::generate(Purpose::Refresh).unwrap();
        assert_ne!(token, OpaqueToken::generate(Purpose::Refresh).unwrap());
        assert!(!format!("{token:?}").contains(token.reveal()));
    }
}
