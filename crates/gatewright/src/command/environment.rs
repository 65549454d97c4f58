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

const ENV_FILE: &str = ".env";
const DEVELOPMENT: &str = "development";

/// Where development keeps the key that it made.
const DEVELOPMENT_KEY: &str = "var/secret_key";

/// Whose word it is that this is development, or production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    /// The process's own environment, or its silence: that means production.
    ByProcess,
    /// `.env`, where the process says nothing.
    ByFile,
}

/// Reads the settings. Variables of the process win over `.env`, which production never reads.
pub(super) fn settings(model: &Model) -> Result<(Settings, Chosen), Failure> {
    let process = |name: &str| std::env::var(name).ok();
    let (mut file, chosen) = variables_of_file(process("APP_ENV").as_deref(), Path::new(ENV_FILE))?;
    let get = |file: &HashMap<String, String>, name: &str| {
        process(name).or_else(|| file.get(name).cloned())
    };
    let development =
        get(&file, "APP_ENV").is_some_and(|environment| environment.trim() == DEVELOPMENT);
    if development && get(&file, "SECRET_KEY").is_none_or(|key| key.trim().is_empty()) {
        file.insert("SECRET_KEY".to_owned(), development_key()?);
    }
    let settings = Settings::read(&|name| get(&file, name), &model.auth)?;
    Ok((settings, chosen))
}

/// What the file gives beside the process's own variables: nothing outside development. Where the
/// process does not say which it is, a file that says development is believed; any other has no say.
fn variables_of_file(
    app_env: Option<&str>,
    path: &Path,
) -> Result<(HashMap<String, String>, Chosen), Failure> {
    match app_env.map(str::trim) {
        Some(DEVELOPMENT) => Ok((parse(path, &read(path)?)?, Chosen::ByProcess)),
        Some(_) => Ok((HashMap::new(), Chosen::ByProcess)),
        None => {
            let text = read(path)?;
            let says_development = |line: &str| {
                let (name, value) = line.split_once('=').unwrap_or_default();
                name.trim() == "APP_ENV" && unquoted(value) == DEVELOPMENT
            };
            // The rest of a file that is not for development is nobody's business, its mistakes too.
            if !text.lines().any(says_development) {
                return Ok((HashMap::new(), Chosen::ByProcess));
            }
            let variables = parse(path, &text)?;
            if variables.get("APP_ENV").map(String::as_str) == Some(DEVELOPMENT) {
                Ok((variables, Chosen::ByFile))
            } else {
                Ok((HashMap::new(), Chosen::ByProcess))
            }
        }
    }
}

/// The file's text; none where there is no file.
fn read(path: &Path) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(format!("cannot read {}: {error}", path.display()).into()),
    }
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches('"')
}

fn parse(path: &Path, text: &str) -> Result<HashMap<String, String>, Failure> {
    let mut variables = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            return Err(format!("{}:{}: expected NAME=value", path.display(), number + 1).into());
        };
        variables.insert(name.trim().to_owned(), unquoted(value).to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken from a `.env` of this text.
    fn taken(app_env: Option<&str>, text: &str) -> (Vec<String>, Chosen) {
        let path = std::env::temp_dir().join(format!("gatewright-{}.env", uuid::Uuid::now_v7()));
        fs::write(&path, text).unwrap();
        let (variables, chosen) = variables_of_file(app_env, &path).unwrap();
        fs::remove_file(path).unwrap();
        let mut names: Vec<String> = variables.into_keys().collect();
        names.sort();
        (names, chosen)
    }

    #[test]
    fn production_takes_nothing_from_the_file() {
        let nothing = (Vec::new(), Chosen::ByProcess);
        let secret = "SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyz\n";
        for text in [
            secret.to_owned(),
            format!("APP_ENV=production\n{secret}"),
            format!("APP_ENV=\n{secret}"),
            format!("APP_ENV=staging\n{secret}"),
            format!("#APP_ENV=development\n{secret}"),
            format!("APP_ENV=development\n{secret}APP_ENV=production\n"),
            format!("{secret}not a variable\n"),
        ] {
            assert_eq!(taken(None, &text), nothing, "{text}");
        }
        let development = format!("APP_ENV=development\n{secret}");
        for app_env in ["production", "", "staging"] {
            assert_eq!(taken(Some(app_env), &development), nothing, "{app_env}");
        }
    }

    #[test]
    fn a_file_may_choose_development_and_is_told_of() {
        let names = vec!["APP_ENV".to_owned(), "BIND".to_owned()];
        let text = "APP_ENV = \"development\"\nBIND=127.0.0.1:0\n";
        assert_eq!(taken(None, text), (names.clone(), Chosen::ByFile));
        for app_env in ["development", " development "] {
            assert_eq!(
                taken(Some(app_env), text),
                (names.clone(), Chosen::ByProcess)
            );
        }
        let (variables, chosen) = variables_of_file(None, Path::new("no such file")).unwrap();
        assert!(variables.is_empty() && chosen == Chosen::ByProcess);
    }
}
