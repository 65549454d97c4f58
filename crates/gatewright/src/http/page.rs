//! `?limit=&cursor=` of lists that are no resource.

use axum::extract::FromRequestParts;
use http::request::Parts;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::{CursorKey, ListParts};

/// Which page of a list is asked for.
#[derive(Debug)]
pub(crate) struct PageQuery(ListParts);

impl FromRequestParts<()> for PageQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        ListParts::parse(None, parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl PageQuery {
    /// The record after which the page begins. `realm` is the tenant, or nil on the platform.
    pub(crate) fn after(&self, key: &CursorKey, realm: Uuid, list: &str) -> Result<Option<Uuid>> {
        let open = |cursor: &String| {
            let last = key.open(realm, list, cursor);
            last.ok_or_else(|| Error::invalid_query("cursor", "This cursor is not of this list."))
        };
        self.0.cursor.as_ref().map(open).transpose()
    }

    /// The page's limit and one more, which tells whether there is a next page.
    pub(crate) fn one_more(&self) -> i64 {
        i64::from(self.0.limit) + 1
    }

    /// Cuts the one more off and seals the cursor of the next page.
    pub(crate) fn next<T>(
        &self,
        key: &CursorKey,
        realm: Uuid,
        list: &str,
        rows: &mut Vec<T>,
        id: impl Fn(&T) -> Uuid,
    ) -> Option<String> {
        let more = rows.len() > self.0.limit as usize;
        rows.truncate(self.0.limit as usize);
        rows.last()
            .filter(|_| more)
            .map(|row| key.seal(realm, list, id(row)))
    }
}
