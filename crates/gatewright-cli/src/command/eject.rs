//! `gatewright eject`

use std::collections::BTreeSet;

use crate::args::Eject;
use crate::disk::Directory;
use crate::error::{Error, Result};
use crate::terminal::{self, DONE};
use crate::{project, vendor};

/// Where an application keeps its own.
const FOLDER: &str = "templates";

/// Copies a template into the application, or names all of them.
pub(crate) fn run(args: &Eject) -> Result<()> {
    match &args.path {
        None => list(),
        Some(path) => copy(&Directory::at(project::find(args.dir.as_deref())?), path),
    }
}

fn list() -> Result<()> {
    let mut lines = String::new();
    for (path, _) in vendor::templates() {
        lines.push_str(path);
        lines.push('\n');
    }
    terminal::print_text(&lines)
}

fn copy(application: &Directory, given: &str) -> Result<()> {
    // Completed by a shell, it has the folder in front.
    let path = given.strip_prefix("templates/").unwrap_or(given);
    let found = vendor::templates().find(|(own, _)| *own == path);
    let Some((path, contents)) = found else {
        return Err(unknown(path));
    };
    let file = format!("{FOLDER}/{path}");
    if application.read(&file)?.is_some() {
        let shown = application.path().join(&file);
        return Err(
            Error::circumstances(format!("{} is there already", shown.display()))
                .fix("it is yours; to begin anew, remove it first"),
        );
    }
    application.write(&file, contents)?;
    terminal::print(format_args!("{DONE}wrote{DONE:#} {file}"))?;
    if !embeds(application)? {
        terminal::note(format_args!(
            "this application does not read {FOLDER}/ yet: it takes a build.rs, which `gatewright generate` writes, and `.templates(gatewright::templates!())` in src/main.rs"
        ));
    }
    Ok(())
}

/// Whether the application's templates are built into it, which those of an earlier version are not.
fn embeds(application: &Directory) -> Result<bool> {
    let main = application.read("src/main.rs")?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&main).contains("templates!()"))
}

fn unknown(path: &str) -> Error {
    let names: BTreeSet<&str> = vendor::templates().map(|(own, _)| own).collect();
    let closest = gatewright_schema::closest(path, names.iter().copied())
        // The ending is what people leave out.
        .or_else(|| {
            let begins = |name: &&&str| name.starts_with(path) && !path.is_empty();
            names.iter().find(begins).copied()
        });
    let error = Error::circumstances(format!("gatewright has no template `{path}`"));
    match closest {
        Some(name) => error.fix(format!("did you mean `{name}`?")),
        None => error.fix("`gatewright eject --list` names all of them"),
    }
}
