//! The example application, built for release and run as its users run it.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::cargo;
use crate::wire::{Answer, Connection, Request};

/// Where the example's manifest is.
pub const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/storefront");

/// Whom the measured requests come from: the tenant's owner.
const EMAIL: &str = "owner@acme.example";

/// How a session's credential travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `Authorization: Bearer`.
    Bearer,
    /// The cookie of a browser.
    Cookie,
}

/// Builds the example for release and returns its binary.
#[must_use]
pub fn build() -> PathBuf {
    cargo::executable(Path::new(DIRECTORY), &["build", "--release"])
}

/// A running storefront with a database of its own. Stopped when dropped.
#[derive(Debug)]
pub struct Storefront {
    /// Where it listens on the loopback interface.
    pub port: u16,
    password: String,
    process: Serving,
    /// Holds the database; goes last.
    _installed: Installed,
}

/// A folder with a migrated database, which may be served, stopped and served again.
#[derive(Debug)]
pub struct Installed {
    /// Where it will listen: the same port at every start, for tokens name it.
    pub port: u16,
    binary: PathBuf,
    settings: Vec<(String, String)>,
    directory: TempDir,
}

impl Installed {
    /// Migrates. `settings` are added to those of the environment that [`Storefront::start`] tells of.
    #[must_use]
    pub fn migrate(binary: &Path, settings: &[(&str, String)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let own = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
        let installed = Self {
            port: free.expect("a free port").port(),
            binary: binary.to_owned(),
            settings: settings.iter().map(own).collect(),
            directory: TempDir::new().expect("a folder"),
        };
        let migrated = installed.command("migrate").output().expect("to migrate");
        assert!(migrated.status.success(), "{migrated:?}");
        installed
    }

    /// Where it runs: the embedded database is below.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Serves, and returns when it is ready.
    pub async fn serve(&self) -> Serving {
        let log = File::create(self.directory().join("log")).expect("a log file");
        let mut serve = self.command("serve");
        let serve = serve.stdout(Stdio::null()).stderr(log);
        let process = Serving(serve.spawn().expect("to serve"));
        self.ready().await;
        process
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg(subcommand)
            .current_dir(self.directory())
            .env_clear()
            .env("APP_ENV", "development")
            .env("BIND", format!("127.0.0.1:{}", self.port))
            .env("BASE_URL", format!("http://localhost:{}", self.port))
            .envs(self.settings.iter().cloned());
        command
    }

    async fn ready(&self) {
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                let mut connection = Connection::open(self.port).await;
                let host = format!("localhost:{}", self.port);
                let readiness = Request::get(self.port, &host, "/readyz", &[]);
                assert_eq!(connection.exchange(&readiness.bytes).await, 200);
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the storefront does not listen");
    }
}

impl Storefront {
    /// Migrates, seeds and serves. `database` is the settings that name a database other than the embedded one.
    ///
    /// Settings are production's defaults but for `APP_ENV=development`, without which `BASE_URL`
    /// must be https and `seed-demo` refuses. What differs is the form of log lines, and none is
    /// written for a request at the default level.
    pub async fn start(binary: &Path, database: &[(&str, String)]) -> Self {
        let installed = Installed::migrate(binary, database);
        let mut seed = installed.command("seed-demo");
        let seeded = seed.args(["--format", "json"]).output().expect("to seed");
        assert!(seeded.status.success(), "{seeded:?}");
        let seeded: Value = serde_json::from_slice(&seeded.stdout).expect("the seed's answer");
        let process = installed.serve().await;
        Self {
            port: installed.port,
            password: seeded["password"].as_str().expect("a password").to_owned(),
            process,
            _installed: installed,
        }
    }

    /// The host of the tenant that is measured.
    #[must_use]
    pub fn host(&self) -> String {
        format!("acme.localhost:{}", self.port)
    }

    /// A read of this application, with the headers of a session or without.
    #[must_use]
    pub fn get(&self, path: &str, headers: &[String]) -> Request {
        Request::get(self.port, &self.host(), path, headers)
    }

    /// A write of this application.
    pub async fn post(&self, path: &str, headers: &[String], body: &str) -> Answer {
        let request = Request::post(self.port, &self.host(), path, headers, body);
        request.send().await
    }

    /// Signs in and returns the headers that its requests carry.
    pub async fn sign_in(&self, transport: Transport) -> Vec<String> {
        let name = match transport {
            Transport::Bearer => "bearer",
            Transport::Cookie => "cookie",
        };
        let body = serde_json::json!({
            "email": EMAIL, "password": self.password, "transport": name
        });
        let same_origin = ["Sec-Fetch-Site: same-origin".to_owned()];
        let answer = self
            .post("/auth/login", &same_origin, &body.to_string())
            .await;
        let session = answer.json(200);
        match transport {
            Transport::Bearer => {
                let token = session["access_token"].as_str().expect("a token");
                vec![format!("Authorization: Bearer {token}")]
            }
            Transport::Cookie => {
                let (_, after) = answer
                    .head
                    .split_once("__Host-access=")
                    .expect("the access cookie");
                let token = after.split(';').next().expect("its value");
                let same_origin = same_origin[0].clone();
                vec![format!("Cookie: __Host-access={token}"), same_origin]
            }
        }
    }

    /// Resident memory, MiB.
    #[must_use]
    pub fn resident(&self) -> f64 {
        let status = format!("/proc/{}/status", self.process.0.id());
        let status = std::fs::read_to_string(status).expect("/proc, as on Linux");
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.map_or(f64::NAN, |kib: f64| kib / 1024.0)
    }
}

/// A server; stopped when dropped, also where a measurement stops loudly.
#[derive(Debug)]
pub struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
