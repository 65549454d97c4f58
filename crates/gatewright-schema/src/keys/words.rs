//! The closed lists of words, and what the words mean.

use crate::keys::Choice;
use crate::model::{Audit, OnDelete, Signup};

pub(crate) const SIGNUP: Choice = Choice {
    of: &["open", "invite_only", "closed"],
    default: Some("open"),
};

/// The ways to sign in that need no table of their own.
pub(crate) const PROVIDERS: [&str; 3] = ["password", "google", "github"];

pub(crate) const TYPES: Choice = Choice {
    of: &[
        "string",
        "text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "timestamp",
        "uuid",
        "enum",
        "json",
        "email",
        "url",
        "reference",
    ],
    default: None,
};

pub(crate) const ON_DELETE: Choice = Choice {
    of: &["restrict", "cascade", "set_null"],
    default: Some("restrict"),
};

pub(crate) const AUDIT: Choice = Choice {
    of: &["full", "fact"],
    default: Some("full"),
};

/// The meaning of a word of [`SIGNUP`].
pub(crate) fn signup(word: &str) -> Option<Signup> {
    match word {
        "open" => Some(Signup::Open),
        "invite_only" => Some(Signup::InviteOnly),
        "closed" => Some(Signup::Closed),
        _ => None,
    }
}

/// The meaning of a word of [`ON_DELETE`].
pub(crate) fn on_delete(word: &str) -> Option<OnDelete> {
    match word {
        "restrict" => Some(OnDelete::Restrict),
        "cascade" => Some(OnDelete::Cascade),
        "set_null" => Some(OnDelete::SetNull),
        _ => None,
    }
}

/// The meaning of a word of [`AUDIT`].
pub(crate) fn audit(word: &str) -> Option<Audit> {
    match word {
        "full" => Some(Audit::Full),
        "fact" => Some(Audit::Fact),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::TypeName;

    #[test]
    fn words_and_their_meanings_agree() {
        assert_eq!(TYPES.of, TypeName::ALL.map(TypeName::word));
        assert!(SIGNUP.of.iter().all(|word| signup(word).is_some()));
        assert!(ON_DELETE.of.iter().all(|word| on_delete(word).is_some()));
        assert!(AUDIT.of.iter().all(|word| audit(word).is_some()));
        assert_eq!(AUDIT.default.and_then(audit), Some(Audit::default()));
        assert_eq!(SIGNUP.default.and_then(signup), Some(Signup::Open));
        assert_eq!(
            ON_DELETE.default.and_then(on_delete),
            Some(OnDelete::Restrict)
        );
    }
}
