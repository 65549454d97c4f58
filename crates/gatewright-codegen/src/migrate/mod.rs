//! The next migration: from the schema that the lock holds to the one of now.
//!
//! Both are lowered to tables, by the code that makes a fresh database, and compared: `pairing`
//! says which table and column is which, `cast` how values change their type, `diff` puts it
//! together, `check`, `custom` and `additions` ask the database what would be in the way, and `sqlite` and
//! `postgres` write the statements. `history` numbers the files. A migrated database equals a fresh one.

mod additions;
mod cast;
mod check;
mod custom;
mod describe;
mod diff;
pub mod followers;
mod history;
mod pairing;
mod postgres;
mod slugs;
mod sqlite;
mod value;

use gatewright_schema::Schema;

use self::diff::Tables;
pub use self::history::{DIRECTORIES, History, HistoryError, MigrationFile};
use crate::lock::{Lacks, Lock};
use crate::{Error, OutputFile, Ownership};

/// What a changed schema means for the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The end of the migration's name: `add_products_brand`.
    pub name: String,
    /// Each change in words.
    pub steps: Vec<String>,
    /// What values are lost, in words. Where there are any, somebody should have said so.
    pub losses: Vec<String>,
    /// What to know beside.
    pub notes: Vec<String>,
    sqlite: String,
    postgres: String,
}

/// A change that no migration can make, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What cannot be.
    pub message: String,
    /// The way out.
    pub fix: String,
}

/// Why there is no next migration.
#[derive(Debug)]
pub enum Failure {
    /// What the schema asks for cannot be done to tables with records.
    Refused(Vec<Refusal>),
    /// A defect of the generator.
    Defect(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Defect(error)
    }
}

/// Works out what `schema` changes in the tables that `previous` describes. A migration without
/// steps is none: its list of steps is empty.
///
/// # Errors
/// When the change cannot be made, with every reason; and for a defect in a template.
pub fn changes(previous: &Lock, schema: &Schema) -> Result<Changes, Failure> {
    between(previous.schema(), schema, previous.lacks())
}

fn between(previous: &Schema, schema: &Schema, lacks: Lacks) -> Result<Changes, Failure> {
    let (old, new) = (Tables::of(previous), Tables::of(schema));
    let mut refusals = Vec::new();
    let diff = diff::diff(&old, &new, lacks, &mut refusals);
    if !refusals.is_empty() {
        return Err(Failure::Refused(refusals));
    }
    let steps = describe::steps(&diff);
    let environment = crate::render::environment().map_err(Error::from)?;
    let mut checks = check::checks(&diff);
    checks.extend(custom::checks(&diff));
    let file = |dialect: &str, checks: Vec<String>, statements: Vec<String>| {
        let mut parts = vec![header(&schema.app.name, dialect, &steps)];
        parts.extend(checks);
        parts.extend(statements);
        parts.join("\n\n") + "\n"
    };
    Ok(Changes {
        name: describe::name(&steps),
        losses: steps.iter().filter_map(|it| it.loss.clone()).collect(),
        notes: describe::notes(&diff),
        sqlite: file(
            SQLITE,
            checks.iter().map(|it| it.sqlite.clone()).collect(),
            sqlite::statements(&diff, &environment)?,
        ),
        postgres: file(
            POSTGRES,
            check::lock(&diff)
                .into_iter()
                .chain(custom::lock(&diff))
                .chain(checks.iter().map(|it| it.postgres.clone()))
                .collect(),
            postgres::statements(&diff, &environment)?,
        ),
        steps: steps.into_iter().map(|it| it.text).collect(),
    })
}

const SQLITE: &str = "SQLite.\n--\n\
    -- A table that changes is written anew and takes its old name: that takes its room on disk\n\
    -- once more, and nobody else writes until the migration ends.";

const POSTGRES: &str = "PostgreSQL.\n--\n\
    -- A table that is altered is locked until the migration ends: for a moment where names, new\n\
    -- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it\n\
    -- where a type, a constraint, an index or filled-in values are.";

/// The comment that a migration begins with.
fn header(app: &str, dialect: &str, steps: &[describe::Step]) -> String {
    let mut text = format!("-- {app}: a change of its tables, for {dialect}\n--");
    for step in steps {
        text.push_str("\n-- * ");
        // A value of an enum may hold anything but a line's end; a comment ends there.
        text.push_str(&step.text.replace(['\n', '\r'], " "));
    }
    text
}

impl Changes {
    /// Whether the tables stay as they are.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The migration's files, with the number that `history` gives it.
    pub fn files(&self, history: &History) -> [OutputFile; 2] {
        let version = history.version_of(self);
        let file = |path: String, contents: &str| OutputFile {
            path,
            contents: contents.to_owned(),
            ownership: Ownership::Yours,
        };
        let name = MigrationFile {
            version,
            name: self.name.clone(),
        };
        [
            file(name.path(history::SQLITE), &self.sqlite),
            file(name.path(history::POSTGRES), &self.postgres),
        ]
    }
}

#[cfg(test)]
mod tests;
