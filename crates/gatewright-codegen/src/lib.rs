//! From a checked schema to the files of an application, in memory.
//!
//! [`generate`] is a pure function of the schema, the options and this crate's version: the same
//! input gives the same bytes, on every machine. It goes in three steps: `lower` settles every
//! name, type and literal; `render` fills the templates of `templates/`; `format` breaks the lines
//! that rustfmt would break. [`migrate`] works out the next migration from the schema that the last
//! generation's [`Lock`] holds. [`plan()`] then compares the result with what is on disk and with the
//! lock, and says what to write. Nothing here touches the disk.

mod format;
mod lock;
mod lower;
pub mod migrate;
mod output;
mod plan;
mod render;
mod templates;

use gatewright_schema::Schema;

use self::migrate::History;

pub use self::lock::{LOCK_PATH, Lock, LockError};
pub use self::output::{Generation, OutputFile, Ownership};
pub use self::plan::{Change, Conflict, ConflictReason, MissingHandler, Plan, Write, plan};

/// What the schema does not say about an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options<'a> {
    /// The name of the crate and of its binary, for example `storefront`.
    pub package: String,
    /// The text that the schema was read from; it becomes `gatewright.toml`.
    pub source: &'a str,
    /// Where the application finds the runtime.
    pub runtime: Runtime,
}

/// Where the application finds the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runtime {
    /// Under its own `vendor/`. Whoever writes the files puts it there.
    Vendored,
    /// At a path relative to the application; `gatewright-attack` stands beside it.
    Path(String),
    /// In the registry, by a version requirement.
    Version(String),
}

/// A template that does not fit what is rendered with it: a defect of this crate, not of a schema.
#[derive(Debug)]
pub struct Error(Box<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the generator failed on this schema, which is a bug: {}",
            self.0
        )
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.as_ref())
    }
}

impl From<minijinja::Error> for Error {
    fn from(error: minijinja::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<toml::ser::Error> for Error {
    fn from(error: toml::ser::Error) -> Self {
        Self(Box::new(error))
    }
}

/// Makes all files of the application that `schema` describes, and their lock.
///
/// # Errors
/// Only for a defect in a template.
pub fn generate(schema: &Schema, options: &Options) -> Result<Generation, Error> {
    generate_with(schema, options, &History::first())
}

/// The same for an application that has these migrations.
///
/// # Errors
/// Only for a defect in a template.
pub fn generate_with(
    schema: &Schema,
    options: &Options,
    history: &History,
) -> Result<Generation, Error> {
    let app = lower::App::lower(schema, options, history);
    let mut files = render::render(&app)?;
    files.push(OutputFile {
        path: "gatewright.toml".to_owned(),
        contents: options.source.to_owned(),
        ownership: Ownership::Yours,
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));

    let generated = files
        .iter()
        .filter(|file| file.ownership == Ownership::Generated)
        .map(|file| (file.path.as_str(), file.contents.as_str()));
    let lock = Lock::new(schema, generated)?;
    Ok(Generation { files, lock })
}
