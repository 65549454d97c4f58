//! The suite against a small application that keeps the contract, and against that application
//! with one defect at a time. The sound one must come out clean; each defect must be found, and by
//! the attack that is meant to find it.
//!
//! This binary is both: with arguments such as `serve` it is the application, without it is the test.
//! Give it the name of a defect to run that one alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: to fail is to panic"
)]

mod accounts;
mod application;
mod bulk;
mod defect;
mod gate;
mod http;
mod input;
mod invitations;
mod lists;
mod own_fields;
mod platform;
mod records;
mod tenancy;
mod token;
mod world;

use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use gatewright_attack::{Report, Suite};

use crate::defect::{DEFECTS, Defect};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("serve" | "migrate" | "seed-demo" | "rotate-keys" | "routes") => {
            application::command(&arguments)
        }
        // What `cargo test -- --list` asks every test binary.
        Some("--list") => ExitCode::SUCCESS,
        _ => run(arguments
            .iter()
            .find(|argument| !argument.starts_with("--"))
            .map_or("", String::as_str)),
    }
}

fn attack(defect: Defect, expected: &str) -> Report {
    let suite = Suite::new(std::env::current_exe().unwrap()).env("DEFECT", &format!("{defect:?}"));
    // The whole suite for the sound application; for a defect the attack that must find it.
    match expected {
        "" | "uncovered" => suite.run(),
        id => suite.only(id).run(),
    }
}

fn run(filter: &str) -> ExitCode {
    let wanted = |defect: Defect| format!("{defect:?}").contains(filter);
    let queue: Mutex<Vec<_>> = Mutex::new(
        DEFECTS
            .iter()
            .rev()
            .filter(|(defect, _)| wanted(*defect))
            .collect(),
    );
    let failures: Mutex<u32> = Mutex::new(0);
    thread::scope(|scope| {
        // They wait for each other's processes most of the time.
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(&(defect, expected)) = queue.lock().unwrap().pop() else {
                        break;
                    };
                    let report = attack(defect, expected);
                    let complaint = judge(&report, expected);
                    match complaint {
                        None => println!("test {defect:?} ... ok"),
                        Some(why) => {
                            println!("test {defect:?} ... FAILED: {why}\n{report}");
                            *failures.lock().unwrap() += 1;
                        }
                    }
                }
            });
        }
    });
    let failures = *failures.lock().unwrap();
    println!("{failures} failed");
    if failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What is wrong with a report, given the attack that had to find something (none: it must be clean).
fn judge(report: &Report, expected: &str) -> Option<String> {
    match expected {
        "" => (!report.is_clean()).then(|| "a sound application was accused".to_owned()),
        "uncovered" => {
            (report.uncovered().count() == 0).then(|| "every route counts as covered".to_owned())
        }
        id => (!report.findings().iter().any(|finding| finding.attack == id))
            .then(|| format!("{id} found nothing")),
    }
}
