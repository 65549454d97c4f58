//! Patches that break one guard each, and the tests that must notice.
//!
//! A patch begins with two lines of its own:
//!
//! ```text
//! # guard: the tenant predicate; caught by: no_tenant_reaches_another_on_sqlite (TI01)
//! # run: cargo test -p gatewright-tests --test isolation -- --ignored
//! ```
//!
//! In brackets stands the attack that must find it, where the attack suite is the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binary::{DOES_NOT_BUILD, repository};

/// One broken guard.
#[derive(Debug)]
pub struct Guard {
    /// The file's name without `.patch`.
    pub name: String,
    /// The patch.
    pub patch: PathBuf,
    /// What is broken.
    pub guard: String,
    /// The test that must fail.
    pub test: String,
    /// The attack that must have found it.
    pub attack: Option<String>,
    /// The command that runs the test.
    pub run: Vec<String>,
}

/// How a test took a broken guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The named test failed, by the named attack if there is one.
    Caught,
    /// Something failed, but not what the patch names.
    FailedOtherwise,
    /// Everything passed: the tests do not guard this.
    Missed,
}

/// Every patch, by name.
pub fn all() -> Vec<Guard> {
    let directory = repository().join("tests/broken_guards");
    let mut patches: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "patch")
        })
        .collect();
    patches.sort();
    patches.into_iter().map(Guard::read).collect()
}

impl Guard {
    fn read(patch: PathBuf) -> Self {
        let text = fs::read_to_string(&patch).unwrap();
        let parsed = Self::parse(&patch, &text);
        parsed.unwrap_or_else(|| panic!("{} lacks its two first lines", patch.display()))
    }

    fn parse(patch: &Path, text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let head = lines.next()?.strip_prefix("# guard: ")?;
        let run = lines.next()?.strip_prefix("# run: ")?;
        let (guard, by) = head.split_once("; caught by: ")?;
        let (test, attack) = match by.split_once(" (") {
            Some((test, attack)) => (test, Some(attack.strip_suffix(')')?)),
            None => (by, None),
        };
        Some(Self {
            name: patch.file_stem()?.to_str()?.to_owned(),
            patch: patch.to_owned(),
            guard: guard.to_owned(),
            test: test.to_owned(),
            attack: attack.map(str::to_owned),
            run: run.split(' ').map(str::to_owned).collect(),
        })
    }

    /// Whether the patch still applies to a checkout.
    ///
    /// # Errors
    /// What git says.
    pub fn check(&self, checkout: &Path) -> Result<(), String> {
        self.git_apply(checkout, &["--check"])
    }

    /// Applies the patch to a checkout.
    ///
    /// # Errors
    /// What git says.
    pub fn apply(&self, checkout: &Path) -> Result<(), String> {
        self.git_apply(checkout, &[])
    }

    fn git_apply(&self, checkout: &Path, arguments: &[&str]) -> Result<(), String> {
        let mut git = Command::new("git");
        git.arg("apply")
            .args(arguments)
            .arg(&self.patch)
            .current_dir(checkout);
        let output = git.output().map_err(|error| format!("git: {error}"))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Runs the test in a checkout that is built in `target`; answers also what it printed.
    ///
    /// A target directory of its own, because cargo tells checkouts apart by the age of their files.
    pub fn try_test(&self, checkout: &Path, target: &Path) -> (Outcome, String) {
        let (program, arguments) = self.run.split_first().expect("a command");
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(checkout)
            .env("CARGO_TARGET_DIR", target)
            .env("RUST_BACKTRACE", "0");
        // What the outer cargo says of itself is not true of the inner one.
        for (name, _) in std::env::vars().filter(|(name, _)| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        (self.judge(output.status.success(), &printed), printed)
    }

    fn judge(&self, passed: bool, printed: &str) -> Outcome {
        if passed {
            return Outcome::Missed;
        }
        let failed = printed.lines().any(|line| {
            let name = line
                .strip_prefix("test ")
                .and_then(|line| line.strip_suffix(" ... FAILED"));
            name.is_some_and(|name| name.rsplit("::").next() == Some(&self.test))
        });
        // A patch that does not compile breaks no guard, though every test of it fails.
        let built = !printed.contains(DOES_NOT_BUILD);
        // A finding begins with the attack and its route.
        let found = self.attack.as_ref().is_none_or(|attack| {
            let head = format!("{attack} ");
            printed
                .lines()
                .any(|line| line.starts_with(&head) && line.contains(" as "))
        });
        match built && failed && found {
            true => Outcome::Caught,
            false => Outcome::FailedOtherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "# guard: the gate; caught by: nobody_passes (TI01)\n# run: cargo test -p x\n";

    fn guard() -> Guard {
        Guard::parse(Path::new("01_gate.patch"), HEAD).unwrap()
    }

    #[test]
    fn a_patch_says_what_it_breaks_and_who_notices() {
        let guard = guard();
        assert_eq!(
            (&*guard.name, &*guard.guard, &*guard.test),
            ("01_gate", "the gate", "nobody_passes")
        );
        assert_eq!(
            (guard.attack.as_deref(), guard.run.len()),
            (Some("TI01"), 4)
        );
        assert!(Guard::parse(Path::new("x.patch"), "diff --git a b").is_none());
    }

    #[test]
    fn only_the_named_test_and_attack_count() {
        let judge = |passed, printed: &str| guard().judge(passed, printed);
        let failed = "test gate::nobody_passes ... FAILED\n";
        let found = "TI01 GET /api/products as owner@globex.example\n";
        assert_eq!(judge(true, ""), Outcome::Missed);
        assert_eq!(
            judge(false, "error: could not compile"),
            Outcome::FailedOtherwise
        );
        assert_eq!(judge(false, failed), Outcome::FailedOtherwise);
        assert_eq!(judge(false, found), Outcome::FailedOtherwise);
        let both = format!("{failed}{found}");
        assert_eq!(judge(false, &both), Outcome::Caught);
        let unbuilt = format!("{failed}{DOES_NOT_BUILD}\n{found}");
        assert_eq!(judge(false, &unbuilt), Outcome::FailedOtherwise);
    }
}
