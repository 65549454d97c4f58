//! The example's binary, and the same with walls of isolation taken away.
//!
//! `storefront-under-test` is the example's own source as a member of this workspace. A variant
//! is built by a compiler wrapper that adds the `cfg` to the workspace's crates alone, so that no
//! other dependency is built again; `RUSTFLAGS` would do the same and build all of them.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

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

/// Where tests keep what they build: a directory in cargo's target directory.
fn workshop() -> PathBuf {
    // …/<target>/debug/deps/<test>
    let test = std::env::current_exe().unwrap();
    let target = test
        .ancestors()
        .find(|path| path.join("CACHEDIR.TAG").exists());
    let workshop = target.unwrap().join("gatewright-tests");
    fs::create_dir_all(&workshop).unwrap();
    workshop
}

fn build(off: &[&str]) -> PathBuf {
    let workshop = workshop();
    // Cargo gives every variant the same name at the end, so they are built and copied in turn.
    let lock = fs::File::create(workshop.join("lock")).unwrap();
    lock.lock().unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--locked", "--package", "storefront-under-test"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository());
    if !off.is_empty() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper(&workshop, off));
    }
    let output = cargo.output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the example does not build:\n{log}"
    );

    let built = String::from_utf8(output.stdout).unwrap();
    let executable = built
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable");
    // Each process has a copy of its own: another may be running while this one builds anew.
    let name = format!(
        "storefront-without-{}-{}",
        off.join("-"),
        std::process::id()
    );
    let copy = tempfile::Builder::new()
        .prefix(&name)
        .tempdir_in(&workshop)
        .unwrap()
        .keep();
    let copy = copy.join("storefront");
    fs::hard_link(&executable, &copy)
        .or_else(|_| fs::copy(&executable, &copy).map(drop))
        .unwrap();
    copy
}

/// A script that cargo calls as `wrapper rustc ARGUMENTS…`. Its path tells cargo variants apart.
fn wrapper(workshop: &Path, off: &[&str]) -> PathBuf {
    let mut script = "#!/bin/sh\nexec \"$@\"".to_owned();
    for wall in off {
        write!(script, " --cfg 'gatewright_wall_off=\"{wall}\"'").unwrap();
    }
    script.push('\n');
    let path = workshop.join(format!("rustc-without-{}", off.join("-")));
    if fs::read_to_string(&path).ok().as_deref() != Some(script.as_str()) {
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    path
}
