//! What a generation changes on disk, decided before anything is touched.

mod handlers;

pub use self::handlers::MissingHandler;
use crate::lock::{LOCK_PATH, Lock};
use crate::output::{Generation, Ownership};

/// The changes that bring a directory to a generation. Empty when there is nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files to write, sorted by path, the lock last: an interrupted run is found out by the next.
    pub writes: Vec<Write>,
    /// Generated files that the schema no longer gives, sorted.
    pub removals: Vec<String>,
    /// Functions that the generated routes call and files of the team's lack, in the order of the
    /// files.
    pub missing: Vec<MissingHandler>,
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
            (Some(found), Ownership::Yours) => {
                let missing = handlers::missing(&file.path, &file.contents, &found);
                plan.missing.extend(missing);
                continue;
            }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::OutputFile;

    const GENERATED: &str = "src/generated/a.rs";
    const YOURS: &str = "src/main.rs";

    /// A generation of these files: who owns each shows in its path.
    fn generation(files: &[(&str, &str)]) -> Generation {
        let is_generated = |path: &str| path.starts_with("src/generated/");
        let generated = files.iter().filter(|(path, _)| is_generated(path));
        let schema = "[app]\nname = \"Shop\"\n[roles]\nowner = { permissions = [\"*\"], assigns = [\"*\"] }\n\
                      [resources.notes]\nfields.text = { type = \"string\" }\n";
        let schema = gatewright_schema::parse(schema).schema.unwrap();
        let lock = Lock::new(&schema, generated.copied()).unwrap();
        Generation {
            files: files
                .iter()
                .map(|&(path, contents)| OutputFile {
                    path: path.to_owned(),
                    contents: contents.to_owned(),
                    ownership: if is_generated(path) {
                        Ownership::Generated
                    } else {
                        Ownership::Yours
                    },
                })
                .collect(),
            lock,
        }
    }

    /// A directory, by path.
    #[derive(Default)]
    struct Disk(BTreeMap<String, String>);

    impl Disk {
        fn plan(
            &self,
            next: &Generation,
            previous: Option<&Generation>,
            force: bool,
        ) -> Result<Plan, Vec<Conflict>> {
            let read = |path: &str| self.0.get(path).cloned();
            plan(next, previous.map(|it| &it.lock), &read, force)
        }

        /// The directory after a first generation.
        fn after(generation: &Generation) -> Self {
            let mut disk = Self::default();
            let plan = disk.plan(generation, None, false).unwrap();
            disk.apply(plan);
            disk
        }

        fn apply(&mut self, plan: Plan) {
            for write in plan.writes {
                self.0.insert(write.path, write.contents);
            }
            for path in plan.removals {
                self.0.remove(&path);
            }
        }

        fn edit(&mut self, path: &str, contents: &str) {
            self.0.insert(path.to_owned(), contents.to_owned());
        }
    }

    fn writes(plan: &Plan) -> Vec<(&str, Change)> {
        plan.writes
            .iter()
            .map(|write| (write.path.as_str(), write.change))
            .collect()
    }

    fn messages(conflicts: &[Conflict]) -> Vec<String> {
        conflicts.iter().map(Conflict::to_string).collect()
    }

    #[test]
    fn an_empty_directory_gets_everything() {
        let next = generation(&[(GENERATED, "a"), (YOURS, "main")]);
        let plan = Disk::default().plan(&next, None, false).unwrap();
        assert_eq!(
            writes(&plan),
            [
                (GENERATED, Change::New),
                (YOURS, Change::New),
                (LOCK_PATH, Change::New)
            ]
        );
        assert!(plan.removals.is_empty());
    }

    #[test]
    fn the_same_again_does_nothing() {
        let next = generation(&[(GENERATED, "a"), (YOURS, "main")]);
        let disk = Disk::after(&next);
        assert!(disk.plan(&next, Some(&next), false).unwrap().is_empty());
        assert!(disk.plan(&next, Some(&next), true).unwrap().is_empty());
    }

    #[test]
    fn a_changed_schema_rewrites_generated_files_only() {
        let first = generation(&[(GENERATED, "a"), (YOURS, "main")]);
        let next = generation(&[(GENERATED, "b"), (YOURS, "other main")]);
        let mut disk = Disk::after(&first);
        let plan = disk.plan(&next, Some(&first), false).unwrap();
        assert_eq!(
            writes(&plan),
            [(GENERATED, Change::Changed), (LOCK_PATH, Change::Changed)]
        );
        disk.apply(plan);
        assert!(disk.plan(&next, Some(&next), false).unwrap().is_empty());
    }

    #[test]
    fn a_file_of_yours_is_never_touched() {
        let next = generation(&[(YOURS, "main")]);
        let mut disk = Disk::after(&next);
        disk.edit(YOURS, "mine");
        for force in [false, true] {
            assert!(disk.plan(&next, Some(&next), force).unwrap().is_empty());
        }
        disk.0.remove(YOURS);
        let plan = disk.plan(&next, Some(&next), false).unwrap();
        assert_eq!(writes(&plan), [(YOURS, Change::New)]);
    }

    #[test]
    fn an_edited_generated_file_is_a_conflict() {
        let first = generation(&[(GENERATED, "a"), ("src/generated/b.rs", "b")]);
        let next = generation(&[(GENERATED, "a2"), ("src/generated/b.rs", "b")]);
        let mut disk = Disk::after(&first);
        disk.edit(GENERATED, "mine");
        disk.edit("src/generated/b.rs", "mine too");
        assert_eq!(
            messages(&disk.plan(&next, Some(&first), false).unwrap_err()),
            [
                "src/generated/a.rs was edited by hand",
                "src/generated/b.rs was edited by hand"
            ]
        );
        let forced = disk.plan(&next, Some(&first), true).unwrap();
        assert_eq!(
            writes(&forced),
            [
                (GENERATED, Change::Changed),
                ("src/generated/b.rs", Change::Changed),
                (LOCK_PATH, Change::Changed)
            ]
        );
    }

    #[test]
    fn an_edit_that_the_generator_would_make_is_none() {
        let first = generation(&[(GENERATED, "a")]);
        let next = generation(&[(GENERATED, "b")]);
        let mut disk = Disk::after(&first);
        disk.edit(GENERATED, "b");
        let plan = disk.plan(&next, Some(&first), false).unwrap();
        assert_eq!(writes(&plan), [(LOCK_PATH, Change::Changed)]);
    }

    #[test]
    fn a_deleted_generated_file_comes_back() {
        let next = generation(&[(GENERATED, "a")]);
        let mut disk = Disk::after(&next);
        disk.0.remove(GENERATED);
        let plan = disk.plan(&next, Some(&next), false).unwrap();
        assert_eq!(writes(&plan), [(GENERATED, Change::New)]);
    }

    #[test]
    fn somebody_elses_file_is_a_conflict() {
        let next = generation(&[(GENERATED, "a")]);
        let mut disk = Disk::default();
        disk.edit(GENERATED, "theirs");
        assert_eq!(
            messages(&disk.plan(&next, None, false).unwrap_err()),
            ["src/generated/a.rs was not written by gatewright"]
        );
        assert!(disk.plan(&next, None, true).is_ok());
    }

    #[test]
    fn a_file_that_the_schema_no_longer_gives_goes() {
        let first = generation(&[(GENERATED, "a"), ("src/generated/b.rs", "b")]);
        let next = generation(&[(GENERATED, "a")]);
        let mut disk = Disk::after(&first);
        let plan = disk.plan(&next, Some(&first), false).unwrap();
        assert_eq!(plan.removals, ["src/generated/b.rs"]);
        assert_eq!(writes(&plan), [(LOCK_PATH, Change::Changed)]);

        disk.edit("src/generated/b.rs", "mine");
        assert_eq!(
            messages(&disk.plan(&next, Some(&first), false).unwrap_err()),
            ["src/generated/b.rs was edited by hand"]
        );
        let forced = disk.plan(&next, Some(&first), true).unwrap();
        assert_eq!(forced.removals, ["src/generated/b.rs"]);

        disk.0.remove("src/generated/b.rs");
        let gone = disk.plan(&next, Some(&first), false).unwrap();
        assert!(gone.removals.is_empty());
    }
}
