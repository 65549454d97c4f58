//! `gatewright.lock`: what the last generation wrote.
//!
//! It answers two questions of the next one. Was this generated file edited by hand? The lock holds
//! the hash of each. What did the schema say before? The lock holds it, resolved.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gatewright_schema::Schema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Where the lock stands in an application.
pub const LOCK_PATH: &str = "gatewright.lock";

/// The version of the lock's own layout that this tool writes.
const FORMAT: i64 = 4;

/// Formats that are still read. Tables of the first lack the system column `created_by`; those of the
/// first two, the runtime's tables for roles of a tenant's own, invitations, jobs and custom fields; those
/// of all three, what ways to prove who somebody is need beside a password.
const WITHOUT_CREATED_BY: i64 = 1;
const WITHOUT_TENANCY_TABLES: i64 = 2;
const WITHOUT_AUTHN_TABLES: i64 = 3;

/// What the tables that go with a lock lack, whatever the schema says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lacks {
    /// The column `created_by` of every resource.
    pub created_by: bool,
    /// The runtime's tables that came with format 3.
    pub tenancy_tables: bool,
    /// The runtime's tables and columns that came with format 4.
    pub authn_tables: bool,
}

/// The folder of the generated files.
const GENERATED_DIR: &str = "src/generated/";

const HEADER: &str = "# Written by gatewright: commit it, do not edit it.\n\n";

/// The contents of a `gatewright.lock`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    text: Text,
    schema: Schema,
    format: i64,
}

/// What stands in the file beside the format.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    tool: String,
    files: BTreeMap<String, String>,
    schema: toml::Table,
}

/// Why a text is not a lock that this tool can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockError {
    /// A later version of the tool wrote it, in the layout of this number.
    Newer {
        /// The layout's version.
        format: i64,
    },
    /// It is not a lock.
    Malformed {
        /// What the reader stumbled over.
        reason: String,
    },
}

impl std::fmt::Display for LockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Newer { format } => write!(
                f,
                "{LOCK_PATH} was written by a newer gatewright (format {format}); install that version"
            ),
            Self::Malformed { reason } => write!(
                f,
                "{LOCK_PATH} cannot be read: {reason}; restore it from version control"
            ),
        }
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// The lock of `files` (path and contents of each generated file), made from `schema`.
    ///
    /// # Errors
    /// When the schema holds a value that TOML cannot, which no checked schema does.
    pub(crate) fn new<'a>(
        schema: &Schema,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, toml::ser::Error> {
        Ok(Self {
            text: Text {
                tool: env!("CARGO_PKG_VERSION").to_owned(),
                files: files
                    .into_iter()
                    .map(|(path, contents)| (path.to_owned(), sha256_hex(contents)))
                    .collect(),
                schema: toml::Table::try_from(schema)?,
            },
            schema: schema.clone(),
            format: FORMAT,
        })
    }

    /// Reads a `gatewright.lock`.
    ///
    /// # Errors
    /// When a later version of the tool wrote it, and when it is not a lock at all.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let malformed = |reason: String| LockError::Malformed { reason };
        let mut table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| malformed(error.message().to_owned()))?;
        // The version comes first: the rest of a later layout is not ours to judge.
        let format = match table
            .remove("format")
            .and_then(|format| format.as_integer())
        {
            Some(format @ WITHOUT_CREATED_BY..=FORMAT) => format,
            Some(format) if format > FORMAT => return Err(LockError::Newer { format }),
            Some(format) => return Err(malformed(format!("there is no format {format}"))),
            None => return Err(malformed("it does not say its `format`".to_owned())),
        };
        let text: Text = table
            .try_into()
            .map_err(|error: toml::de::Error| malformed(error.message().to_owned()))?;
        let schema = text.schema.clone().try_into();
        let schema: Schema =
            schema.map_err(|error: toml::de::Error| malformed(error.message().to_owned()))?;
        let lock = Self {
            text,
            schema,
            format,
        };
        // The generator removes files that the lock names, so it must not lead out of their folder.
        if let Some(path) = lock.paths().find(|path| !is_generated_path(path)) {
            return Err(malformed(format!(
                "`{path}` is not a file of {GENERATED_DIR}"
            )));
        }
        Ok(lock)
    }

    /// The text of the file.
    pub fn render(&self) -> String {
        let files = self
            .text
            .files
            .iter()
            .map(|(path, hash)| (path.clone(), toml::Value::String(hash.clone())))
            .collect();
        let tables: toml::Table = [
            ("files".to_owned(), toml::Value::Table(files)),
            (
                "schema".to_owned(),
                toml::Value::Table(self.text.schema.clone()),
            ),
        ]
        .into_iter()
        .collect();
        let tool = toml::Value::String(self.text.tool.clone());
        format!("{HEADER}format = {FORMAT}\ntool = {tool}\n\n{tables}")
    }

    /// The version of the tool that wrote it.
    pub fn tool(&self) -> &str {
        &self.text.tool
    }

    /// The schema that it was made from.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What the tables that go with it lack.
    pub(crate) fn lacks(&self) -> Lacks {
        Lacks {
            created_by: self.format <= WITHOUT_CREATED_BY,
            tenancy_tables: self.format <= WITHOUT_TENANCY_TABLES,
            authn_tables: self.format <= WITHOUT_AUTHN_TABLES,
        }
    }

    /// The paths of the generated files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.text.files.keys().map(String::as_str)
    }

    /// Whether `contents` is what the generator last wrote to `path`; `None` for a path that it did
    /// not write.
    pub fn matches(&self, path: &str, contents: &str) -> Option<bool> {
        self.text
            .files
            .get(path)
            .map(|hash| *hash == sha256_hex(contents))
    }
}

fn is_generated_path(path: &str) -> bool {
    path.strip_prefix(GENERATED_DIR).is_some_and(|rest| {
        rest.split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']))
    })
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid() -> String {
        let schema = "[app]\nname = \"Shop\"\n[roles]\nowner = { permissions = [\"*\"], assigns = [\"*\"] }\n\
                      [resources.notes]\nfields.text = { type = \"string\" }\n";
        let schema = gatewright_schema::parse(schema).schema.unwrap();
        Lock::new(&schema, [("src/generated/a.rs", "abc")])
            .unwrap()
            .render()
    }

    #[test]
    fn a_lock_survives_being_written_and_read() {
        let lock = Lock::parse(&valid()).unwrap();
        assert_eq!(Lock::parse(&lock.render()).unwrap(), lock);
        assert_eq!(lock.paths().collect::<Vec<_>>(), ["src/generated/a.rs"]);
        assert_eq!(lock.lacks(), Lacks::default());
    }

    #[test]
    fn the_first_format_is_still_read() {
        let old = valid().replace("format = 4", "format = 1");
        let lock = Lock::parse(&old).unwrap();
        assert!(lock.lacks().created_by && lock.lacks().tenancy_tables);
        assert_eq!(lock.render(), valid());
    }

    #[test]
    fn a_hash_tells_an_edited_file() {
        let lock = Lock::parse(&valid()).unwrap();
        assert_eq!(lock.matches("src/generated/a.rs", "abc"), Some(true));
        assert_eq!(lock.matches("src/generated/a.rs", "abd"), Some(false));
        assert_eq!(lock.matches("src/generated/b.rs", "abc"), None);
    }

    #[test]
    fn a_later_format_is_told_from_a_broken_file() {
        let message = |text: &str| Lock::parse(text).unwrap_err().to_string();
        assert_eq!(
            message("format = 5\nanything = \"else\"\n"),
            "gatewright.lock was written by a newer gatewright (format 5); install that version"
        );
        assert_eq!(
            message("tool = \"0.1.0\"\n"),
            "gatewright.lock cannot be read: it does not say its `format`; restore it from version control"
        );
        assert_eq!(
            message("format = 0\n"),
            "gatewright.lock cannot be read: there is no format 0; restore it from version control"
        );
        assert_eq!(
            message("format = 1\n"),
            "gatewright.lock cannot be read: missing field `tool`; restore it from version control"
        );
        assert_eq!(
            message(&valid().replace("generated/a.rs", "generated/../main.rs")),
            "gatewright.lock cannot be read: `src/generated/../main.rs` is not a file of src/generated/; restore it from version control"
        );
        assert!(matches!(
            Lock::parse("<<<<<<< ours\n"),
            Err(LockError::Malformed { .. })
        ));
    }
}
