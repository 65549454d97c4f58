//! Breaks one guard at a time and requires that the named test fails:
//!
//! ```text
//! scripts/with-postgres.sh cargo run -p gatewright-tests --bin broken_guards [-- [--check] NAME…]
//! ```
//!
//! It works on a checkout of HEAD, so commit first. `--check` only looks whether each patch applies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test command: to fail is to panic"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use gatewright_tests::binary::{repository, workshop};
use gatewright_tests::guards::{self, Guard, Outcome};

fn main() -> ExitCode {
    let (options, names): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let wanted =
        |guard: &Guard| names.is_empty() || names.iter().any(|name| guard.name.contains(name));
    let guards: Vec<Guard> = guards::all().into_iter().filter(wanted).collect();
    if guards.is_empty() {
        eprintln!("no patch has such a name");
        return ExitCode::from(2);
    }
    let whole = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => break_each(&guards),
        ["--check"] => check_each(&guards),
        _ => {
            eprintln!("usage: broken_guards [--check] [NAME…]");
            return ExitCode::from(2);
        }
    };
    if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check_each(guards: &[Guard]) -> bool {
    let stale = guards
        .iter()
        .filter(|guard| match guard.check(repository()) {
            Ok(()) => false,
            Err(why) => {
                eprintln!("{} does not apply:\n{why}", guard.name);
                true
            }
        });
    stale.count() == 0
}

/// A checkout of HEAD, always at the same place so that little is compiled again.
struct Checkout(PathBuf);

impl Checkout {
    fn new() -> Self {
        let checkout = Self(workshop().join("broken_guards"));
        checkout.remove();
        let path = checkout.0.to_str().unwrap();
        git(
            repository(),
            &[
                "worktree", "add", "--quiet", "--force", "--detach", path, "HEAD",
            ],
        );
        checkout
    }

    fn remove(&self) {
        // It may not be there.
        let mut git = Command::new("git");
        git.args(["worktree", "remove", "--force"])
            .arg(&self.0)
            .current_dir(repository());
        let _ = git.output();
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.remove();
    }
}

fn git(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn break_each(guards: &[Guard]) -> bool {
    let checkout = Checkout::new();
    let target = workshop().join("broken_guards_target");
    let mut whole = true;
    println!("| patch | broken guard | must fail | outcome | s |");
    println!("| --- | --- | --- | --- | --- |");
    for guard in guards {
        let began = Instant::now();
        let outcome = match guard.apply(&checkout.0) {
            Err(why) => {
                eprintln!("{} does not apply:\n{why}", guard.name);
                "does not apply"
            }
            Ok(()) => match guard.try_test(&checkout.0, &target) {
                (Outcome::Caught, _) => "caught",
                (outcome, printed) => {
                    eprintln!("{}:\n{printed}", guard.name);
                    match outcome {
                        Outcome::Missed => "NOT CAUGHT",
                        _ => "failed otherwise",
                    }
                }
            },
        };
        whole &= outcome == "caught";
        let attack = guard
            .attack
            .as_ref()
            .map_or_else(String::new, |attack| format!(" ({attack})"));
        println!(
            "| {} | {} | `{}`{attack} | {outcome} | {} |",
            guard.name,
            guard.guard,
            guard.test,
            began.elapsed().as_secs()
        );
        git(&checkout.0, &["checkout", "--quiet", "--", "."]);
    }
    whole
}
