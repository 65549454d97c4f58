//! Lists: which records, in which order, a page at a time.
//!
//! | file | |
//! | --- | --- |
//! | `query` | a query string, checked: what a list is asked for |
//! | `column` | what a query can name: fields, and the columns that every record has |
//! | `filter` | operators, and the values they take |
//! | `predicate` | filters and search as SQL |
//! | `order` | sort keys, and the records that come after a position |
//! | `selection` | `fields`: what is left out of the answer |
//! | `cursor` | a position, sealed |
//! | `window` | `limit` and `cursor` |
//! | `page` | the statement of a page, and its run |
//! | `answer` | the answer, `{"data": […], "next_cursor": …}` |
//! | `export` | a list as a file, of any length |
//!
//! A field that the caller does not see is no field to any of them: the words are those for a name
//! that does not exist.

mod answer;
mod column;
mod cursor;
mod export;
mod filter;
mod order;
mod page;
mod predicate;
mod query;
mod selection;
mod window;

#[cfg(test)]
mod tests;

pub use self::answer::List;
pub(crate) use self::cursor::CursorKey;
pub(crate) use self::export::Exports;
#[cfg(test)]
pub(super) use self::export::read_export_as;
pub(super) use self::export::start as start_export;
pub use self::export::{Export, ExportQuery};
pub(super) use self::page::page;
pub use self::query::ListQuery;
#[cfg(test)]
pub(super) use self::query::read_as;
pub(crate) use self::window::{Window, foreign_cursor};
