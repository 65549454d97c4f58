//! `gatewright generate`

mod migration;

use std::collections::BTreeMap;
use std::path::Path;

use gatewright_codegen::migrate::{Changes, followers};
use gatewright_codegen::{
    Change, Conflict, Generation, LOCK_PATH, Lock, LockError, Options, Ownership, Plan, Runtime,
    Write,
};

use crate::args::Generate;
use crate::disk::{self, Directory};
use crate::error::{Error, Result};
use crate::matrix::count;
use crate::project;
use crate::schema_file::SchemaFile;
use crate::terminal::{self, DONE};
use crate::text_diff::Diff;

/// Where handlers live: the files of the team's that a new resource brings.
const HANDLERS: &str = "src/handlers/";

/// Brings the code up to date, or says how it differs.
pub(crate) fn run(args: &Generate) -> Result<()> {
    let root = project::find(args.dir.as_deref())?;
    if args.check {
        compare(&root)
    } else if update(&root, args.force, args.allow_destructive)? == Outcome::NothingToDo {
        terminal::print("nothing to do")
    } else {
        Ok(())
    }
}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    NothingToDo,
    Updated,
}

/// Brings the generated code in `root` up to date and tells which files changed.
pub(super) fn update(root: &Path, force: bool, allow_destructive: bool) -> Result<Outcome> {
    let pending = Pending::work_out(root, force)?;
    if let Some(changes) = pending.changes.as_ref().filter(|_| !allow_destructive) {
        migration::require_lossless(changes)?;
    }
    if pending.plan.is_empty() {
        pending.tell_missing_handlers();
        return Ok(Outcome::NothingToDo);
    }
    pending.carry_out().map_err(|error| {
        error.fix("run `gatewright generate` again once that is mended: it goes on where this run stopped")
    })?;
    pending.tell_files()?;
    for note in &pending.taken {
        terminal::note(note);
    }
    match &pending.changes {
        Some(changes) => migration::tell(changes),
        None if pending.roles_differ => terminal::note(
            "permissions or roles change; let those that are stored follow: cargo run -- migrate",
        ),
        None => {}
    }
    pending.tell_missing_handlers();
    Ok(Outcome::Updated)
}

/// Prints the difference between the directory and its schema.
fn compare(root: &Path) -> Result<()> {
    let pending = Pending::work_out(root, false)?;
    if pending.plan.is_empty() {
        return terminal::print("up to date");
    }
    let told = |write: &&Write| write.path != LOCK_PATH;
    for write in pending.plan.writes.iter().filter(told) {
        let found = pending.found.get(&write.path).map(String::as_str);
        terminal::print_text(&Diff::new(&write.path, found, Some(&write.contents)).to_string())?;
    }
    for path in &pending.plan.removals {
        let found = pending.found.get(path).map(String::as_str);
        terminal::print_text(&Diff::new(path, found, None).to_string())?;
    }
    let mut fix = "run `gatewright generate`".to_owned();
    if let Some(changes) = pending.changes.as_ref().filter(|it| !it.losses.is_empty()) {
        terminal::note(format_args!(
            "the next migration loses data:\n  {}",
            changes.losses.join("\n  ")
        ));
        fix += "; what is lost takes --allow-destructive";
    }
    let files = pending.plan.writes.len() + pending.plan.removals.len();
    let verb = if files == 1 { "is" } else { "are" };
    let message = format!(
        "{} {verb} not up to date with the schema",
        count(files, "file")
    );
    Err(Error::checked(message).fix(fix))
}

/// An application, what the schema makes of it and how to get there.
struct Pending {
    directory: Directory,
    /// Texts on disk at the paths that the generator is concerned with.
    found: BTreeMap<String, String>,
    plan: Plan,
    /// What the next migration does, where there is one.
    changes: Option<Changes>,
    /// What `migrate` takes from stored roles and their holders, in words.
    taken: Vec<String>,
    /// Whether `migrate` has something to do whatever the tables are.
    roles_differ: bool,
}

impl Pending {
    fn work_out(root: &Path, force: bool) -> Result<Self> {
        let SchemaFile { source, schema, .. } = SchemaFile::load(&project::schema_path(root))?;
        let directory = Directory::at(root);
        let previous = read_lock(&directory, force)?;
        let options = Options {
            package: project::package(root)?,
            source: &source,
            // Decides on the manifest only, which is the team's by now.
            runtime: Runtime::Vendored,
        };
        let changes = migration::changes(previous.as_ref(), &schema)?;
        let on_disk = migration::history(&directory)?;
        let (taken, roles_differ) = match &previous {
            Some(previous) => (
                followers::taken(previous, &schema),
                followers::differs(previous, &schema),
            ),
            None => (Vec::new(), false),
        };
        let files = changes.as_ref().map(|changes| changes.files(&on_disk));
        let history = match &changes {
            Some(changes) => on_disk.with(changes),
            None => on_disk,
        };
        let mut next = gatewright_codegen::generate_with(&schema, &options, &history)
            .map_err(|error| Error::circumstances(error.to_string()))?;
        // What the team deleted of its own stays deleted.
        next.files.retain(|file| {
            file.ownership == Ownership::Generated || file.path.starts_with(HANDLERS)
        });

        next.files.extend(files.into_iter().flatten());
        next.files.sort_by(|a, b| a.path.cmp(&b.path));

        let found = read_all(&directory, &next, previous.as_ref())?;
        let on_disk = |path: &str| found.get(path).cloned();
        let plan = gatewright_codegen::plan(&next, previous.as_ref(), &on_disk, force)
            .map_err(|conflicts| refusal(&conflicts))?;
        Ok(Self {
            directory,
            found,
            plan,
            changes,
            taken,
            roles_differ,
        })
    }

    /// The lock is the last of the writes: until it is there, the next run finds the rest.
    fn carry_out(&self) -> Result<()> {
        for path in &self.plan.removals {
            self.directory.remove(path)?;
        }
        for write in &self.plan.writes {
            self.directory
                .write(&write.path, write.contents.as_bytes())?;
        }
        Ok(())
    }

    fn tell_files(&self) -> Result<()> {
        for path in &self.plan.removals {
            terminal::print(format_args!("{DONE}removed{DONE:#} {path}"))?;
        }
        for write in &self.plan.writes {
            let what = match write.change {
                Change::New => "created",
                Change::Changed => "updated",
            };
            terminal::print(format_args!("{DONE}{what}{DONE:#} {}", write.path))?;
        }
        Ok(())
    }

    /// Tells which functions the team's files need for the application to compile.
    fn tell_missing_handlers(&self) {
        for handler in &self.plan.missing {
            let (path, name, text) = (&handler.path, &handler.name, &handler.text);
            terminal::note(format_args!(
                "{path} is yours and lacks `{name}`, which a route calls; add it:\n\n{text}\n"
            ));
        }
    }
}

/// Reads the lock; with `force` one that is lost or broken, as after a merge, is done without.
fn read_lock(directory: &Directory, force: bool) -> Result<Option<Lock>> {
    let path = directory.path().join(LOCK_PATH);
    let anew = "restore it from version control, or write all generated files anew with --force";
    if path.symlink_metadata().is_ok() {
        return match Lock::parse(&disk::read_text(&path)?) {
            Ok(lock) => Ok(Some(lock)),
            Err(LockError::Malformed { .. }) if force => Ok(None),
            Err(LockError::Malformed { reason }) => {
                Err(Error::circumstances(format!("{LOCK_PATH} cannot be read: {reason}")).fix(anew))
            }
            Err(newer) => Err(Error::circumstances(newer.to_string())),
        };
    }
    if !directory.path().join("Cargo.toml").exists() {
        return Err(Error::circumstances(
            "there is a gatewright.toml here, but no application yet",
        )
        .fix("write one: gatewright new NAME --schema gatewright.toml"));
    }
    if force {
        return Ok(None);
    }
    Err(Error::circumstances(format!(
        "{LOCK_PATH} is missing: without it, files that were edited by hand cannot be told from others"
    ))
    .fix(anew))
}

/// Reads what is on disk at every path of this generation and of the one before.
fn read_all(
    directory: &Directory,
    next: &Generation,
    previous: Option<&Lock>,
) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let new = next.files.iter().map(|file| file.path.as_str());
    let old = previous.into_iter().flat_map(Lock::paths);
    for path in new.chain(old).chain([LOCK_PATH]) {
        if let Some(bytes) = directory.read(path)? {
            // Text that is not UTF-8 is no text of ours: it differs, whatever takes its place.
            found.insert(
                path.to_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            );
        }
    }
    Ok(found)
}

fn refusal(conflicts: &[Conflict]) -> Error {
    let list: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    Error::checked(format!("nothing was written, to keep work by hand:\n  {}", list.join("\n  "))).fix(
        "move the edits to files of yours (src/handlers/, src/routes.rs), or lose them with --force",
    )
}
