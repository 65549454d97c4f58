//! What more tenants cost a request: the same read and the same list on 10, 1,000 and 100,000
//! tenants, by members drawn from all of them. See `--help`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that meets anything unexpected must stop, loudly"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use gatewright_benches::growth::plot::{self, Line, Panel};
use gatewright_benches::growth::sample::{Kind, Sample};
use gatewright_benches::growth::{self, embedded, rows, server};
use gatewright_benches::load::Run;
use gatewright_benches::postgres::{self, Database};
use gatewright_benches::stats::{Rounds, print_table};
use gatewright_benches::storefront::{self, Installed};

const KINDS: [(Kind, &str); 2] = [(Kind::Read, "read one"), (Kind::List, "list 20")];

#[derive(Parser)]
#[command(about = "Measures requests of the release-built storefront on 10 to 100,000 tenants")]
struct Arguments {
    /// The databases
    #[arg(value_enum, default_value_t = On::All)]
    on: On,
    /// Tenants of each size, 10 members and 20 products each
    #[arg(long, value_delimiter = ',', default_values_t = [10, 1_000, 100_000])]
    tenants: Vec<usize>,
    /// Members that requests come from, drawn from all tenants
    #[arg(long, default_value_t = 2_000)]
    keys: usize,
    /// Rounds over all sizes, of each of cold and warm
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds for each size and request of a warm round
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// A storefront that is built already, for example of another revision
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Where to draw the curves
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/growth.svg"))]
    plot: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    /// The embedded database
    Sqlite,
    /// The server that `GATEWRIGHT_TEST_POSTGRES` names
    Postgres,
    All,
}

/// One size on one database.
struct Size {
    tenants: usize,
    installed: Installed,
    database: Option<Database>,
    sample: Sample,
    /// Of each of [`KINDS`].
    cold: [Latencies; 2],
    warm: [Latencies; 2],
}

/// Microseconds, round by round.
#[derive(Default)]
struct Latencies {
    p50: Rounds,
    p99: Rounds,
}

impl Latencies {
    fn push(&mut self, run: Run) {
        self.p50.push(run.p50);
        self.p99.push(run.p99);
    }
}

fn main() {
    let arguments = Arguments::parse();
    let binary = arguments.binary.clone().unwrap_or_else(storefront::build);
    // One thread: the other core is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let all = all(&arguments, &binary);
    runtime.expect("a runtime").block_on(all);
}

async fn all(arguments: &Arguments, binary: &Path) {
    let Arguments { rounds, keys, .. } = arguments;
    let seconds = arguments.seconds;
    println!(
        "{rounds} rounds; warm: {seconds} s each; up to {keys} members. Median (lowest..highest), microseconds."
    );
    let mut panels = Vec::new();
    if arguments.on != On::Postgres {
        panels.push(measure("SQLite", arguments, binary, None).await);
    }
    if arguments.on != On::Sqlite {
        if let Ok(url) = std::env::var(postgres::VARIABLE) {
            panels.push(measure("PostgreSQL", arguments, binary, Some(&url)).await);
        } else {
            println!(
                "\nPostgreSQL was not measured: {} is not set.",
                postgres::VARIABLE
            );
        }
    }
    plot::draw(&arguments.plot, &panels);
}

async fn measure(name: &str, arguments: &Arguments, binary: &Path, url: Option<&str>) -> Panel {
    println!("\n### {name}\n");
    let mut sizes = Vec::new();
    for tenants in &arguments.tenants {
        sizes.push(Size::fill(*tenants, arguments.keys, binary, url).await);
    }
    for round in 1..=arguments.rounds {
        for size in &mut sizes {
            size.cold(url).await;
        }
        tell("cold", round);
    }
    let mut running = Vec::new();
    for size in &sizes {
        running.push(size.installed.serve().await);
        // Once over everything, so that what is measured was touched before.
        for (kind, _) in KINDS {
            size.sample.once(kind).await;
        }
    }
    for round in 1..=arguments.rounds {
        for at in 0..sizes.len() {
            // Every other round backwards, so that none always follows the same.
            let last = sizes.len() - 1;
            let at = if round % 2 == 0 { last - at } else { at };
            sizes[at].warm(arguments.seconds, round as u64).await;
        }
        tell("warm", round);
    }
    drop(running);
    print(&sizes);
    let panel = panel(name, &sizes);
    for size in sizes {
        if let Some(database) = size.database {
            database.drop().await;
        }
    }
    panel
}

impl Size {
    async fn fill(tenants: usize, keys: usize, binary: &Path, url: Option<&str>) -> Self {
        let database = match url {
            Some(url) => Some(Database::create(url, &format!("growth_{tenants}")).await),
            None => None,
        };
        let settings = database.as_ref().map(Database::settings);
        let mut settings = settings.map_or_else(Vec::new, Vec::from);
        // Longer than the run: the sample's tokens are got once.
        settings.push(("ACCESS_TOKEN_TTL", "1d".to_owned()));
        let installed = Installed::migrate(binary, &settings);
        let started = Instant::now();
        let size = if let Some(database) = &database {
            server::fill(database, tenants).await;
            server::size(database).await
        } else {
            embedded::fill(installed.directory(), tenants);
            growth::size(installed.directory())
        };
        println!(
            "{tenants} tenants: {} rows, {size:.0} MiB, filled in {:.0} s.",
            rows::count(tenants),
            started.elapsed().as_secs_f64()
        );
        let process = installed.serve().await;
        let sample = Sample::draw(installed.port, tenants, keys).await;
        sample.check().await;
        drop(process);
        Self {
            tenants,
            installed,
            database,
            sample,
            cold: Default::default(),
            warm: Default::default(),
        }
    }

    /// Each request once, after the database and the application were started anew, with nothing of
    /// the database in the page cache.
    async fn cold(&mut self, url: Option<&str>) {
        for (at, (kind, _)) in KINDS.into_iter().enumerate() {
            match url {
                Some(url) => growth::forget(&postgres::restart(url).await),
                None => growth::forget(self.installed.directory()),
            }
            let process = self.installed.serve().await;
            self.cold[at].push(self.sample.once(kind).await);
            drop(process);
        }
    }

    async fn warm(&mut self, seconds: f64, round: u64) {
        for (at, (kind, _)) in KINDS.into_iter().enumerate() {
            let run = self.sample.repeatedly(kind, seconds, round).await;
            self.warm[at].push(run);
        }
    }

    fn of(&self, warm: bool, kind: usize) -> &Latencies {
        if warm {
            &self.warm[kind]
        } else {
            &self.cold[kind]
        }
    }
}

fn tell(what: &str, round: usize) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    eprintln!("{what} round {round} done; load {}", load.trim());
}

fn print(sizes: &[Size]) {
    let mut table = Vec::new();
    for (warm, touched) in [(false, "cold"), (true, "warm")] {
        for (kind, (_, name)) in KINDS.into_iter().enumerate() {
            for size in sizes {
                let latencies = size.of(warm, kind);
                let smallest = sizes[0].of(warm, kind);
                table.push(vec![
                    format!("{name}, {touched}"),
                    size.tenants.to_string(),
                    size.sample.keys().to_string(),
                    format!("{:.1}", latencies.p50),
                    format!("{:.1}", latencies.p99),
                    format!("{:.2}", latencies.p50.over(&smallest.p50)),
                    format!("{:.2}", latencies.p99.over(&smallest.p99)),
                ]);
            }
        }
    }
    let smallest = sizes[0].tenants;
    let ratios = [50, 99].map(|part| format!("p{part} / {smallest} tenants"));
    print_table(
        &[
            "request",
            "tenants",
            "members asked for",
            "p50",
            "p99",
            &ratios[0],
            &ratios[1],
        ],
        &table,
    );
}

fn panel(name: &str, sizes: &[Size]) -> Panel {
    let mut lines = Vec::new();
    for (warm, touched) in [(true, "warm"), (false, "cold")] {
        for (kind, (_, request)) in KINDS.into_iter().enumerate() {
            let points = sizes
                .iter()
                .map(|size| (size.tenants as f64, size.of(warm, kind).p50.median()));
            lines.push(Line {
                name: format!("{request}, {touched}"),
                points: points.collect(),
            });
        }
    }
    Panel {
        name: name.to_owned(),
        lines,
    }
}
