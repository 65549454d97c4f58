//! The ways a request can present a credential, one file each.
//!
//! Each answers `Ok(None)`: not presented; `Ok(Some(..))`: presented, to be verified; `Err(..)`:
//! presented, but nothing that could be good. None is preferred over another: two at once are a
//! request whose sender cannot be told (CWE-287), and are refused before either is looked at.

mod api_key;
mod bearer;
mod cookie;

use http::HeaderMap;

use super::Transport;
use crate::error::Error;

/// An access token as it was presented, not verified yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    pub(super) token: &'a str,
    /// The transport that its session must have.
    pub(super) transport: Transport,
}

/// The one credential of a request.
///
/// # Errors
/// 400 for two, 401 for one that cannot be good.
pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Credential<'_>>, Error> {
    let answers = [
        cookie::presented(headers),
        bearer::presented(headers),
        api_key::presented(headers),
    ];
    let mut presented = answers.into_iter().filter_map(Result::transpose);
    match (presented.next(), presented.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => only.map(Some),
        (Some(_), Some(_)) => Err(ambiguous()),
    }
}

/// 400: the request carries two credentials.
pub(super) fn ambiguous() -> Error {
    Error::bad_request(
        "ambiguous_credential",
        "Present one credential: a cookie, a bearer token or an API key.",
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    fn code(lines: &[(&str, &str)]) -> &'static str {
        match presented(&headers(lines)) {
            Ok(None) => "none",
            Ok(Some(_)) => "presented",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn one_credential_is_taken_with_its_transport() {
        let headers = headers(&[("cookie", "theme=dark; __Host-access=a.b.c")]);
        let credential = presented(&headers).unwrap().unwrap();
        assert_eq!(
            (credential.token, credential.transport),
            ("a.b.c", Transport::Cookie)
        );
        assert_eq!(code(&[("authorization", "bEaReR a.b.c")]), "presented");
        assert_eq!(
            code(&[("accept", "*/*"), ("cookie", "__Host-refresh=x")]),
            "none"
        );
    }

    #[test]
    fn what_cannot_be_good_is_a_refusal_and_not_an_absence() {
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  a.b.c",
            "Bearer a.b.c ",
            "Bearer a b",
            "Basic a:b",
            "a.b.c",
            "Bearer\ta",
        ] {
            assert_eq!(
                code(&[("authorization", value)]),
                "unauthenticated",
                "{value:?}"
            );
        }
        assert_eq!(code(&[("x-api-key", "gw_live_x")]), "unauthenticated");
        assert_eq!(code(&[("x-api-key", "")]), "unauthenticated");
        assert_eq!(code(&[("cookie", "__Host-access=")]), "unauthenticated");
    }

    #[test]
    fn two_credentials_are_refused_whatever_they_are() {
        let cookie = ("cookie", "__Host-access=a");
        for other in [
            ("authorization", "Bearer b"),
            ("authorization", "nonsense"),
            ("x-api-key", "k"),
            cookie,
        ] {
            assert_eq!(code(&[cookie, other]), "ambiguous_credential", "{other:?}");
        }
        assert_eq!(
            code(&[("cookie", "__Host-access=a; __Host-access=a")]),
            "ambiguous_credential"
        );
        assert_eq!(
            code(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]),
            "ambiguous_credential"
        );
    }
}
