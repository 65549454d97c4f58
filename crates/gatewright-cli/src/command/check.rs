//! `gatewright check`

use std::path::{Path, PathBuf};

use gatewright_schema::{Diagnostic, Parsed, Schema, Severity};
use serde_json::{Value, json};

use crate::args::{Check, Format};
use crate::error::{Error, Result};
use crate::matrix::{self, Matrix};
use crate::schema_file::SchemaFile;
use crate::{disk, project, terminal};

/// Checks the schema that the arguments name and prints who may do what.
pub(crate) fn run(args: &Check) -> Result<()> {
    let path = schema_path(args.path.as_deref())?;
    match args.format {
        Format::Text => {
            let SchemaFile {
                schema, warnings, ..
            } = SchemaFile::load(&path)?;
            if !warnings.is_empty() {
                terminal::report(warnings.trim_end());
            }
            terminal::print(Matrix(&schema))?;
            terminal::print(matrix::summary(&schema))
        }
        Format::Json => {
            let source = disk::read_text(&path)?;
            let parsed = gatewright_schema::parse(&source);
            terminal::print(format_args!("{:#}", to_json(&path, &source, &parsed)))?;
            match parsed.schema {
                Some(_) => Ok(()),
                None => Err(Error::checked(format!("{} has mistakes", path.display()))),
            }
        }
    }
}

fn schema_path(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(path) if !path.exists() => Err(Error::circumstances(format!(
            "{} does not exist",
            path.display()
        ))),
        Some(path) if path.is_file() => Ok(path.to_owned()),
        directory => Ok(project::schema_path(&project::find(directory)?)),
    }
}

fn to_json(path: &Path, source: &str, parsed: &Parsed) -> Value {
    let diagnostics = parsed
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic_to_json(diagnostic, source));
    json!({
        "file": path.display().to_string(),
        "diagnostics": diagnostics.collect::<Vec<_>>(),
        "permissions": parsed.schema.as_ref().map(permissions_to_json),
        "covers": parsed.schema.as_ref().map(covers_to_json),
        "roles": parsed.schema.as_ref().map(|schema| &schema.roles),
    })
}

fn permissions_to_json(schema: &Schema) -> Vec<&str> {
    schema
        .permissions
        .iter()
        .map(|permission| permission.slug.as_str())
        .collect()
}

/// What each action covers.
fn covers_to_json(schema: &Schema) -> Value {
    let permissions = schema.permissions.iter();
    let actions = permissions.filter(|permission| !permission.uses.is_empty());
    let covers = actions.map(|action| (action.slug.clone(), json!(action.uses)));
    Value::Object(covers.collect())
}

/// A diagnostic with its place as editors count: from 1, columns in characters.
fn diagnostic_to_json(diagnostic: &Diagnostic, source: &str) -> Value {
    let before = source.get(..diagnostic.span.start).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    json!({
        "code": diagnostic.code,
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": diagnostic.message,
        "label": diagnostic.label,
        "help": diagnostic.help,
        "line": before.matches('\n').count() + 1,
        "column": before[line_start..].chars().count() + 1,
        "bytes": [diagnostic.span.start, diagnostic.span.end],
    })
}
