//! What a command answers when it could not do what was asked.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// The answer of every fallible step.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a command ends without having done what was asked.
#[derive(Debug)]
pub(crate) enum Error {
    /// One sentence for the person at the terminal, and the way out where there is one.
    Sentence {
        blame: Blame,
        message: String,
        fix: Option<String>,
    },
    /// Diagnostics of a schema, rendered, with their own headings and summary.
    Diagnostics(String),
}

/// What an error is about: scripts tell by the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The thing that was checked.
    Checked,
    /// How the command was used, or the machine it ran on.
    Circumstances,
}

impl Error {
    /// What was checked is wrong: exit code 1.
    pub fn checked(message: impl Into<String>) -> Self {
        Self::new(Blame::Checked, message.into())
    }

    /// The command could not be carried out: exit code 2.
    pub fn circumstances(message: impl Into<String>) -> Self {
        Self::new(Blame::Circumstances, message.into())
    }

    /// The system refused: `cannot write src/main.rs: permission denied`.
    pub fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "no space is left on the disk".to_owned()
            }
            io::ErrorKind::NotADirectory => "a part of the path is not a directory".to_owned(),
            io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
            _ => error.to_string(),
        };
        Self::circumstances(format!("cannot {action} {}: {reason}", path.display()))
    }

    /// Adds what to do about it, as a sentence without its full stop.
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        if let Self::Sentence { fix, .. } = &mut self {
            *fix = Some(text.into());
        }
        self
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Sentence {
                blame: Blame::Circumstances,
                ..
            } => ExitCode::from(2),
            Self::Sentence { .. } | Self::Diagnostics(_) => ExitCode::from(1),
        }
    }

    fn new(blame: Blame, message: String) -> Self {
        Self::Sentence {
            blame,
            message,
            fix: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sentence { message, fix, .. } => {
                f.write_str(message)?;
                match fix {
                    Some(fix) => write!(f, "\n  fix: {fix}"),
                    None => Ok(()),
                }
            }
            Self::Diagnostics(rendered) => f.write_str(rendered.trim_end()),
        }
    }
}
