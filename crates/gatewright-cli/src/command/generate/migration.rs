//! The next migration of an application: what the tool reads and asks before it writes one.

use gatewright_codegen::migrate::{self, Changes, DIRECTORIES, Failure, History};
use gatewright_codegen::{LOCK_PATH, Lock};
use gatewright_schema::Schema;

use crate::disk::Directory;
use crate::error::{Error, Result};
use crate::terminal;

/// The migrations that are on disk.
pub(super) fn history(directory: &Directory) -> Result<History> {
    let mut files = Vec::new();
    for folder in DIRECTORIES {
        for name in directory.list(folder)? {
            let path = format!("{folder}/{name}");
            let text = directory.read(&path)?.unwrap_or_default();
            files.push((path, String::from_utf8_lossy(&text).into_owned()));
        }
    }
    History::new(files).map_err(|error| {
        Error::checked(error.to_string()).fix("rename it, or move it out of that folder")
    })
}

/// What the schema changes in the tables; `None` where nothing does, or where nobody knows.
pub(super) fn changes(previous: Option<&Lock>, schema: &Schema) -> Result<Option<Changes>> {
    let Some(previous) = previous else {
        terminal::note(format_args!(
            "without {LOCK_PATH} nobody knows what the tables looked like: no migration is written"
        ));
        return Ok(None);
    };
    match migrate::changes(previous, schema) {
        Ok(changes) => Ok((!changes.is_empty()).then_some(changes)),
        Err(Failure::Defect(error)) => Err(Error::circumstances(error.to_string())),
        Err(Failure::Refused(refusals)) => {
            let list: Vec<String> = refusals
                .iter()
                .map(|refusal| format!("{}\n    fix: {}", refusal.message, refusal.fix))
                .collect();
            Err(Error::checked(format!(
                "no migration can make this change, and nothing was written:\n  {}",
                list.join("\n  ")
            )))
        }
    }
}

/// Refuses to lose values that nobody gave up.
pub(super) fn require_lossless(changes: &Changes) -> Result<()> {
    if changes.losses.is_empty() {
        return Ok(());
    }
    Err(Error::checked(format!(
        "nothing was written, for the next migration would lose data:\n  {}",
        changes.losses.join("\n  ")
    ))
    .fix(
        "name what was renamed by `renamed_from`; if it is to go, say so with --allow-destructive",
    ))
}

/// Tells what to know of a migration that was written.
pub(super) fn tell(changes: &Changes) {
    for note in &changes.notes {
        terminal::note(note);
    }
    terminal::note(format_args!(
        "the tables change; read the migration, then apply it: cargo run -- migrate\n  {}",
        changes.steps.join("\n  ")
    ));
}
