//! Absolute `http` and `https` URLs in the characters of RFC 3986, without a name or password.

use std::net::Ipv6Addr;

use crate::resolve::limits;

/// What [`read`] takes, in words.
pub(crate) const EXPECTED: &str =
    "a URL such as https://example.com/, percent-encoded where need be";

pub(crate) fn read(text: &str) -> Option<String> {
    let is_allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let sound = text.len() <= limits::URL_LENGTH
        && text.bytes().all(is_allowed)
        && is_percent_encoded(text)
        && is_authority(authority);
    sound.then(|| text.to_owned())
}

/// A host and perhaps a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if address.parse::<Ipv6Addr>().is_ok() => (address, port),
        Some(_) => return false,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
    let has_port = match port.strip_prefix(':') {
        Some(port) => port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    !host.is_empty() && host.bytes().all(in_host) && has_port
}

/// Whether each `%` has its two digits.
fn is_percent_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_absolute_and_of_the_web() {
        for right in [
            "http://localhost",
            "https://example.com/a?b=c#d",
            "https://example.com:8443/%C3%A4",
            "http://[::1]:80/",
        ] {
            assert_eq!(read(right).as_deref(), Some(right));
        }
        for wrong in [
            "",
            "example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https:///a",
            "https://ada:pw@example.com",
            "https://example.com:x/",
            "https://example.com:99999/",
            "https://[::1/",
            "https://[x]/",
            "https://ex\u{e4}mple.com",
            "https://example.com/a b",
            "https://example.com/%4",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
