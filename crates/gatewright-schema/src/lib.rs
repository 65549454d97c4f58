//! From the text of a `gatewright.toml` to a checked [`Schema`], or to all its mistakes at once.
//!
//! The crate is pure: text in, values out, no disk, no terminal, no async.
//!
//! ```
//! let source = r#"
//!     [app]
//!     name = "Shop"
//!     [roles]
//!     owner = { permissions = ["*"], assigns = ["*"] }
//!     [resources.products]
//!     fields.name = { type = "strnig" }
//! "#;
//! let parsed = gatewright_schema::parse(source);
//! assert!(parsed.schema.is_none());
//! assert_eq!(parsed.diagnostics[0].code, "unknown_type");
//! assert_eq!(parsed.diagnostics[0].help.as_deref(), Some("did you mean `string`?"));
//! ```
//!
//! Three steps, each in its folder: `syntax` walks the TOML tree against the table of `keys` and
//! keeps every value with its place; `resolve` checks names, types, references, roles and tests
//! and makes the [`Schema`]; `diagnostics` has one file for each thing that can be wrong.
//!
//! [`access_diff`] compares the access that two schemas give.

pub mod access_diff;
mod diagnostics;
mod json_schema;
mod keys;
mod model;
mod report;
mod resolve;
mod syntax;
mod wording;

pub use diagnostics::DIAGNOSTIC_CODES;
pub use json_schema::json_schema;
pub use model::*;
pub use report::{Diagnostic, Severity, render};
pub use resolve::built_in_permissions;
pub use wording::closest;

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The schema; present exactly if no diagnostic is an error.
    pub schema: Option<Schema>,
    /// Mistakes and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks the text of a `gatewright.toml`.
///
/// All mistakes are found in one run, except where an earlier one hides a later: text that is not
/// TOML is not looked into, and what follows from a reported mistake is not reported again.
#[must_use]
pub fn parse(source: &str) -> Parsed {
    let mut diagnostics = Vec::new();
    let schema = if source.len() > resolve::limits::FILE_BYTES {
        diagnostics.push(diagnostics::file_too_large::file_too_large(source.len()));
        None
    } else {
        syntax::read(source, &mut diagnostics).map(|file| resolve::schema(&file, &mut diagnostics))
    };
    report::sort(&mut diagnostics);
    let sound = diagnostics.iter().all(|d| d.severity != Severity::Error);
    Parsed {
        schema: schema.filter(|_| sound),
        diagnostics,
    }
}
