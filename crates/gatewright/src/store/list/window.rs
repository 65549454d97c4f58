//! `limit` and `cursor`: which part of a list is asked for.

use crate::error::{Error, Result};

/// Records of a page unless the query says otherwise.
const DEFAULT_LIMIT: u32 = 50;
/// The most records of a page.
const MAX_LIMIT: u32 = 200;

/// Which page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    limit: Option<u32>,
    pub(crate) cursor: Option<String>,
}

impl Window {
    /// Records of the page, 1 to 200.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// Reads a query string that has these two parameters and no other.
    pub(crate) fn parse(query: &str) -> Result<Self> {
        let mut window = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if window.has(&name) || !window.take(&name, &value)? {
                return Err(unknown(&name));
            }
        }
        Ok(window)
    }

    /// Whether the parameter was given before.
    pub(super) fn has(&self, name: &str) -> bool {
        match name {
            "limit" => self.limit.is_some(),
            "cursor" => self.cursor.is_some(),
            _ => false,
        }
    }

    /// Takes a parameter if it is one of these.
    pub(super) fn take(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "limit" => {
                let limit = value.parse().ok();
                let limit = limit.filter(|limit| (1..=MAX_LIMIT).contains(limit));
                let message = || format!("Send a number from 1 to {MAX_LIMIT}, once.");
                self.limit = Some(limit.ok_or_else(|| Error::invalid_query("limit", message()))?);
            }
            "cursor" => self.cursor = Some(value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The refusal of a parameter that is not one, or that is given again.
pub(super) fn unknown(name: &str) -> Error {
    Error::invalid_query(
        name,
        "There is no such parameter, or it stands more than once.",
    )
}

/// The refusal of a cursor that was not sealed for this list.
pub(crate) fn foreign_cursor() -> Error {
    Error::invalid_query("cursor", "This cursor is not of this list.")
}
