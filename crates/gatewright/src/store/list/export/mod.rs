//! Exports: a list as a file, of any length, in pages that are read as the client takes them.
//!
//! | file | |
//! | --- | --- |
//! | `query` | what an export is asked for |
//! | `reader` | reads page after page, once the grant that began it is gone |
//! | `turns` | how many exports run at once |
//! | `csv` | the records as CSV |
//! | `json_lines` | the records as JSON, one a line |

mod csv;
mod json_lines;
mod query;
mod reader;
mod turns;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, header};

pub use self::query::ExportQuery;
#[cfg(test)]
pub(super) use self::query::read;
#[cfg(test)]
pub(in super::super) use self::query::read_export_as;
use self::reader::Reader;
pub(in super::super) use self::reader::start;
pub(crate) use self::turns::Exports;
use super::super::record::Record;
use super::column::Column;
use crate::error::Result;
use crate::http::log_error;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    JsonLines,
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// What comes before the first record.
    fn head(self, columns: &[Column]) -> Result<Vec<u8>> {
        match self {
            Self::Csv => csv::head(columns),
            Self::JsonLines => Ok(Vec::new()),
        }
    }

    fn encode(self, columns: &[Column], records: &[Record]) -> Result<Vec<u8>> {
        match self {
            Self::Csv => csv::encode(columns, records),
            Self::JsonLines => json_lines::encode(columns, records),
        }
    }
}

/// The answer of an export: a file whose body is read from the database as the client takes it.
///
/// Its first page is there already, so what is wrong with the query or the database has a status.
/// Each further page is a short transaction of its own: a slow client holds no connection, and an
/// export is **no snapshot**. A record that changes meanwhile appears as it was or as it is; one that
/// moves in the order of the list may be missing, or appear twice. In the order by id, which is the
/// default, every record that is there all the while appears once.
///
/// An export was allowed as a whole when it began. If a page fails, the body breaks off: the
/// transfer ends without its last chunk, which every HTTP client reports.
pub struct Export {
    resource: &'static str,
    format: Format,
    first: Bytes,
    /// Where the rest comes from; `None` when the first page is all.
    rest: Option<Reader>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Export({} as {:?})", self.resource, self.format)
    }
}

impl IntoResponse for Export {
    fn into_response(self) -> Response {
        let (resource, extension) = (self.resource, self.format.extension());
        let body = match self.rest {
            None => Body::from(self.first),
            Some(rest) => Body::from_stream(stream::unfold(Next::Page(self.first, rest), next)),
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.format.media_type()),
        );
        // The names of resources are letters, digits and underscores.
        let disposition = format!(r#"attachment; filename="{resource}.{extension}""#);
        if let Ok(disposition) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }
}

/// What the body does when it is asked for more.
enum Next {
    /// Gives what is there, then reads on.
    Page(Bytes, Reader),
    Read(Reader),
    End,
}

/// Runs only when the client's connection has room: nothing is read ahead, and a client that hangs
/// up drops it where it stands.
async fn next(state: Next) -> Option<(Result<Bytes>, Next)> {
    let mut reader = match state {
        Next::Page(bytes, reader) => return Some((Ok(bytes), Next::Read(reader))),
        Next::Read(reader) => reader,
        Next::End => return None,
    };
    match reader.next().await {
        Ok((page, true)) => Some((Ok(page), Next::Read(reader))),
        Ok((page, false)) => Some((Ok(page), Next::End)),
        Err(error) => {
            log_error(&error, reader.request_id());
            Some((Err(error), Next::End))
        }
    }
}
