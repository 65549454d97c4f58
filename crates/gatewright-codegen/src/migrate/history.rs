//! The migrations that an application has: the files of `migrations/sqlite` and
//! `migrations/postgres`, the generator's and the team's own.

use super::Changes;

/// The folders of the two databases.
pub(crate) const SQLITE: &str = "migrations/sqlite";
pub(crate) const POSTGRES: &str = "migrations/postgres";

/// Both, for whoever reads them from disk.
pub const DIRECTORIES: [&str; 2] = [SQLITE, POSTGRES];

/// The name of the first migration, which `gatewright new` writes.
const INIT: &str = "init";

/// A migration by its file's name, `0002_add_products_brand.sql`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MigrationFile {
    /// `2`
    pub version: u32,
    /// `add_products_brand`
    pub name: String,
}

impl MigrationFile {
    /// Reads a file's name; `None` for one that is no migration's.
    pub fn parse(file: &str) -> Option<Self> {
        let (version, name) = file.strip_suffix(".sql")?.split_once('_')?;
        let digits = version.len() >= 4 && version.bytes().all(|byte| byte.is_ascii_digit());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (digits && !name.is_empty() && name.bytes().all(plain)).then_some(())?;
        Some(Self {
            version: version.parse().ok()?,
            name: name.to_owned(),
        })
    }

    pub(crate) fn path(&self, directory: &str) -> String {
        format!("{directory}/{:04}_{}.sql", self.version, self.name)
    }
}

/// The migrations of an application, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    sqlite: Vec<(MigrationFile, String)>,
    postgres: Vec<(MigrationFile, String)>,
}

/// Why files are no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryError {
    /// A `.sql` file whose name does not begin with a number.
    Name(String),
    /// Two files of one folder with the same number.
    Twice(String, String),
}

impl std::fmt::Display for HistoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(path) => write!(
                f,
                "{path} would never be applied: a migration is called NNNN_name.sql, for example 0002_prices.sql"
            ),
            Self::Twice(a, b) => write!(f, "{a} and {b} have the same number"),
        }
    }
}

impl History {
    /// What `gatewright new` writes.
    pub(crate) fn first() -> Self {
        let init = || {
            let file = MigrationFile {
                version: 1,
                name: INIT.to_owned(),
            };
            vec![(file, String::new())]
        };
        Self {
            sqlite: init(),
            postgres: init(),
        }
    }

    /// The history that these files are: path and text of each file in [`DIRECTORIES`]. What is not
    /// called `.sql` is passed over.
    ///
    /// # Errors
    /// When a file would be left out in silence, or two claim one place.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, HistoryError> {
        let mut history = Self {
            sqlite: Vec::new(),
            postgres: Vec::new(),
        };
        for (path, text) in files {
            let Some((directory, file)) = path.rsplit_once('/') else {
                continue;
            };
            let list = match directory {
                SQLITE => &mut history.sqlite,
                POSTGRES => &mut history.postgres,
                _ => continue,
            };
            if !file.ends_with(".sql") {
                continue;
            }
            match MigrationFile::parse(file) {
                Some(migration) => list.push((migration, text)),
                None => return Err(HistoryError::Name(path)),
            }
        }
        for (directory, list) in [
            (SQLITE, &mut history.sqlite),
            (POSTGRES, &mut history.postgres),
        ] {
            list.sort();
            for pair in list.windows(2) {
                if let [(a, _), (b, _)] = pair
                    && a.version == b.version
                {
                    return Err(HistoryError::Twice(a.path(directory), b.path(directory)));
                }
            }
        }
        Ok(history)
    }

    /// The history with one more migration.
    #[must_use]
    pub fn with(mut self, changes: &Changes) -> Self {
        let version = self.version_of(changes);
        for (list, text) in [
            (&mut self.sqlite, &changes.sqlite),
            (&mut self.postgres, &changes.postgres),
        ] {
            let file = MigrationFile {
                version,
                name: changes.name.clone(),
            };
            if list.iter().all(|(it, _)| *it != file) {
                list.push((file, text.clone()));
            }
        }
        self
    }

    /// The number of the migration that makes `changes`: above all others, unless the last one is
    /// just that, from a run that was stopped before it wrote the lock.
    pub(super) fn version_of(&self, changes: &Changes) -> u32 {
        let texts = [
            (&self.sqlite, &changes.sqlite),
            (&self.postgres, &changes.postgres),
        ];
        let last = texts
            .iter()
            .filter_map(|(list, _)| list.last())
            .map(|(file, _)| file.version)
            .max()
            .unwrap_or(0);
        let mut of_last = texts.iter().filter_map(|(list, text)| {
            list.last()
                .filter(|(file, _)| file.version == last)
                .map(|(file, found)| file.name == changes.name && same_text(found, text))
        });
        // Both where both are there, or the one that was written.
        if last > 0 && of_last.all(|same| same) {
            last
        } else {
            last + 1
        }
    }

    /// Both lists, SQLite's first.
    pub(crate) fn lists(&self) -> [Vec<&MigrationFile>; 2] {
        [&self.sqlite, &self.postgres].map(|list| list.iter().map(|(file, _)| file).collect())
    }
}

/// A checkout with other line ends holds the same text.
fn same_text(a: &str, b: &str) -> bool {
    a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}
