//! Building what is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Builds with cargo and returns the binary that came of it.
#[must_use]
pub fn executable(directory: &Path, arguments: &[&str]) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--message-format=json-render-diagnostics"])
        .current_dir(directory)
        .stderr(Stdio::inherit())
        .output()
        .expect("to run cargo");
    assert!(
        output.status.success(),
        "{} does not build",
        directory.display()
    );
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut executables = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    executables.next_back().expect("an executable")
}
