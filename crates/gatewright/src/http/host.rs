//! Whose host a request names.

use http::{HeaderMap, Uri, header};

use super::Host;
use crate::config::BaseUrl;
use crate::error::{Error, Result};

/// Reads the host from the request target or the `Host` header (RFC 9110 section 7.2).
///
/// The port is not compared: a proxy may well have changed it, and it names no tenant.
///
/// # Errors
/// 400 when there is no host, more than one, or two that differ.
pub(super) fn classify(base: &BaseUrl, uri: &Uri, headers: &HeaderMap) -> Result<Host> {
    let mut values = headers.get_all(header::HOST).iter();
    let (host, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(Error::bad_request(
            "ambiguous_host",
            "More than one Host header was sent.",
        ));
    }
    let host = host
        .map(|value| value.to_str().map_err(|_| malformed()))
        .transpose()?;
    let authority = match (host, uri.authority()) {
        (Some(host), Some(target)) if host != target.as_str() => {
            return Err(Error::bad_request(
                "ambiguous_host",
                "The Host header differs from the request target.",
            ));
        }
        (Some(host), _) => host,
        (None, Some(target)) => target.as_str(),
        (None, None) => return Err(malformed()),
    };
    let name = without_port(authority)
        .ok_or_else(malformed)?
        .to_ascii_lowercase();
    Ok(match name.strip_suffix(&base.host) {
        Some("") => Host::Base,
        Some(prefix) => match prefix.strip_suffix('.') {
            Some(slug) if !slug.is_empty() && !slug.contains('.') => Host::Tenant(slug.to_owned()),
            _ => Host::Foreign,
        },
        None => Host::Foreign,
    })
}

fn malformed() -> Error {
    Error::bad_request("malformed_host", "The Host header is missing or malformed.")
}

fn without_port(authority: &str) -> Option<&str> {
    // An IPv6 literal stands in brackets, so its colons are not a port's.
    let end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority.get(end..)?.split_once(':') {
        None => Some(authority),
        Some((rest, port))
            if !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) =>
        {
            authority.get(..end + rest.len())
        }
        Some(_) => None,
    }
    .filter(|name| !name.is_empty() && !name.contains('@'))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn classified(host: &str) -> Option<Host> {
        let base = BaseUrl {
            scheme: "https".to_owned(),
            host: "app.example.com".to_owned(),
            port: None,
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        classify(&base, &Uri::from_static("/"), &headers).ok()
    }

    #[test]
    fn a_subdomain_names_a_tenant() {
        assert_eq!(
            classified("acme.app.example.com"),
            Some(Host::Tenant("acme".to_owned()))
        );
        assert_eq!(
            classified("ACME.app.example.com:8443"),
            Some(Host::Tenant("acme".to_owned()))
        );
        assert_eq!(classified("app.example.com"), Some(Host::Base));
    }

    #[test]
    fn lookalikes_name_nobody() {
        for host in [
            "evil-app.example.com",
            "evilapp.example.com",
            "app.example.com.evil.org",
            "app.example.com.",
            ".app.example.com",
            "a.b.app.example.com",
            "127.0.0.1",
            "[::1]:8080",
        ] {
            assert_eq!(classified(host), Some(Host::Foreign), "{host}");
        }
    }

    #[test]
    fn a_broken_port_or_userinfo_is_malformed() {
        for host in [
            "app.example.com:",
            "app.example.com:80x",
            "app.example.com:80:90",
            "acme@app.example.com",
            "",
        ] {
            assert_eq!(classified(host), None, "{host}");
        }
    }
}
