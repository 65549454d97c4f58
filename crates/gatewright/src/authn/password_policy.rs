//! Which passwords can be chosen (NIST SP 800-63B, "password verifiers"): length counts, composition does not.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::FieldError;

/// In Unicode scalar values.
const SHORTEST: usize = 8;
/// In Unicode scalar values. Hashing costs the same for all lengths up to here.
pub(super) const LONGEST: usize = 128;

/// Guessed first by everybody. Lower case; those of fewer than [`SHORTEST`] characters are left out.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// A password as somebody typed it. It is compared as it is: no trimming, no case folding, no cut.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Password(String);

impl Password {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Longer than any that was ever accepted, so it matches none.
    pub(super) fn is_too_long(&self) -> bool {
        // A scalar value has four bytes at most: most of a huge text need not be decoded to be refused.
        self.0.len() > LONGEST * 4 || self.0.chars().count() > LONGEST
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password that may be chosen; the only kind that can be hashed.
#[derive(Debug, Clone)]
pub(crate) struct NewPassword(pub(super) Password);

impl NewPassword {
    /// # Errors
    /// `too_short`, `too_long` or `too_common`, on the field `password`.
    pub(crate) fn parse(password: Password) -> Result<Self, FieldError> {
        let wrong = |code, message| Err(FieldError::new("password", code, message));
        if password.is_too_long() {
            return wrong("too_long", "Use 128 characters at most.");
        }
        if password.0.chars().count() < SHORTEST {
            return wrong(
                "too_short",
                "Use at least 8 characters. A few words are easier to keep in mind than symbols.",
            );
        }
        let one_character = password
            .0
            .chars()
            .all(|character| password.0.starts_with(character));
        if one_character || COMMON.contains(password.0.to_lowercase().as_str()) {
            return wrong(
                "too_common",
                "This password is among the first that anybody guesses. Choose another.",
            );
        }
        Ok(Self(password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        NewPassword::parse(Password::new(text)).map_or_else(|error| error.code, |_| "accepted")
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(code("äöü-dot"), "too_short");
        assert_eq!(code("äöü-dots"), "accepted");
        assert_eq!(code(&"🦀 ".repeat(64)), "accepted");
        assert_eq!(code(&"🦀 ".repeat(65)), "too_long");
        assert_eq!(code(&"x".repeat(10_000)), "too_long");
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for text in [
            "password",
            "PassWord",
            "12345678",
            "iloveyou",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "        ",
        ] {
            assert_eq!(code(text), "too_common", "{text}");
        }
        assert!(COMMON.len() > 3_000);
        assert!(
            COMMON
                .iter()
                .all(|text| text.len() >= SHORTEST && !text.contains(char::is_uppercase))
        );
    }

    #[test]
    fn neither_digits_nor_symbols_are_demanded() {
        assert_eq!(code("correct horse battery staple"), "accepted");
        assert_eq!(code("demo-password-4-acme"), "accepted");
    }

    #[test]
    fn a_password_is_not_printed() {
        let password = NewPassword::parse(Password::new("correct horse")).unwrap();
        assert!(!format!("{password:?}").contains("correct"));
    }
}
