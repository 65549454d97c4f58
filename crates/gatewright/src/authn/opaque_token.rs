//! Secrets of 256 random bits that are looked up by their hash: refresh tokens, links in mails.

use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::digest::sha256_hex;
use crate::error::Error;

const SECRET_BYTES: usize = 32;
const TENANT_BYTES: usize = 16;

/// What a token is for. Its prefix keeps one kind from being taken for another (RFC 8725 section 3.12,
/// in spirit), and lets scanners for leaked secrets find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Refresh,
    VerifyEmail,
    /// Carries the id of its tenant, without which its row could not be read.
    Invitation,
    /// From one host to another.
    Handoff,
    /// Another password, for whoever reads the account's mail.
    ResetPassword,
    /// Another address, for whoever reads its mail.
    ChangeEmail,
    /// The `state` of a visit to a provider.
    OAuthState,
    /// From a provider's answer to the host of the session that asked for it.
    OAuthFinish,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "gwr_",
            Self::VerifyEmail => "gwv_",
            Self::Invitation => "gwi_",
            Self::Handoff => "gwh_",
            Self::ResetPassword => "gwp_",
            Self::ChangeEmail => "gwe_",
            Self::OAuthState => "gwo_",
            Self::OAuthFinish => "gwf_",
        }
    }

    /// As `one_time_tokens` names it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::VerifyEmail => "verify_email",
            Self::Invitation => "invitation",
            Self::Handoff => "handoff",
            Self::ResetPassword => "reset_password",
            Self::ChangeEmail => "change_email",
            Self::OAuthState => "oauth_state",
            Self::OAuthFinish => "oauth_finish",
        }
    }

    /// How many bytes stand before the secret.
    const fn tenant_bytes(self) -> usize {
        match self {
            Self::Refresh
            | Self::VerifyEmail
            | Self::Handoff
            | Self::ResetPassword
            | Self::ChangeEmail
            | Self::OAuthState
            | Self::OAuthFinish => 0,
            Self::Invitation => TENANT_BYTES,
        }
    }
}

/// A token in the clear: on its way to its owner, or just received.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OpaqueToken(String);

impl OpaqueToken {
    /// # Errors
    /// 500 when the system has no randomness.
    pub(super) fn generate(purpose: Purpose) -> Result<Self, Error> {
        Self::after(purpose, &[])
    }

    /// A token of an invitation into a tenant.
    ///
    /// # Errors
    /// 500 when the system has no randomness.
    pub(crate) fn invitation(tenant_id: Uuid) -> Result<Self, Error> {
        Self::after(Purpose::Invitation, tenant_id.as_bytes())
    }

    fn after(purpose: Purpose, head: &[u8]) -> Result<Self, Error> {
        let mut secret = [0; SECRET_BYTES];
        rand::fill(&mut secret).map_err(Error::internal)?;
        let secret = URL_SAFE_NO_PAD.encode([head, &secret].concat());
        Ok(Self(format!("{}{secret}", purpose.prefix())))
    }

    /// An invitation's token with the tenant that it names. Whether there is either is for the
    /// database to say.
    pub(crate) fn parse_invitation(text: &str) -> Option<(Self, Uuid)> {
        let (token, bytes) = Self::read(Purpose::Invitation, text)?;
        let tenant = bytes.get(..TENANT_BYTES)?;
        Some((token, Uuid::from_slice(tenant).ok()?))
    }

    /// A token of exactly the form that `generate` gives; anything else cannot be one of ours.
    pub(super) fn parse(purpose: Purpose, text: &str) -> Option<Self> {
        Self::read(purpose, text).map(|(token, _)| token)
    }

    fn read(purpose: Purpose, text: &str) -> Option<(Self, Vec<u8>)> {
        let secret = text.strip_prefix(purpose.prefix())?;
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
        let whole = bytes.len() == purpose.tenant_bytes() + SECRET_BYTES;
        whole.then(|| (Self(text.to_owned()), bytes))
    }

    /// What the database keeps: SHA-256 in hexadecimal. A slow hash would add nothing to 256 random
    /// bits; and a lookup by the hash tells nothing of the token by its timing.
    pub(crate) fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// The token for its owner.
    pub(crate) fn reveal(&self) -> &str {
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
    fn an_invitation_names_its_tenant_and_is_nothing_else() {
        let tenant = Uuid::now_v7();
        let token = OpaqueToken::invitation(tenant).unwrap();
        let text = token.reveal().to_owned();
        let read = OpaqueToken::parse_invitation(&text);
        assert_eq!(read, Some((token, tenant)));
        let refresh = text.replacen("gwi_", "gwr_", 1);
        assert_eq!(OpaqueToken::parse(Purpose::Refresh, &refresh), None);
        let other = OpaqueToken::generate(Purpose::Refresh).unwrap();
        let short = other.reveal().replacen("gwr_", "gwi_", 1);
        for forged in [&short, &format!("{text}A"), &format!("{text}="), "gwi_"] {
            assert_eq!(OpaqueToken::parse_invitation(forged), None, "{forged}");
        }
    }

    #[test]
    fn tokens_differ_and_are_not_printed() {
        let token = OpaqueToken::generate(Purpose::Refresh).unwrap();
        assert_ne!(token, OpaqueToken::generate(Purpose::Refresh).unwrap());
        assert!(!format!("{token:?}").contains(token.reveal()));
    }
}
