//! What a generation changes on disk, decided before anything is touched.

use crate::lock::{LOCK_PATH, Lock};
use crate::output::{Generation, Ownership};

/// The changes that bring a directory to a generation. Empty when there is nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files to write, sorted by path, the lock last: an interrupted run is found out by the next.
    pub writes: Vec<Write>,
    /// Generated files that the schema no longer gives, sorted.
    pub removals: Vec<String>,
}

impl Plan {
    /// Whether the directory is up to date.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.removals.is_empty()
    }
}

/// One file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Relative to the application's directory, with forward slashes.
    pub path: String,
    /// The whole text.
    pub contents: String,
    /// Whether a file stands there.
    pub change: Change,
}

/// What a write does to its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing stands there.
    New,
    /// It replaces a file.
    Changed,
}

/// A file that a generation would lose somebody's work in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Relative to the application's directory, with forward slashes.
    pub path: String,
    /// Whose work.
    pub reason: ConflictReason,
}

/// Why a file must not be overwritten or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictReason {
    /// The generator wrote it, and it was edited since.
    Edited,
    /// The generator did not write it.
    NotGenerated,
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = match self.reason {
            ConflictReason::Edited => "was edited by hand",
            ConflictReason::NotGenerated => "was not written by gatewright",
        };
        write!(f, "{} {reason}", self.path)
    }
}

/// Plans the way from what is on disk to `next`.
///
/// `previous` is the lock as it stands; without one every generated path must be free or hold what
/// would be written. `on_disk` gives a file's text, `None` where there is no file. With `force`
/// generated files are overwritten and removed whatever they hold; files of the team's never are.
///
/// # Errors
/// All conflicts at once, sorted by path; then nothing should be written at all.
pub fn plan(
    next: &Generation,
    previous: Option<&Lock>,
    on_disk: &dyn Fn(&str) -> Option<String>,
    force: bool,
) -> Result<Plan, Vec<Conflict>> {
    let mut plan = Plan::default();
    let mut conflicts = Vec::new();
    let unedited = |path: &str, found: &str| previous.and_then(|lock| lock.matches(path, found));

    for file in &next.files {
        let change = match (on_disk(&file.path), file.ownership) {
            (None, _) => Change::New,
            (Some(_), Ownership::Yours) => continue,
            (Some(found), Ownership::Generated) if found == file.contents => continue,
            (Some(found), Ownership::Generated) => match unedited(&file.path, &found) {
                Some(true) => Change::Changed,
                _ if force => Change::Changed,
                known => {
                    conflicts.push(Conflict::new(&file.path, known.is_some()));
                    continue;
                }
            },
        };
        plan.writes.push(Write {
            path: file.path.clone(),
            contents: file.contents.clone(),
            change,
        });
    }

    for path in previous.into_iter().flat_map(Lock::paths) {
        if next.files.iter().any(|file| file.path == path) {
            continue;
        }
        match on_disk(path).map(|found| unedited(path, &found)) {
            None => {}
            Some(Some(true)) => plan.removals.push(path.to_owned()),
            Some(_) if force => plan.removals.push(path.to_owned()),
            Some(_) => conflicts.push(Conflict::new(path, true)),
        }
    }

    if !conflicts.is_empty() {
        conflicts.sort_by(|a, b| a.path.cmp(&b.path));
        return Err(conflicts);
    }
    plan_lock(next, on_disk, &mut plan);
    Ok(plan)
}

fn plan_lock(next: &Generation, on_disk: &dyn Fn(&str) -> Option<String>, plan: &mut Plan) {
    let contents = next.lock.render();
    let found = on_disk(LOCK_PATH);
    if found.as_ref() == Some(&contents) {
        return;
    }
    plan.writes.push(Write {
        path: LOCK_PATH.to_owned(),
        contents,
        change: if found.is_some() {
            Change::Changed
        } else {
            Change::New
        },
    });
}

impl Conflict {
    fn new(path: &str, generated: bool) -> Self {
        Self {
            path: path.to_owned(),
            reason: if generated {
                ConflictReason::Edited
            } else {
                ConflictReason::NotGenerated
            },
        }
    }
}
