//! Building the example with cargo.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Error, Result};

/// Builds the application in `directory` and returns its binary.
///
/// Cargo's progress reaches the terminal as it comes. The binary's place is cargo's to say:
/// `CARGO_TARGET_DIR` and its configuration have a part in it.
pub(super) fn build(directory: &Path) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut child = Command::new(&cargo)
        .args(["build", "--message-format=json-render-diagnostics"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_run_cargo(&cargo, &error))?;

    let mut binary = None;
    if let Some(messages) = child.stdout.take() {
        for line in BufReader::new(messages).lines() {
            let line = line.map_err(|error| cannot_run_cargo(&cargo, &error))?;
            binary = executable(&line).or(binary);
        }
    }
    let status = child
        .wait()
        .map_err(|error| cannot_run_cargo(&cargo, &error))?;
    if !status.success() {
        return Err(Error::circumstances(format!(
            "cargo could not build the application in {}",
            directory.display()
        ))
        .fix("see cargo's messages above"));
    }
    binary.ok_or_else(|| {
        Error::circumstances(format!("cargo built no binary in {}", directory.display()))
    })
}

/// The executable that one of cargo's messages tells of.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some(PathBuf::from(message["executable"].as_str()?))
}

fn cannot_run_cargo(cargo: &OsString, error: &std::io::Error) -> Error {
    let cargo = Path::new(cargo);
    if error.kind() == ErrorKind::NotFound {
        Error::circumstances(format!("there is no `{}` to build with", cargo.display()))
            .fix("install Rust from https://rustup.rs")
    } else {
        Error::io("run", cargo, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_executables_count() {
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","executable":null}"#),
            None
        );
        assert_eq!(executable("Hello from a build script"), None);
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","executable":"/t/debug/storefront"}"#),
            Some(PathBuf::from("/t/debug/storefront"))
        );
    }
}
