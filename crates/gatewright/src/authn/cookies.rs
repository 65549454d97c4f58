//! The two cookies of a browser's session.
//!
//! The prefix `__Host-` (RFC 6265bis section 4.1.3.2) makes a browser refuse the cookie unless it is `Secure`,
//! without `Domain` and of `Path=/`: no other host can plant or read it, a tenant's sibling
//! subdomain included. Both live as long as the refresh token, so that an expired access token
//! still arrives and is answered with where to renew it.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};

use crate::error::Error;

pub(super) const ACCESS: &str = "__Host-access";
pub(super) const REFRESH: &str = "__Host-refresh";

/// What the `Cookie` headers say of one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lookup<'a> {
    Absent,
    One(&'a str),
    /// There, but empty or not of the characters that a cookie of ours has.
    Malformed,
    /// More than once. Which of them the browser meant for us cannot be told.
    Several,
}

/// Finds a cookie by its exact name. Other cookies may hold what they like.
pub(super) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Lookup<'a> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let pair = pair.strip_prefix(b" ").unwrap_or(pair);
            let value = pair.strip_prefix(name.as_bytes())?;
            value.strip_prefix(b"=")
        });
    match (values.next(), values.next()) {
        (None, _) => Lookup::Absent,
        (Some(_), Some(_)) => Lookup::Several,
        (Some(value), None) => match std::str::from_utf8(value) {
            Ok(text) if !text.is_empty() && text.bytes().all(is_of_a_token) => Lookup::One(text),
            _ => Lookup::Malformed,
        },
    }
}

/// Base64url, the dots of a JWS and the underscore of a prefix: all that our cookies hold.
fn is_of_a_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// `Set-Cookie` for a token. Whole seconds; the browser forgets the cookie with the session's end.
///
/// # Errors
/// 500 when the value is not one of a token.
pub(super) fn set(name: &str, token: &str, lifetime: Duration) -> Result<HeaderValue, Error> {
    if !token.bytes().all(is_of_a_token) {
        return Err(Error::internal("a token that no cookie can hold"));
    }
    build(name, token, lifetime.as_secs())
}

/// `Set-Cookie` that makes the browser forget both.
///
/// # Errors
/// None in practice; the header's type asks for it.
pub(super) fn clear() -> Result<[HeaderValue; 2], Error> {
    Ok([build(ACCESS, "", 0)?, build(REFRESH, "", 0)?])
}

/// Puts a pair in the place of whichever a request came with. Other cookies stay.
///
/// # Errors
/// 500 when a value is not one of a token.
pub(super) fn replace(headers: &mut HeaderMap, pair: &[(&str, &str); 2]) -> Result<(), Error> {
    let lines = headers.get_all(header::COOKIE).iter();
    let kept = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter(|cookie| {
            let is_of = |name: &str| {
                let rest = cookie.strip_prefix(name.as_bytes());
                rest.is_some_and(|rest| rest.starts_with(b"="))
            };
            !cookie.is_empty() && !pair.iter().any(|(name, _)| is_of(name))
        });
    let mut cookies: Vec<Vec<u8>> = kept.map(<[u8]>::to_vec).collect();
    for (name, token) in pair {
        cookies.push(format!("{name}={token}").into_bytes());
    }
    let mut line = HeaderValue::from_bytes(&cookies.join(&b"; "[..])).map_err(Error::internal)?;
    line.set_sensitive(true);
    headers.insert(header::COOKIE, line);
    Ok(())
}

fn build(name: &str, value: &str, max_age: u64) -> Result<HeaderValue, Error> {
    let text = format!("{name}={value}; Max-Age={max_age}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::try_from(text).map_err(Error::internal)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        format!("{:?}", find(&headers, ACCESS))
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        assert_eq!(
            lookup(&[b"a=1; __Host-access=x.y-z_0; b=\"caf\xe9\""]),
            r#"One("x.y-z_0")"#
        );
        assert_eq!(lookup(&[b"a=1", b"__Host-access=x"]), r#"One("x")"#);
        assert_eq!(lookup(&[b"a=1;__Host-access=x"]), r#"One("x")"#);
    }

    #[test]
    fn lookalikes_are_other_cookies() {
        for line in [
            "x__Host-access=x",
            "__host-access=x",
            "__Host-access2=x",
            "__Host-access",
            "  __Host-access=x",
            "__Host-access =x",
        ] {
            assert_eq!(lookup(&[line.as_bytes()]), "Absent", "{line:?}");
        }
    }

    #[test]
    fn duplicates_and_foreign_characters_are_refused() {
        assert_eq!(lookup(&[b"__Host-access=x; __Host-access=x"]), "Several");
        assert_eq!(lookup(&[b"__Host-access=x", b"__Host-access=y"]), "Several");
        for line in [
            &b"__Host-access="[..],
            b"__Host-access=\"x\"",
            b"__Host-access=x ",
            b"__Host-access=\xff",
            b"__Host-access=a,b",
        ] {
            assert_eq!(lookup(&[line]), "Malformed", "{line:?}");
        }
    }

    #[test]
    fn a_pair_takes_the_place_of_the_one_before() {
        let mut headers = HeaderMap::new();
        for line in [
            "a=1; __Host-access=old; b=2",
            "__Host-refresh=old;x__Host-access=3",
        ] {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        replace(&mut headers, &[(ACCESS, "x.y.z"), (REFRESH, "gwr_n")]).unwrap();
        let lines: Vec<_> = headers.get_all(header::COOKIE).iter().collect();
        let expected = "a=1; b=2; x__Host-access=3; __Host-access=x.y.z; __Host-refresh=gwr_n";
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn attributes_are_those_that_the_prefix_demands() {
        let value = set(REFRESH, "gwr_abc", Duration::from_secs(90)).unwrap();
        assert_eq!(
            value,
            "__Host-refresh=gwr_abc; Max-Age=90; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert!(value.is_sensitive());
        assert_eq!(
            clear().unwrap()[0],
            "__Host-access=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert!(set(ACCESS, "a; Domain=evil.example", Duration::from_secs(1)).is_err());
    }
}
