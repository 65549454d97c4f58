//! Running the example's binary.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::disk::Directory;
use crate::error::{Error, Result};

/// The embedded database, below the application's directory.
const DATABASE: &str = "var/app.db";

/// What `seed-demo` answered, kept because it only answers once.
const SEED: &str = "var/demo.json";

/// Settings of the person's other work that must not reach the demo.
const FOREIGN: [&str; 8] = [
    "MIGRATE_DATABASE_URL",
    "SECRET_KEY",
    "SECRET_KEY_PREVIOUS",
    "TRUSTED_PROXIES",
    "CORS_ORIGINS",
    "ACCESS_TOKEN_TTL",
    "REFRESH_TOKEN_TTL",
    "SESSION_IDLE_TTL",
];

/// The built example, with where and how it runs.
pub(super) struct Server {
    binary: PathBuf,
    directory: Directory,
    port: u16,
}

impl Server {
    pub fn new(binary: PathBuf, directory: PathBuf, port: u16) -> Self {
        Self {
            binary,
            directory: Directory::at(directory),
            port,
        }
    }

    /// Brings the database up to date and fills it, unless an earlier run did; returns tenants,
    /// users and their password.
    pub fn prepare(&self) -> Result<Value> {
        // Without its database the answer of an earlier run is about nothing.
        let earlier = match self.directory.path().join(DATABASE).exists() {
            true => self.directory.read(SEED)?,
            false => None,
        };
        self.output("migrate", &[])?;
        let answer = match earlier {
            Some(answer) => answer,
            None => {
                let answer = self.output("seed-demo", &["--format", "json"])?.stdout;
                self.directory.write(SEED, &answer)?;
                answer
            }
        };
        serde_json::from_slice(&answer).map_err(|error| {
            self.start_over(format!("the answer of `seed-demo` is not JSON: {error}"))
        })
    }

    /// Serves until it is told to stop.
    pub fn serve(&self) -> Result<()> {
        let mut command = self.command("serve");
        let error = replace_this_process(&mut command);
        Err(Error::io("run", &self.binary, &error))
    }

    fn output(&self, subcommand: &str, arguments: &[&str]) -> Result<Output> {
        let output = self
            .command(subcommand)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Error::io("run", &self.binary, &error))?;
        if output.status.success() {
            Ok(output)
        } else {
            Err(self.start_over(format!("`{} {subcommand}` failed", self.binary.display())))
        }
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg(subcommand)
            .current_dir(self.directory.path())
            .env("APP_ENV", "development")
            .env("DATABASE_URL", format!("sqlite://{DATABASE}"))
            .env("MAIL_URL", "file:var/mail")
            .env("BIND", format!("127.0.0.1:{}", self.port))
            .env("BASE_URL", format!("http://localhost:{}", self.port));
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
    }

    fn start_over(&self, message: String) -> Error {
        let data = self.directory.path().join("var");
        Error::circumstances(message).fix(format!(
            "remove {} to start over with an empty database",
            data.display()
        ))
    }
}

/// Becomes the server: signals, Ctrl-C first of all, reach it directly and its exit code is ours.
/// Returns only what went wrong.
#[cfg(unix)]
fn replace_this_process(command: &mut Command) -> std::io::Error {
    use std::os::unix::process::CommandExt as _;

    command.exec()
}

/// Runs the server as a child: the console sends Ctrl-C to both.
#[cfg(not(unix))]
fn replace_this_process(command: &mut Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
