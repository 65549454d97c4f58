//! `gatewright diff`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gatewright_schema::access_diff::compare_access;

use crate::args::{Diff, DiffFormat};
use crate::error::{Error, Result};
use crate::schema_file::{FILE_NAME, SchemaFile};
use crate::text_diff::{ADDED, REMOVED};
use crate::{disk, git, project, terminal};

/// What the command exits with where somebody may do or see more than before.
const WIDER: u8 = 3;

/// Compares the schema with an earlier one and prints what that gives to whom.
pub(crate) fn run(args: &Diff) -> Result<ExitCode> {
    let directory = project::find(args.dir.as_deref())?;
    let path = project::schema_path(&directory);
    let (since, before) = match &args.from {
        Some(file) => (file.display().to_string(), disk::read_text(file)?),
        None => {
            let text = git::file_at(&directory, &args.revision, FILE_NAME)?;
            (args.revision.clone(), text)
        }
    };
    let before_path = match &args.from {
        Some(file) => file.clone(),
        None => PathBuf::from(format!("{since}:{}", path.display())),
    };
    let (before, after) = both(
        SchemaFile::check(&before_path, before),
        SchemaFile::check(&path, disk::read_text(&path)?),
    )?;

    let diff = compare_access(&before.schema, &after.schema);
    match args.format {
        DiffFormat::Text => terminal::print_text(&colored(&diff.to_text(&since)))?,
        DiffFormat::Markdown => terminal::print_text(&diff.to_markdown(&since))?,
        DiffFormat::Json => {
            let json = diff.to_json(&since).map_err(|error| {
                let stdout = Path::new("standard output");
                Error::io("write to", stdout, &error.into())
            })?;
            terminal::print(format_args!("{json:#}"))?;
        }
    }
    Ok(if diff.widens() {
        ExitCode::from(WIDER)
    } else {
        ExitCode::SUCCESS
    })
}

/// Both schemas, or the mistakes of both: each names its file.
fn both(before: Result<SchemaFile>, after: Result<SchemaFile>) -> Result<(SchemaFile, SchemaFile)> {
    match (before, after) {
        (Err(Error::Diagnostics(before)), Err(Error::Diagnostics(after))) => {
            Err(Error::Diagnostics(format!("{before}\n{after}")))
        }
        (before, after) => Ok((before?, after?)),
    }
}

/// Lines that widen access in the colour of what comes, those that narrow it in that of what goes.
fn colored(text: &str) -> String {
    text.lines()
        .map(|line| match line.as_bytes().first() {
            Some(b'+') => format!("{ADDED}{line}{ADDED:#}\n"),
            Some(b'-') => format!("{REMOVED}{line}{REMOVED:#}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}
