//! The query of a request, of which each parameter that matters may come once.

use crate::error::{Error, Result};

pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The value of a parameter. What comes empty was not given.
    ///
    /// # Errors
    /// 400 when it comes twice (RFC 6749 section 3.1): which of them is meant cannot be told.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Error::broken_visit()),
            (Some((_, value)), None) if !value.is_empty() => Ok(Some(value)),
            _ => Ok(None),
        }
    }
}
