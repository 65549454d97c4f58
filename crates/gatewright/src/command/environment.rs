//! Settings from the environment, `.env` and, in development, a secret of its own making.

use std::collections::HashMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::config::{Environment, Settings};
use crate::model::Model;

/// Where development keeps the key that it made.
const DEVELOPMENT_KEY: &str = "var/secret_key";

/// Reads the settings. Variables of the process win over `.env`, which production never reads.
pub(super) fn settings(model: &Model) -> Result<Settings, Failure> {
    let process = |name: &str| std::env::var(name).ok();
    let mut file = match process("APP_ENV").as_deref() {
        None | Some("development") => read_env_file(Path::new(".env"))?,
        Some(_) => HashMap::new(),
    };
    let get = |file: &HashMap<String, String>, name: &str| {
        process(name).or_else(|| file.get(name).cloned())
    };
    let development = get(&file, "APP_ENV").as_deref() == Some("development");
    if development && get(&file, "SECRET_KEY").is_none_or(|key| key.trim().is_empty()) {
        file.insert("SECRET_KEY".to_owned(), development_key()?);
    }
    Ok(Settings::read(&|name| get(&file, name), &model.auth)?)
}

fn read_env_file(path: &Path) -> Result<HashMap<String, String>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
    };
    let mut variables = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            return Err(format!("{}:{}: expected NAME=value", path.display(), number + 1).into());
        };
        variables.insert(
            name.trim().to_owned(),
            value.trim().trim_matches('"').to_owned(),
        );
    }
    Ok(variables)
}

/// The key of this checkout, made on the first run.
fn development_key() -> Result<String, Failure> {
    let path = Path::new(DEVELOPMENT_KEY);
    if let Ok(key) = fs::read_to_string(path) {
        return Ok(key.trim().to_owned());
    }
    let mut bytes = [0; 48];
    rand::fill(&mut bytes).map_err(|_| "the system has no randomness to give")?;
    let key = BASE64_STANDARD.encode(bytes);
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| write_private(path, &key));
    written.map_err(|error| format!("cannot write {DEVELOPMENT_KEY}: {error}"))?;
    Ok(key)
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

/// Logs to standard error: lines for people in development, JSON in production.
pub(super) fn log_to_stderr(settings: &Settings) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        format!(
            "LOG is `{}`, which is no filter: {error}; use `info`, or `warn,gatewright=debug`",
            settings.log
        )
    })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match settings.environment {
        Environment::Production => subscriber.json().init(),
        Environment::Development => subscriber.with_ansi(io::stderr().is_terminal()).init(),
    }
    Ok(())
}
