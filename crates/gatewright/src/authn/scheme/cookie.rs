//! The access cookie of a browser's session.

use http::HeaderMap;

use super::{Credential, ambiguous};
use crate::authn::Transport;
use crate::authn::cookies::{self, Lookup};
use crate::error::Error;

pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Credential<'_>>, Error> {
    match cookies::find(headers, cookies::ACCESS) {
        Lookup::Absent => Ok(None),
        Lookup::One(token) => Ok(Some(Credential {
            token,
            transport: Transport::Cookie,
        })),
        Lookup::Malformed => Err(Error::unauthenticated()),
        Lookup::Several => Err(ambiguous()),
    }
}
