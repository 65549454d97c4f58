//! `?limit=&cursor=` of lists that are no resource.

use axum::extract::FromRequestParts;
use http::request::Parts;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::{CursorKey, FieldValue, Value, Window, foreign_cursor};

/// Which page of a list is asked for.
#[derive(Debug)]
pub(crate) struct PageQuery(Window);

impl FromRequestParts<()> for PageQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl PageQuery {
    /// Reads a query string.
    ///
    /// # Errors
    /// 400 `invalid_query` for any other parameter, and for one that is given twice.
    pub(crate) fn parse(query: &str) -> Result<Self> {
        Window::parse(query).map(Self)
    }

    /// The record after which the page begins. `realm` is the tenant, or nil on the platform.
    pub(crate) fn after(&self, key: &CursorKey, realm: Uuid, list: &str) -> Result<Option<Uuid>> {
        let open = |cursor: &String| {
            let position = key.open(realm, list, cursor);
            let last = position.and_then(|position| position.into_iter().next());
            last.and_then(|last| Uuid::from_value(last).ok())
                .ok_or_else(foreign_cursor)
        };
        self.0.cursor.as_ref().map(open).transpose()
    }

    /// The page's limit and one more, which tells whether there is a next page.
    pub(crate) fn one_more(&self) -> i64 {
        i64::from(self.0.limit()) + 1
    }

    /// Cuts the one more off and seals the cursor of the next page.
    ///
    /// # Errors
    /// 500 when the cursor cannot be sealed.
    pub(crate) fn next<T>(
        &self,
        key: &CursorKey,
        realm: Uuid,
        list: &str,
        rows: &mut Vec<T>,
        id: impl Fn(&T) -> Uuid,
    ) -> Result<Option<String>> {
        let limit = self.0.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        rows.last()
            .filter(|_| more)
            .map(|row| key.seal(realm, list, &[Value::Uuid(id(row))]))
            .transpose()
    }
}
