//! `X-API-Key`: not issued yet, so none is good.

use http::HeaderMap;

use super::Credential;
use crate::error::Error;

const HEADER: &str = "x-api-key";

/// A key is refused rather than ignored: ignoring it would serve its sender as somebody else.
pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Credential<'_>>, Error> {
    if headers.contains_key(HEADER) {
        Err(Error::unauthenticated())
    } else {
        Ok(None)
    }
}
