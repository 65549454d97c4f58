//! The application that a command works on.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{Error, Result};
use crate::schema_file::FILE_NAME;

/// The application's directory: `given`, or else the working directory or the nearest one above
/// it that holds a `gatewright.toml`.
///
/// Paths stay as short as they were given, so that messages show what the person typed.
pub(crate) fn find(given: Option<&Path>) -> Result<PathBuf> {
    match given {
        Some(directory) => of(directory),
        None => climb(),
    }
}

/// The schema of the application in `directory`.
pub(crate) fn schema_path(directory: &Path) -> PathBuf {
    if directory == Path::new(".") {
        PathBuf::from(FILE_NAME)
    } else {
        directory.join(FILE_NAME)
    }
}

fn of(directory: &Path) -> Result<PathBuf> {
    if !directory.exists() {
        Err(Error::circumstances(format!(
            "{} does not exist",
            directory.display()
        )))
    } else if !directory.is_dir() {
        Err(Error::circumstances(format!(
            "{} is not a directory",
            directory.display()
        )))
    } else if !directory.join(FILE_NAME).exists() {
        Err(
            Error::circumstances(format!("{} holds no {FILE_NAME}", directory.display())).fix(
                "give the directory of an application, or write one with `gatewright new NAME`",
            ),
        )
    } else {
        Ok(directory.to_owned())
    }
}

fn climb() -> Result<PathBuf> {
    let here =
        std::env::current_dir().map_err(|error| Error::io("find", Path::new("."), &error))?;
    let mut relative = PathBuf::from(".");
    for (steps, directory) in here.ancestors().enumerate() {
        if directory.join(FILE_NAME).exists() {
            return Ok(relative);
        }
        if steps == 0 {
            relative = PathBuf::from("..");
        } else {
            relative.push("..");
        }
    }
    Err(Error::circumstances(format!(
        "there is no {FILE_NAME} here or in any directory above"
    ))
    .fix("go to an application, or write one with `gatewright new NAME`"))
}

/// The name of the application's package, from its manifest.
pub(crate) fn package(directory: &Path) -> Result<String> {
    let path = directory.join("Cargo.toml");
    let manifest: toml_edit::DocumentMut = disk::read_text(&path)?.parse().map_err(|error| {
        Error::circumstances(format!("{} is not TOML: {error}", path.display()))
    })?;
    match manifest
        .get("package")
        .and_then(|package| package.get("name")?.as_str())
    {
        Some(name) => Ok(name.to_owned()),
        None => Err(Error::circumstances(format!(
            "{} names no package",
            path.display()
        ))),
    }
}
