//! How long a developer waits for the compiler: the example's debug build, of the application alone
//! and after one handler was touched. See `--help`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that meets anything unexpected must stop, loudly"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use clap::Parser;
use gatewright_benches::stats::{Rounds, print_table};
use gatewright_benches::storefront::DIRECTORY;

#[derive(Parser)]
#[command(about = "Measures debug builds of examples/storefront")]
struct Arguments {
    /// Builds of each kind; the median is told
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

fn main() {
    let Arguments { runs } = Arguments::parse();
    // Dependencies are built before the clock starts: they are built once in a checkout's life.
    cargo(&["build"]);
    let clean = repeat(runs, || {
        cargo(&["clean", "--package", "storefront", "--profile", "dev"])
    });
    let handler = Path::new(DIRECTORY).join("src/handlers/products.rs");
    let text = fs::read_to_string(&handler).expect("a handler");
    let touched = repeat(runs, || {
        // The same text at a new time: cargo builds again, and the checkout stays as it was.
        fs::write(&handler, &text).expect("to touch the handler");
    });
    print_table(
        &["`cargo build` of the storefront, debug", "seconds"],
        &[
            vec![
                "the application alone, clean".to_owned(),
                format!("{clean:.1}"),
            ],
            vec![
                "after one handler was touched".to_owned(),
                format!("{touched:.1}"),
            ],
        ],
    );
}

/// Seconds of each build; `before` is not timed.
fn repeat(runs: usize, before: impl Fn()) -> Rounds {
    let time = |_| {
        before();
        let started = Instant::now();
        cargo(&["build"]);
        started.elapsed().as_secs_f64()
    };
    (0..runs).map(time).collect()
}

fn cargo(arguments: &[&str]) {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--quiet")
        .current_dir(DIRECTORY)
        .status();
    assert!(status.expect("to run cargo").success());
}
