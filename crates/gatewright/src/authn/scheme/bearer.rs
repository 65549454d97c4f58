//! `Authorization: Bearer <JWT>` (RFC 6750 section 2.1).

use http::{HeaderMap, header};

use super::{Credential, ambiguous};
use crate::authn::Transport;
use crate::error::Error;

/// Strict: one header, the scheme in any case (RFC 9110 section 11.1), one space, one word.
pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Credential<'_>>, Error> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(ambiguous());
    }
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("Bearer") && is_word(token))
        .map(|(_, token)| {
            Some(Credential {
                token,
                transport: Transport::Bearer,
            })
        })
        .ok_or_else(Error::unauthenticated)
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}
