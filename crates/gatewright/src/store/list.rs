//! Lists: a page at a time, by id, with equality filters.

use std::fmt::Write as _;
use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde::Serialize;

use super::record::{Record, encode};
use super::write::statements;
use super::{Access, Resource, Value, check, scope};
use crate::error::{Error, Result};
use crate::http::Json;
use crate::model::ResourceDef;

/// Records of a page unless the query says otherwise.
pub(crate) const DEFAULT_LIMIT: u32 = 50;
/// The most records of a page.
pub(crate) const MAX_LIMIT: u32 = 200;

/// One page of a list: `{"data": […], "next_cursor": …}`.
#[derive(Debug, Serialize)]
pub struct List<T> {
    /// The records.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What a list is asked for: `?filter[status]=active&limit=20&cursor=…`.
///
/// As an extractor it refuses parameters and fields that do not exist.
#[derive(Debug)]
pub struct ListQuery<R> {
    parts: ListParts,
    resource: PhantomData<fn() -> R>,
}

/// A checked query, without the type of its records.
#[derive(Debug)]
pub(crate) struct ListParts {
    pub(crate) limit: u32,
    pub(crate) cursor: Option<String>,
    /// Position of a field and the value that it must have.
    pub(crate) filters: Vec<(usize, Value)>,
}

impl<R> ListQuery<R> {
    pub(crate) fn into_parts(self) -> ListParts {
        self.parts
    }
}

impl<R: Resource> FromRequestParts<()> for ListQuery<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        let parts = ListParts::parse(Some(R::DEF), parts.uri.query().unwrap_or_default())?;
        Ok(Self {
            parts,
            resource: PhantomData,
        })
    }
}

impl ListParts {
    /// Reads a query string. Without a resource there is nothing to filter by.
    pub(crate) fn parse(def: Option<&ResourceDef>, query: &str) -> Result<Self> {
        let mut parts = Self {
            limit: DEFAULT_LIMIT,
            cursor: None,
            filters: Vec::new(),
        };
        let mut limited = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "limit" if !limited => {
                    limited = true;
                    let limit = value
                        .parse()
                        .ok()
                        .filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    parts.limit = limit.ok_or_else(|| {
                        Error::invalid_query(
                            "limit",
                            format!("Send a number from 1 to {MAX_LIMIT}, once."),
                        )
                    })?;
                }
                "cursor" if parts.cursor.is_none() => parts.cursor = Some(value.into_owned()),
                name => {
                    let filter = parts.filter(def, name, &value)?;
                    parts.filters.push(filter);
                }
            }
        }
        // One text for one query, whatever the order of its parameters.
        parts.filters.sort_by_key(|(index, _)| *index);
        Ok(parts)
    }

    fn filter(&self, def: Option<&ResourceDef>, name: &str, value: &str) -> Result<(usize, Value)> {
        let unknown = || {
            Error::invalid_query(
                name,
                "There is no such parameter, or it stands more than once.",
            )
        };
        let inner = name
            .strip_prefix("filter[")
            .and_then(|rest| rest.strip_suffix(']'))
            .ok_or_else(unknown)?;
        let field = inner.strip_suffix("][eq").unwrap_or(inner);
        let (def, index) = def
            .and_then(|def| def.field(field).map(|index| (def, index)))
            .ok_or_else(unknown)?;
        if self.filters.iter().any(|(known, _)| *known == index) {
            return Err(unknown());
        }
        let field = def.fields.get(index).ok_or_else(unknown)?;
        let value = check::parse_text(field, value);
        value
            .map(|value| (index, value))
            .map_err(|error| Error::invalid_query(name, error.message))
    }

    /// The text that a cursor of this query is sealed for.
    fn identity(&self, table: &str) -> String {
        let mut identity = table.to_owned();
        for (index, value) in &self.filters {
            // Writing to a String cannot fail.
            let _ = write!(identity, "\n{index}={value:?}");
        }
        identity
    }
}

/// The records of a page, and the cursor of the next one.
pub(super) async fn page(
    access: Access<'_>,
    def: &'static ResourceDef,
    query: ListParts,
) -> Result<(Vec<Record>, Option<String>)> {
    let table = def.name;
    let unit = access.unit();
    let runtime = unit.runtime();
    let tenant = unit.caller().tenant_id;
    let identity = query.identity(table);

    let mut sql = format!(
        r#"SELECT {} FROM "{table}" WHERE {}"#,
        statements(unit, def)?.columns,
        scope::tenant(table)
    );
    let mut args = vec![Value::Uuid(tenant)];
    if let Some(user) = access.own() {
        args.push(Value::Uuid(user));
        let _ = write!(sql, " AND {}", scope::owner(table, args.len()));
    }
    for (index, value) in &query.filters {
        let Some(field) = def.fields.get(*index) else {
            continue;
        };
        args.push(encode(runtime.statements.dialect(), value));
        let _ = write!(sql, r#" AND "{table}"."{}" = ${}"#, field.name, args.len());
    }
    if let Some(cursor) = &query.cursor {
        let last = runtime.cursors.open(tenant, &identity, cursor);
        args.push(Value::Uuid(last.ok_or_else(|| {
            Error::invalid_query("cursor", "This cursor is not of this list.")
        })?));
        let _ = write!(sql, r#" AND "{table}"."id" > ${}"#, args.len());
    }
    // One more than the page tells whether there is a next one.
    let _ = write!(sql, r#" ORDER BY "{table}"."id" LIMIT {}"#, query.limit + 1);

    let rows = unit.run(&sql, &args).await?;
    let mut records = rows
        .into_iter()
        .map(|row| Record::from_row(def, row))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::internal)?;
    let more = records.len() > query.limit as usize;
    records.truncate(query.limit as usize);
    let last = records.last().filter(|_| more);
    let next = last.map(|record| runtime.cursors.seal(tenant, &identity, record.id));
    Ok((records, next))
}
