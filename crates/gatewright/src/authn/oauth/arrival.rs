//! Whom a provider says has come back.

use serde::{Deserialize, Serialize};

use crate::authn::email::Email;
use crate::unseen::is_unseen;

/// The most characters of a name, as at sign-up.
const LONGEST_NAME: usize = 200;

/// Somebody as a provider knows them.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) subject: String,
    pub(super) email: Option<Email>,
    pub(super) verified: bool,
    pub(super) name: Option<String>,
    pub(super) hosted_domain: Option<String>,
    pub(super) auth_time: Option<i64>,
}

impl Seen {
    /// An address that an account can have. Any other counts as none.
    pub(super) fn address(text: Option<&str>) -> Option<Email> {
        text.and_then(|text| Email::parse(text).ok())
    }

    /// A name that can be shown: it is a stranger's text.
    pub(super) fn named(text: Option<&str>) -> Option<String> {
        let text = text?.chars().filter(|character| !is_unseen(*character));
        let text: String = text.take(LONGEST_NAME).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Somebody who came back from a provider.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) provider: String,
    /// With the subject what tells identities apart: no address and no name does.
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) email: Option<Email>,
    /// Whether the provider says that the address is theirs.
    pub(super) verified: bool,
    /// Whether addresses of that domain are this provider's to give.
    pub(super) authoritative: bool,
    pub(super) name: Option<String>,
    /// When they last proved who they are, in seconds of Unix time.
    pub(super) auth_time: Option<i64>,
}

/// As much of it as goes to the host of the session that asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) email: Option<String>,
}

impl Arrival {
    /// The address, if the provider vouches for it.
    pub(super) fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.verified)
    }

    pub(super) fn identity(&self) -> Identity {
        Identity {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            email: self.email.as_ref().map(|email| email.as_given().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_bounded_length() {
        assert_eq!(Seen::named(Some(" Ada\u{202e}\n ")).as_deref(), Some("Ada"));
        assert_eq!(Seen::named(Some(" \u{200b}")), None);
        let long = "é".repeat(300);
        assert_eq!(Seen::named(Some(&long)).unwrap().chars().count(), 200);
    }
}
