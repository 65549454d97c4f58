//! Text: lengths, characters, addresses and URLs.

use super::error;
use crate::authn::Email;
use crate::error::FieldError;
use crate::model::FieldDef;

/// The longest URL, in characters, all of which are ASCII.
const LONGEST_URL: usize = 2_048;

/// Refuses what is no single line.
pub(super) fn one_line(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    if text.chars().any(char::is_control) {
        let message = "Send one line without control characters.";
        return Err(error(field, "invalid_characters", message));
    }
    Ok(())
}

/// Refuses NUL, for which PostgreSQL has no form.
pub(super) fn without_nul(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    if text.contains('\0') {
        let message = "Send text without NUL characters.";
        return Err(error(field, "invalid_characters", message));
    }
    Ok(())
}

/// Refuses text that is shorter or longer than this, in Unicode scalar values.
pub(super) fn bounded(field: &FieldDef, text: &str, min: u32, max: u32) -> Result<(), FieldError> {
    // Most text is short enough in bytes already.
    if text.len() > max as usize && text.chars().count() > max as usize {
        let message = format!("Send at most {max} characters.");
        return Err(error(field, "too_long", message));
    }
    if min > 0 && text.chars().take(min as usize).count() < min as usize {
        let message = format!("Send at least {min} characters.");
        return Err(error(field, "too_short", message));
    }
    Ok(())
}

/// Refuses what is no address of mail. It is kept as it is written.
pub(super) fn email(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    let parsed = Email::parse(text).map_err(|wrong| error(field, wrong.code, wrong.message))?;
    // What an account's owner types may have blanks around it; data may not.
    if parsed.as_given().len() != text.len() {
        return Err(error(field, "invalid", "Send the address without blanks."));
    }
    Ok(())
}

/// Refuses what is no absolute `http` or `https` URL in the characters of RFC 3986.
///
/// A name or password before the host is refused (RFC 9110 section 4.2.4): it makes a link look as
/// if it led elsewhere.
pub(super) fn url(field: &FieldDef, text: &str) -> Result<(), FieldError> {
    if text.len() > LONGEST_URL {
        let message = format!("Send at most {LONGEST_URL} characters.");
        return Err(error(field, "too_long", message));
    }
    if is_url(text) {
        Ok(())
    } else {
        let message = "Send a URL such as https://example.com/, percent-encoded where need be.";
        Err(error(field, "invalid", message))
    }
}

fn is_url(text: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    if !text.bytes().all(is_allowed) || !is_percent_encoded(text) {
        return false;
    }
    let Ok(uri) = text.parse::<http::Uri>() else {
        return false;
    };
    // The parser has made the scheme lower case.
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    uri.authority().is_some_and(|authority| {
        let host = authority.host();
        // The host's brackets, if it is an IPv6 address, have colons of their own.
        let port = authority.as_str().strip_prefix(host);
        let has_port = port.is_some_and(|port| {
            port.strip_prefix(':')
                .map_or(port.is_empty(), |port| port.parse::<u16>().is_ok())
        });
        is_web && !host.is_empty() && has_port
    })
}

/// Whether each `%` has its two digits.
fn is_percent_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
