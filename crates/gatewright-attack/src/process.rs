//! The application's processes. Each dies with the value that owns it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The settings that the application reads: none of the caller's own may leak into a run.
const SETTINGS: [&str; 15] = [
    "APP_ENV",
    "DATABASE_URL",
    "MIGRATE_DATABASE_URL",
    "BIND",
    "BASE_URL",
    "MAIL_URL",
    "MAIL_FROM",
    "SECRET_KEY",
    "SECRET_KEY_PREVIOUS",
    "TRUSTED_PROXIES",
    "CORS_ORIGINS",
    "ACCESS_TOKEN_TTL",
    "REFRESH_TOKEN_TTL",
    "SESSION_IDLE_TTL",
    "LOG",
];

/// How long a start or a command may take; a debug build hashes passwords slowly.
const START: Duration = Duration::from_secs(120);

/// How much of the log a report shows.
const LOG_TAIL: usize = 4_000;

/// The binary, where it runs, and its settings.
pub(crate) struct Application {
    binary: PathBuf,
    directory: Directory,
    settings: Vec<(String, String)>,
}

/// What a command that ended left behind.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Application {
    pub(crate) fn new(binary: &Path, settings: Vec<(String, String)>) -> Result<Self, String> {
        Ok(Self {
            binary: binary.to_owned(),
            directory: Directory::new()?,
            settings,
        })
    }

    /// Where `MAIL_URL=file:mail` puts mails.
    pub(crate) fn mail_directory(&self) -> PathBuf {
        self.directory.0.join("mail")
    }

    /// Writes a file for a command, and answers its path.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Result<String, String> {
        let path = self.directory.0.join(name);
        fs::write(&path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(path.display().to_string())
    }

    fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.directory.0)
            .stdin(Stdio::null());
        for name in SETTINGS {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        for (name, value) in settings {
            match value.is_empty() {
                true => command.env_remove(name),
                false => command.env(name, value),
            };
        }
        command
    }

    /// Runs a command to its end. An empty setting is unset.
    pub(crate) fn run(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Ended, String> {
        let name = arguments.first().copied().unwrap_or("run");
        self.run_within(arguments, settings, START)?
            .ok_or_else(|| format!("`{name}` did not end within {} s", START.as_secs()))
    }

    /// Runs a command that should end within `patience`; kills it and answers `None` when it does not.
    pub(crate) fn run_within(
        &self,
        arguments: &[&str],
        settings: &[(&str, &str)],
        patience: Duration,
    ) -> Result<Option<Ended>, String> {
        // Files and not pipes: nobody has to read along, and what was printed survives a kill.
        let (out, err) = (
            self.directory.0.join("command.out"),
            self.directory.0.join("command.err"),
        );
        let mut command = self.command(arguments, settings);
        command.stdout(create(&out)?).stderr(create(&err)?);
        let mut process = Process(command.spawn().map_err(|error| self.cannot_start(&error))?);
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = process.0.try_wait().map_err(|error| error.to_string())? {
                let read = |path| {
                    fs::read(path)
                        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                        .unwrap_or_default()
                };
                return Ok(Some(Ended {
                    status,
                    stdout: read(&out),
                    stderr: read(&err),
                }));
            }
            if Instant::now() > deadline {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts `serve` and waits until it listens. Its log is appended to the directory's.
    pub(crate) fn serve(&self, settings: &[(&str, &str)]) -> Result<Server, String> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .map_err(|error| error.to_string())?;
        let mut command = self.command(&["serve"], settings);
        command.stdout(Stdio::piped()).stderr(log);
        let mut process = Process(command.spawn().map_err(|error| self.cannot_start(&error))?);
        let stdout = process.0.stdout.take().ok_or("no standard output")?;
        let (sender, lines) = mpsc::channel();
        // Reads on after the line it waits for, so that the pipe never fills; ends with the process.
        thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        let deadline = Instant::now() + START;
        loop {
            let line = lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
                .map_err(|_| {
                    format!(
                        "`serve` did not print `listening on http://…`; the end of its log:\n{}",
                        self.log_tail()
                    )
                })?;
            if let Some(address) = line
                .strip_prefix("listening on http://")
                .and_then(|rest| rest.trim().parse().ok())
            {
                return Ok(Server { process, address });
            }
        }
    }

    fn log_path(&self) -> PathBuf {
        self.directory.0.join("serve.log")
    }

    /// The end of what the servers logged.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.log_path()).unwrap_or_default();
        let tail = &log[log.len().saturating_sub(LOG_TAIL)..];
        String::from_utf8_lossy(tail).into_owned()
    }

    fn cannot_start(&self, error: &std::io::Error) -> String {
        format!("cannot start {}: {error}", self.binary.display())
    }
}

/// A listening application; it is killed when this is dropped.
pub(crate) struct Server {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.process.0.id()
    }
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A temporary directory; it is removed when this is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Result<Self, String> {
        let mut name = OsString::from("gatewright-attack-");
        name.push(uuid::Uuid::now_v7().to_string());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path)
            .map_err(|error| format!("cannot create {}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Left behind at worst, under the system's directory for such files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A port of the loopback interface that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(|error| format!("no free port: {error}"))?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot create {}: {error}", path.display()))
}
