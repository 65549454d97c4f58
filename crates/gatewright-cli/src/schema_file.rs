//! A schema on disk: read, checked, and its mistakes told.

use std::path::Path;

use gatewright_schema::{Diagnostic, Parsed, Schema};

use crate::disk;
use crate::error::{Error, Result};
use crate::terminal;

/// The name that every application's schema has.
pub(crate) const FILE_NAME: &str = "gatewright.toml";

/// The text of a schema and what it says.
#[derive(Debug)]
pub(crate) struct SchemaFile {
    pub source: String,
    pub schema: Schema,
    /// What deserves a second look, rendered; empty if nothing does.
    pub warnings: String,
}

impl SchemaFile {
    /// Reads and checks the schema at `path`.
    pub fn load(path: &Path) -> Result<Self> {
        Self::check(path, disk::read_text(path)?)
    }

    /// Checks a text that stands, or is going to stand, at `path`.
    pub fn check(path: &Path, source: String) -> Result<Self> {
        let Parsed {
            schema,
            diagnostics,
        } = gatewright_schema::parse(&source);
        let rendered = render(&diagnostics, path, &source);
        match schema {
            Some(schema) => Ok(Self {
                source,
                schema,
                warnings: rendered,
            }),
            None => Err(Error::Diagnostics(rendered)),
        }
    }
}

fn render(diagnostics: &[Diagnostic], path: &Path, source: &str) -> String {
    let color = terminal::colors_on_stderr();
    gatewright_schema::render(diagnostics, &path.display().to_string(), source, color)
}
