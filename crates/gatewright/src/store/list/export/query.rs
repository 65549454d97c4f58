//! What an export is asked for.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::super::super::Resource;
use super::super::query::{Query, refuse_nul, seen_by};
use super::super::window::unknown;
use super::Format;
use crate::authz::Holder;
use crate::error::{Error, Result};
use crate::model::{FieldDef, ResourceDef};

/// What an export is asked for: `?format=csv&filter[status]=active&sort=name&fields=name,price`.
///
/// `format` is `csv`, the default, or `jsonl`; filters, `sort`, `q` and `fields` are those of a list.
/// As an extractor it refuses what does not exist with 400 `invalid_query`, `limit` and `cursor`
/// among it.
#[derive(Debug, Clone)]
pub struct ExportQuery<R> {
    query: Query,
    format: Format,
    resource: PhantomData<fn() -> R>,
}

impl<R: Resource> ExportQuery<R> {
    /// Reads a query string, as a client would send it. It may name every field of the resource;
    /// the store refuses those that the caller does not see.
    ///
    /// # Errors
    /// 400 `invalid_query` for what a client could not ask for either.
    pub fn parse(query: &str) -> Result<Self> {
        read(R::DEF, |_| true, query).map(Self::of)
    }

    /// The same query with a parameter more, whatever the client sent. A filter narrows: those that
    /// are there hold too. Every other parameter replaces what was there.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with(mut self, name: &str, value: &str) -> Result<Self> {
        refuse_nul(name, value)?;
        if name == "format" {
            self.format = format(value)?;
        } else if !self.query.take(&|_| true, name, value)? {
            return Err(unknown(name));
        }
        self.query.settle();
        Ok(self)
    }

    fn of((query, format): (Query, Format)) -> Self {
        Self {
            query,
            format,
            resource: PhantomData,
        }
    }

    pub(crate) fn into_parts(self) -> (Query, Format) {
        (self.query, self.format)
    }
}

impl<R: Resource> FromRequestParts<()> for ExportQuery<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        let holder = parts.extensions.get::<Holder>();
        let query = parts.uri.query().unwrap_or_default();
        let all = Query::all_of(R::DEF, holder);
        read_for(all, |field| seen_by(holder, field), query).map(Self::of)
    }
}

/// Reads the query string of an export.
pub(in super::super) fn read(
    def: &'static ResourceDef,
    sees: impl Fn(&FieldDef) -> bool,
    text: &str,
) -> Result<(Query, Format)> {
    read_for(Query::all(def), sees, text)
}

/// The same as `holder` would send it.
#[cfg(test)]
pub(crate) fn read_export_as(
    def: &'static ResourceDef,
    holder: &Holder,
    text: &str,
) -> Result<(Query, Format)> {
    let sees = |field: &FieldDef| seen_by(Some(holder), field);
    read_for(Query::all_of(def, Some(holder)), sees, text)
}

/// The same into a query that knows what the tenant has added.
fn read_for(
    mut query: Query,
    sees: impl Fn(&FieldDef) -> bool,
    text: &str,
) -> Result<(Query, Format)> {
    let mut given = None;
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        refuse_nul(&name, &value)?;
        match name.as_ref() {
            "format" if given.is_none() => given = Some(format(&value)?),
            name => query.take_once(&sees, name, &value)?,
        }
    }
    query.settle();
    Ok((query, given.unwrap_or(Format::Csv)))
}

fn format(text: &str) -> Result<Format> {
    match text {
        "csv" => Ok(Format::Csv),
        "jsonl" => Ok(Format::JsonLines),
        _ => Err(Error::invalid_query("format", "Send csv or jsonl.")),
    }
}
