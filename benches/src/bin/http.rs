//! What protection costs a request: added latency and remaining throughput, against the same
//! server's public route and a bare axum server, in one run. See `--help`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that meets anything unexpected must stop, loudly"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use gatewright_benches::bare::{self, Bare};
use gatewright_benches::postgres::{self, Database};
use gatewright_benches::routes::{self, Measured, READ};
use gatewright_benches::stats::Rounds;
use gatewright_benches::storefront::{self, Storefront};

#[derive(Parser)]
#[command(about = "Measures what protection costs a request of the release-built storefront")]
struct Arguments {
    /// Rounds over all routes; at least five for numbers to be told
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds for each route, at one connection and again at 32
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// A storefront that is built already, for example of another revision
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

fn main() {
    let own: Vec<String> = std::env::args().collect();
    if own.get(1).map(String::as_str) == Some(bare::ARGUMENT) {
        return bare::serve(own[2].parse().expect("bytes"));
    }
    let arguments = Arguments::parse();
    let binary = arguments.binary.clone().unwrap_or_else(storefront::build);
    // One thread: the other core is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .expect("a runtime")
        .block_on(all(&arguments, &binary));
}

async fn all(arguments: &Arguments, binary: &Path) {
    let bytes = std::fs::metadata(binary).expect("the binary").len();
    println!("The storefront's binary: {:.1} MiB.", mib(bytes));
    let Arguments {
        rounds, seconds, ..
    } = arguments;
    println!("{rounds} rounds of {seconds} s; median (lowest..highest).");

    println!("\n## SQLite");
    measure(arguments, binary, None).await;

    println!("\n## PostgreSQL");
    let Ok(url) = std::env::var(postgres::VARIABLE) else {
        println!("\nNot measured: {} is not set.", postgres::VARIABLE);
        return;
    };
    let database = Database::create(&url, "http").await;
    measure(arguments, binary, Some(&database)).await;
    database.drop().await;
}

async fn measure(arguments: &Arguments, binary: &Path, database: Option<&Database>) {
    let settings = database.map(Database::settings);
    let storefront = Storefront::start(binary, settings.as_ref().map_or(&[], |all| all)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = storefront.resident();
    let product = routes::fill(&storefront).await;
    let bare = Bare::start(routes::body_bytes(&storefront).await);

    let time = Duration::from_secs_f64(arguments.seconds);
    let mut measured = Measured::default();
    let mut bare_select = Rounds::default();
    for round in 0..arguments.rounds {
        let subject = (&storefront, &bare, product.as_str());
        measured.round(subject, time, round % 2 == 1).await;
        if let Some(database) = database {
            bare_select.push(database.bare_select(&product, time).await);
        }
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        eprintln!("round {} done; load {}", round + 1, load.trim());
    }
    measured.print();
    if database.is_some() {
        let over = measured.added(READ).above(&bare_select);
        println!("\nA bare SELECT of the same row: {bare_select:.1} us.");
        println!("The protected read of it, over the public route and that: {over:.1} us more.");
    }
    let after = storefront.resident();
    println!("\nResident memory: {idle:.1} MiB idle, {after:.1} MiB after the load.");
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
