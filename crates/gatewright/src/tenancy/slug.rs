//! The names of tenants in hosts: `acme` of `acme.app.example.com`.

use crate::error::FieldError;

const SHORTEST: usize = 3;
/// Well inside a DNS label's 63.
const LONGEST: usize = 40;

/// Names that a team wants for hosts of its own, or that would pass for the platform's. Sorted.
const RESERVED: &[&str] = &[
    "abuse",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "console",
    "dashboard",
    "demo",
    "dev",
    "docs",
    "email",
    "files",
    "ftp",
    "gatewright",
    "git",
    "graphql",
    "help",
    "hostmaster",
    "imap",
    "internal",
    "invite",
    "isatap",
    "localhost",
    "login",
    "logout",
    "mail",
    "media",
    "metrics",
    "news",
    "oauth",
    "payments",
    "platform",
    "pop3",
    "postmaster",
    "preview",
    "private",
    "public",
    "register",
    "root",
    "security",
    "server",
    "signin",
    "signup",
    "smtp",
    "sso",
    "staging",
    "static",
    "status",
    "support",
    "system",
    "test",
    "tenant",
    "webmail",
    "webmaster",
    "webhooks",
    "wpad",
    "www",
];

/// Checks a slug; what passes is one DNS label in lower case.
///
/// # Errors
/// `too_short`, `too_long`, `invalid` or `reserved`, on `field`.
pub(crate) fn check(field: &str, slug: &str) -> Result<(), FieldError> {
    let wrong = |code, message: &str| Err(FieldError::new(field, code, message));
    if !is_words(slug) {
        return wrong(
            "invalid",
            "Use lower-case letters and digits, with single hyphens between them.",
        );
    }
    if slug.len() < SHORTEST {
        return wrong("too_short", "Use at least 3 characters.");
    }
    if slug.len() > LONGEST {
        return wrong("too_long", "Use 40 characters at most.");
    }
    if RESERVED.contains(&slug) {
        return wrong("reserved", "This name is reserved.");
    }
    Ok(())
}

/// `[a-z0-9](-?[a-z0-9])*`: no doubled hyphen, so no punycode (`xn--`) that shows as another name.
fn is_words(slug: &str) -> bool {
    slug.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(slug: &str) -> &'static str {
        check("slug", slug).map_or_else(|error| error.code, |()| "accepted")
    }

    #[test]
    fn words_of_letters_and_digits_are_accepted() {
        for slug in ["acme", "a-b", "2024", "north-east-1", &"a".repeat(40)] {
            assert_eq!(code(slug), "accepted", "{slug}");
        }
    }

    #[test]
    fn what_is_no_plain_label_is_refused() {
        for slug in [
            "",
            "-acme",
            "acme-",
            "a--b",
            "xn--80ak6aa92e",
            "Acme",
            "ac me",
            "acme.evil",
            "ac_me",
            "\u{430}cme",
            "acme\n",
            "-",
        ] {
            assert_eq!(code(slug), "invalid", "{slug:?}");
        }
        assert_eq!(code("ab"), "too_short");
        assert_eq!(code(&"a".repeat(41)), "too_long");
    }

    #[test]
    fn the_platforms_own_names_are_reserved() {
        for slug in [
            "www", "api", "admin", "app", "auth", "mail", "static", "docs", "platform", "status",
            "support",
        ] {
            assert_eq!(code(slug), "reserved", "{slug}");
        }
        assert!(RESERVED.iter().all(|slug| is_words(slug)));
    }
}
