//! What git remembers of a file. Nothing here changes a repository.

use std::path::Path;
use std::process::{Command, Output};

use crate::disk;
use crate::error::{Error, Result};

/// The way out for whoever has no git, or no repository.
const WITHOUT_GIT: &str = "compare with a file instead: `gatewright diff --from FILE`";

/// The text that a file of `directory` had at a revision.
pub(crate) fn file_at(directory: &Path, revision: &str, file: &str) -> Result<String> {
    let commit = commit(directory, revision)?;
    // By its hash, so that nothing of the revision's text is read as an option or a path, and
    // through the plumbing, which shows the bytes as they are.
    let object = format!("{commit}:./{file}");
    if !run(directory, &["cat-file", "-e", &object])?
        .status
        .success()
    {
        let message = format!("{} has no {file} at {revision}", shown(directory));
        return Err(Error::circumstances(message)
            .fix("name a revision that has it; what is new altogether, `gatewright check` shows"));
    }
    let output = run(directory, &["cat-file", "blob", &object])?;
    if !output.status.success() {
        return Err(refused(directory, &output));
    }
    disk::text(Path::new(&format!("{revision}:{file}")), output.stdout)
}

/// The hash of the commit that a revision names.
fn commit(directory: &Path, revision: &str) -> Result<String> {
    let inside = run(directory, &["rev-parse", "--git-dir"])?;
    if !inside.status.success() {
        return Err(refused(directory, &inside));
    }
    let name = format!("{revision}^{{commit}}");
    let arguments = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &name,
    ];
    let output = run(directory, &arguments)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        let message = format!("git knows no revision {revision:?} here");
        Err(Error::circumstances(message).fix(
            "check its name; a shallow clone, as CI makes one, has to fetch it first: \
             `git fetch origin BRANCH`",
        ))
    }
}

fn run(directory: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(directory);
    // Its messages are told apart below.
    command.env("LC_ALL", "C");
    command
        .output()
        .map_err(|error| Error::circumstances(format!("cannot run git: {error}")).fix(WITHOUT_GIT))
}

/// What git answers where it cannot work at all.
fn refused(directory: &Path, output: &Output) -> Error {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let first = stderr.lines().next().unwrap_or_default();
    let message = if first.contains("not a git repository") {
        format!("{} is in no git repository", shown(directory))
    } else {
        let reason = first.strip_prefix("fatal: ").unwrap_or(first);
        format!("git refuses to read {}: {reason}", shown(directory))
    };
    Error::circumstances(message).fix(WITHOUT_GIT)
}

fn shown(directory: &Path) -> String {
    if directory == Path::new(".") {
        "this directory".to_owned()
    } else {
        directory.display().to_string()
    }
}
