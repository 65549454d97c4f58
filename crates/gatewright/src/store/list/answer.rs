//! The answer of a list.

use axum::response::{IntoResponse, Response};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::selection::{Selected, Selection};
use crate::http::Json;

/// One page of a list: `{"data": […], "next_cursor": …}`.
///
/// A list that the store gave remembers which `fields` the client asked for, and its JSON leaves
/// out the rest.
#[derive(Debug)]
pub struct List<T> {
    /// The records.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    selection: Option<Selection>,
}

impl<T> List<T> {
    /// A page of your own making, shown as it is.
    pub fn new(data: Vec<T>, next_cursor: Option<String>) -> Self {
        Self {
            data,
            next_cursor,
            selection: None,
        }
    }

    pub(crate) fn selected(
        data: Vec<T>,
        next_cursor: Option<String>,
        selection: Option<Selection>,
    ) -> Self {
        Self {
            data,
            next_cursor,
            selection,
        }
    }

    /// The same page of other records: `list.map(ProductCard::from)`. What the client asked for by
    /// `fields` holds for the new ones too, by the names of their JSON.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> List<U> {
        List {
            data: self.data.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
            selection: self.selection,
        }
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_struct("List", 2)?;
        match &self.selection {
            None => list.serialize_field("data", &self.data)?,
            Some(selection) => {
                let select = |record| Selected { record, selection };
                let data: Vec<_> = self.data.iter().map(select).collect();
                list.serialize_field("data", &data)?;
            }
        }
        list.serialize_field("next_cursor", &self.next_cursor)?;
        list.end()
    }
}

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}
