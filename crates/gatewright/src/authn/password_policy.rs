//! Which passwords can be chosen (NIST SP 800-63B, "password verifiers"): how soon one would be guessed counts,
//! composition does not.

use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use super::email::Email;
use crate::error::FieldError;

/// In Unicode scalar values.
const SHORTEST: usize = 8;
/// In Unicode scalar values. Hashing costs the same for all lengths up to here.
pub(super) const LONGEST: usize = 128;
/// In bytes, as it came. What is longer is longer than [`LONGEST`] in any normal form, and need not be brought into one.
const LONGEST_RAW: usize = 4_096;
/// In Unicode scalar values: how much of a password, and of a word that it may be made of, is estimated. A contrived
/// one takes more than the square of its length: half a second for this, and most of one for 100.
const LONGEST_ESTIMATED: usize = 64;

/// Guessed first by everybody. Lower case; those of fewer than [`SHORTEST`] characters are left out.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// A password as somebody typed it, in the normal form NFKC: the same keys give the same password, whatever a
/// keyboard or a system makes of an accent or of a full-width letter. No trimming, no case folding, no cut.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Password(String);

impl From<String> for Password {
    fn from(text: String) -> Self {
        if text.is_ascii() || text.len() > LONGEST_RAW {
            Self(text)
        } else {
            Self(text.nfkc().collect())
        }
    }
}

impl Password {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        text.into().into()
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

/// What a guesser knows of whoever chooses a password. Words of it make a password no better.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owner {
    words: Vec<String>,
}

impl Owner {
    /// The fewest characters of a part that counts as a word by itself.
    const SHORTEST_WORD: usize = 3;
    /// A name may be as long as it likes; the estimate must not.
    const MOST_WORDS: usize = 40;

    pub(crate) fn new(email: Option<&Email>, name: Option<&str>, app: &str) -> Self {
        let whole = [
            email.map(Email::normalized),
            email.map(Email::local_part),
            name,
            Some(app),
        ];
        let parts = |text: &str| -> Vec<String> {
            let text = text.nfkc().collect::<String>().to_lowercase();
            let parts = text.split(|character: char| !character.is_alphanumeric());
            let parts = parts.filter(|part| part.chars().count() >= Self::SHORTEST_WORD);
            let parts: Vec<String> = parts.map(str::to_owned).collect();
            let whole = text.chars().take(LONGEST_ESTIMATED).collect();
            [whole].into_iter().chain(parts).collect()
        };
        let words = whole.into_iter().flatten().flat_map(parts);
        Self {
            words: words.take(Self::MOST_WORDS).collect(),
        }
    }

    /// Whether a password is made with one of the words.
    fn is_named_in(&self, password: &str) -> bool {
        let password = password.to_lowercase();
        self.words
            .iter()
            .any(|word| !word.is_empty() && password.contains(word.as_str()))
    }
}

/// A password that may be chosen; the only kind that can be hashed for the first time.
#[derive(Debug, Clone)]
pub(crate) struct NewPassword(pub(super) Password);

impl NewPassword {
    /// May take half a second; requests go through [`Passwords::choose`](super::Passwords::choose).
    ///
    /// # Errors
    /// `too_short`, `too_long`, `too_common` or `too_weak`, on the field `password`.
    pub(crate) fn parse(password: Password, owner: &Owner) -> Result<Self, FieldError> {
        let wrong = |code, message: &str| Err(FieldError::new("password", code, message));
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
        match weakness(&password.0, owner) {
            Some(message) => wrong("too_weak", &message),
            None => Ok(Self(password)),
        }
    }
}

/// Why a password would be guessed too soon, and what would help; `None` for one that is good enough.
fn weakness(password: &str, owner: &Owner) -> Option<String> {
    let words: Vec<&str> = owner.words.iter().map(String::as_str).collect();
    let start: String = password.chars().take(LONGEST_ESTIMATED).collect();
    let estimate = zxcvbn(&start, &words);
    if estimate.score() >= Score::Three {
        return None;
    }
    let feedback = estimate.feedback();
    let reason = match feedback.and_then(|feedback| feedback.warning()) {
        Some(warning) => warning.to_string(),
        None if owner.is_named_in(password) => {
            "This is made of your name, your address or the name of this application.".to_owned()
        }
        None => "This password would be guessed too soon.".to_owned(),
    };
    let suggestion = feedback
        .and_then(|feedback| feedback.suggestions().first())
        .map_or_else(
            || "Use a few words, avoid common phrases.".to_owned(),
            ToString::to_string,
        );
    Some(format!("{reason} {suggestion}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, owner: &Owner) -> Option<FieldError> {
        NewPassword::parse(Password::new(text), owner).err()
    }

    fn code(text: &str) -> &'static str {
        error(text, &Owner::default()).map_or("accepted", |error| error.code)
    }

    #[test]
    fn length_is_counted_in_characters_of_the_normal_form() {
        assert_eq!(code("äöü-dot"), "too_short");
        assert_ne!(code("äöü-dots"), "too_short");
        // Eight as they are typed, seven as they are kept.
        assert_eq!(code("a\u{308}öü-dot"), "too_short");
        let words =
            "nine Äpfel 🦀 warm the cellar of autumn, said an old clockmaker to nobody at all; ";
        let filled = |length: usize| words.chars().cycle().take(length).collect::<String>();
        assert_eq!(code(&filled(128)), "accepted");
        assert_eq!(code(&filled(129)), "too_long");
        // More as they are typed, 126 as they are kept.
        let decomposed: String = filled(126).replace('e', "ê").nfd().collect();
        assert!(decomposed.chars().count() > LONGEST);
        assert_eq!(code(&decomposed), "accepted");
        assert_eq!(code(&"x".repeat(10_000)), "too_long");
        assert_eq!(code(&"e\u{302}".repeat(100_000)), "too_long");
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        let kept = Password::new("Ångström über ﬁnf Kilo");
        let typed = Password::new("A\u{30a}ngstro\u{308}m u\u{308}ber finf Ｋilo");
        assert_eq!(kept.as_bytes(), typed.as_bytes());
        let read: Password = serde_json::from_str("\"u\u{308}ber\"").unwrap();
        assert_eq!(read.as_bytes(), "über".as_bytes());
        let other = Password::new("ångström über finf kilo");
        assert_ne!(kept.as_bytes(), other.as_bytes(), "case is not folded");
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for text in [
            "password",
            "PassWord",
            "ｐａｓｓｗｏｒｄ",
            "12345678",
            "iloveyou",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "        ",
        ] {
            assert_eq!(code(text), "too_common", "{text}");
        }
        assert_eq!(COMMON.len(), 10_000);
        assert!(
            COMMON
                .iter()
                .all(|text| text.len() >= SHORTEST && !text.contains(char::is_uppercase))
        );
    }

    #[test]
    fn what_is_guessed_soon_is_refused_with_the_reason_and_a_suggestion() {
        let nobody = Owner::default();
        for (text, reason) in [
            ("p4ssw0rd!!", "similar to a commonly used password"),
            ("zxcvbnm,./", "rows of keys"),
            ("abcdefghijk", "Sequences"),
            ("Passwort2026", ""),
        ] {
            let error = error(text, &nobody).unwrap();
            assert_eq!((error.field.as_str(), error.code), ("password", "too_weak"));
            assert!(error.message.contains(reason), "{text}: {}", error.message);
            assert!(error.message.matches('.').count() >= 2, "{}", error.message);
        }
    }

    #[test]
    fn words_that_a_guesser_knows_make_a_password_no_better() {
        let email = Email::parse("zoltan.grzyb@wiezowiec.example").unwrap();
        let owner = Owner::new(Some(&email), Some("Zoltán Grzyb"), "Kwiaciarnia");
        for text in [
            "zoltan.grzyb@wiezowiec.example",
            "grzyb2026",
            "Zoltan.Grzyb",
            "wiezowiec1",
            "Kwiaciarnia",
            "zoltán grzyb",
        ] {
            let refused = error(text, &owner);
            assert_eq!(refused.map(|error| error.code), Some("too_weak"), "{text}");
        }
        let long = Email::parse(&format!(
            "{}@{}.example",
            "ab.cd-ef".repeat(8),
            "gh-ij".repeat(9)
        ));
        let long = long.unwrap();
        let owner_of_long = Owner::new(Some(&long), None, "Kwiaciarnia");
        let refused = error(long.as_given(), &owner_of_long);
        assert_eq!(refused.map(|error| error.code), Some("too_weak"), "{long}");
        for text in ["Kwiaciarnia", "wiezowiec1"] {
            assert_eq!(code(text), "accepted", "{text} is nobody's word otherwise");
        }
        let of_theirs = error("Kwiaciarnia", &owner).unwrap().message;
        assert!(
            of_theirs.starts_with("This is made of your name"),
            "{of_theirs}"
        );
        assert!(error("grzyb kwiaty lubi deszczowe poniedziałki", &owner).is_none());
    }

    #[test]
    fn neither_digits_nor_symbols_are_demanded() {
        for text in [
            "correct horse battery staple",
            "lieber fünf warme Äpfel im Keller",
            "ночь улица фонарь аптека",
            "demo-password-4-acme",
        ] {
            assert_eq!(code(text), "accepted", "{text}");
        }
    }

    #[test]
    fn a_contrived_password_and_a_long_name_are_estimated_in_bounded_time() {
        let contrived = format!(
            "{}{}",
            "a".repeat(20),
            "4@8({[</369&#!1/|0$5+7%2/".repeat(4)
        );
        let owner = Owner::new(None, Some(&"ab cde ".repeat(1_000)), "Storefront");
        assert!(owner.words.len() <= Owner::MOST_WORDS);
        // Whatever the verdict; it must come.
        let _ = error(&contrived, &owner);
    }

    #[test]
    fn a_password_is_not_printed() {
        let owner = Owner::default();
        let password = NewPassword::parse(Password::new("correct horse battery"), &owner).unwrap();
        assert!(!format!("{password:?}").contains("correct"));
    }
}
