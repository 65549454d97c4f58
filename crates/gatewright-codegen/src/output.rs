//! What a generation gives.

use crate::lock::Lock;

/// All files of an application, and the lock that describes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Sorted by path. The lock is not among them.
    pub files: Vec<OutputFile>,
    /// What becomes `gatewright.lock`.
    pub lock: Lock,
}

/// One file of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Relative to the application's directory, with forward slashes.
    pub path: String,
    /// The whole text.
    pub contents: String,
    /// Who may change it.
    pub ownership: Ownership,
}

/// Who may change a file once it is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// The team: written once, never touched again.
    Yours,
    /// The generator: follows the schema, and its hash stands in the lock.
    Generated,
}
