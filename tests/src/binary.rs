//! The example's binary, and the same with walls of isolation taken away.
//!
//! `storefront-under-test` is the example's own source as a member of this workspace. A variant
//! is built by a compiler wrapper that adds the `cfg` to the workspace's crates alone, so that no
//! other dependency is built again; `RUSTFLAGS` would do the same and build all of them.

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// What a test says when there is no binary to try.
pub(crate) const DOES_NOT_BUILD: &str = "the example does not build";

/// Which walls of isolation a binary was built without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walls {
    /// None: what users run.
    All,
    /// The tenant predicate of every query.
    NoScope,
    /// The refusal to start without row-level security.
    NoRls,
    /// Both.
    Neither,
}

impl Walls {
    fn off(self) -> &'static [&'static str] {
        match self {
            Self::All => &[],
            Self::NoScope => &["scope"],
            Self::NoRls => &["rls"],
            Self::Neither => &["scope", "rls"],
        }
    }

    /// The binary. The first caller of a process builds it.
    pub fn binary(self) -> &'static Path {
        static BUILT: [OnceLock<PathBuf>; 4] = [const { OnceLock::new() }; 4];
        BUILT[self as usize].get_or_init(|| build(self.off()))
    }
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A directory of the tests' own in cargo's target directory, which worktrees may share.
pub fn workshop() -> PathBuf {
    // …/<target>/debug/deps/<test>
    let test = std::env::current_exe().unwrap();
    let target = test
        .ancestors()
        .find(|path| path.join("CACHEDIR.TAG").exists());
    target.unwrap().join("gatewright-tests")
}

/// The same for this worktree.
fn bench(workshop: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    repository().hash(&mut hasher);
    workshop.join(format!("{:016x}", hasher.finish()))
}

fn build(off: &[&str]) -> PathBuf {
    let workshop = workshop();
    let bench = bench(&workshop);
    fs::create_dir_all(&bench).unwrap();
    // Cargo gives every variant the same name at the end, so they are built and copied in turn.
    let lock = fs::File::create(workshop.join("lock")).unwrap();
    lock.lock().unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--locked", "--package", "storefront-under-test"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository());
    if !off.is_empty() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper(&bench, off));
    }
    let output = cargo.output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{DOES_NOT_BUILD}:\n{log}");

    let built = String::from_utf8(output.stdout).unwrap();
    let executable = built
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable");
    // Under a name that the next build does not touch. A process that runs an older one keeps it.
    let ours = bench.join(
        ["storefront"]
            .iter()
            .chain(off)
            .copied()
            .collect::<Vec<_>>()
            .join("-without-"),
    );
    let new = bench.join("new");
    let _ = fs::remove_file(&new);
    fs::hard_link(&executable, &new)
        .or_else(|_| fs::copy(&executable, &new).map(drop))
        .unwrap();
    fs::rename(&new, &ours).unwrap();
    ours
}

/// A script that cargo calls as `wrapper rustc ARGUMENTS…`. Its path tells cargo variants apart.
fn wrapper(bench: &Path, off: &[&str]) -> PathBuf {
    let mut script = "#!/bin/sh\nexec \"$@\"".to_owned();
    for wall in off {
        write!(script, " --cfg 'gatewright_wall_off=\"{wall}\"'").unwrap();
    }
    script.push('\n');
    let path = bench.join(format!("rustc-without-{}", off.join("-")));
    if fs::read_to_string(&path).ok().as_deref() != Some(script.as_str()) {
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    path
}
