//! Addresses of accounts.

use std::fmt;

use crate::error::FieldError;

/// RFC 5321 section 4.5.3.1.3, without the angle brackets.
const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;

/// An address that mail can be sent to.
///
/// ASCII only, so that lower case is the whole of the normalisation: folding Unicode would make one
/// account of addresses that a mail server tells apart (U+212A KELVIN SIGN becomes `k`), and a
/// reset mail for one would open the other. No quoted local parts and no address literals; nobody
/// has them and every mail system reads them its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    given: String,
    normalized: String,
}

impl Email {
    /// Reads an address, blanks around it aside.
    ///
    /// # Errors
    /// `too_long` or `invalid`, on the field `email`.
    pub(crate) fn parse(text: &str) -> Result<Self, FieldError> {
        let given = text.trim();
        if given.len() > LONGEST {
            return Err(FieldError::new(
                "email",
                "too_long",
                "Use an address of 254 characters at most.",
            ));
        }
        match given.split_once('@') {
            Some((local, domain)) if is_local_part(local) && is_domain(domain) => Ok(Self {
                given: given.to_owned(),
                normalized: given.to_ascii_lowercase(),
            }),
            _ => Err(FieldError::new(
                "email",
                "invalid",
                "This is not an email address.",
            )),
        }
    }

    /// As its owner writes it.
    pub(crate) fn as_given(&self) -> &str {
        &self.given
    }

    /// As accounts are told apart: lower case.
    pub(crate) fn normalized(&self) -> &str {
        &self.normalized
    }

    /// What a user is called who gives no name.
    pub(super) fn local_part(&self) -> &str {
        self.given
            .split_once('@')
            .map_or(self.given.as_str(), |(local, _)| local)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

/// A dot-atom (RFC 5322 section 3.2.3).
fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    text.len() <= LONGEST_LOCAL_PART && text.split('.').all(is_atom)
}

/// Two labels at least (RFC 1035 section 2.3.1), the last not a number.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = text.rsplit('.').next().unwrap_or_default();
    text.contains('.')
        && text.split('.').all(is_label)
        && !top.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lowered_but_kept_as_given() {
        let email = Email::parse("  Ada.Lovelace+math@Analytical.Example \n").unwrap();
        assert_eq!(email.as_given(), "Ada.Lovelace+math@Analytical.Example");
        assert_eq!(email.normalized(), "ada.lovelace+math@analytical.example");
        assert_eq!(email.local_part(), "Ada.Lovelace+math");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@{}example", "a".repeat(64), "b.".repeat(95));
        let cases = [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@@example.com",
            "a b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "ada@-x.example",
            "ada@example..com",
            "ada@127.0.0.1",
            "ada@[127.0.0.1]",
            "\"a b\"@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com,eve@example.com",
            "ada@example.com>",
            "\u{212a}im@example.com",
            "ada@ex\u{e4}mple.com",
            &long,
        ];
        for case in cases {
            assert!(Email::parse(case).is_err(), "{case:?}");
        }
    }
}
