//! How long generation takes, for a schema of many resources: as a user waits for it, in a process
//! of its own, and in parts. See `--help`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that meets anything unexpected must stop, loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Parser;
use gatewright_benches::stats::{Rounds, print_table};
use gatewright_benches::{cargo, schema};
use gatewright_codegen::{Options, Runtime};

#[derive(Parser)]
#[command(about = "Measures generation of a large schema, cold and in parts")]
struct Arguments {
    /// Runs of each; the median is told
    #[arg(long, default_value_t = 10)]
    runs: usize,
    /// Resources of the schema, of ten fields each
    #[arg(long, default_value_t = 100)]
    resources: usize,
}

fn main() {
    let Arguments { runs, resources } = Arguments::parse();
    let gatewright = cargo::executable(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")),
        &["build", "--release", "--package", "gatewright-cli"],
    );
    let source = schema::of(resources);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.toml");
    std::fs::write(&file, &source).expect("to write the schema");

    let mut rows = Vec::new();
    let mut tell = |what: &str, times: &Rounds| {
        rows.push(vec![what.to_owned(), format!("{times:.1}")]);
    };
    let lines = source.lines().count();
    println!("{resources} resources of 10 fields, {lines} lines; {runs} runs.");

    tell("`gatewright new`, cold process", &{
        repeat(runs, |run| {
            let name = format!("new-{run}");
            let arguments = ["new", &name, "--schema", "large.toml"];
            invoke(&gatewright, folder.path(), &arguments);
        })
    });
    let application = folder.path().join("new-0");
    tell("`gatewright generate`, nothing to do, cold process", &{
        repeat(runs, |_| invoke(&gatewright, &application, &["generate"]))
    });
    tell("`gatewright generate --check`, cold process", &{
        repeat(runs, |_| {
            invoke(&gatewright, &application, &["generate", "--check"]);
        })
    });
    tell("`gatewright check`, cold process", &{
        repeat(runs, |_| invoke(&gatewright, &application, &["check"]))
    });
    tell("parse and check the schema, in process", &{
        repeat(runs, |_| drop(gatewright_schema::parse(&source)))
    });
    let parsed = gatewright_schema::parse(&source).schema.expect("a schema");
    let options = Options {
        package: "large".to_owned(),
        source: &source,
        runtime: Runtime::Vendored,
    };
    tell("generate all files, in process", &{
        repeat(runs, |_| {
            gatewright_codegen::generate(&parsed, &options).expect("files");
        })
    });
    print_table(&["milliseconds", "median (lowest..highest)"], &rows);
}

/// Milliseconds of each run.
fn repeat(runs: usize, mut work: impl FnMut(usize)) -> Rounds {
    let time = |run| {
        let started = Instant::now();
        work(run);
        started.elapsed().as_secs_f64() * 1_000.0
    };
    (0..runs).map(time).collect()
}

fn invoke(binary: &PathBuf, directory: &Path, arguments: &[&str]) {
    let status = Command::new(binary)
        .args(arguments)
        .current_dir(directory)
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("to run gatewright").success());
}
