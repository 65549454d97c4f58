//! A real mail server: aiosmtpd, in a virtual environment of its own below the target directory.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{repository, workshop};

const AIOSMTPD: &str = "aiosmtpd==1.4.6";

/// How a server is talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// In the open.
    None,
    /// STARTTLS, and nothing before it.
    StartTls,
    /// From the first byte on.
    Always,
}

/// A mail server's place: its port and what it was told, which outlive it.
#[derive(Debug)]
pub struct MailServer {
    directory: TempDir,
    /// On all addresses of this machine.
    pub port: u16,
    tls: Tls,
    login: Option<&'static str>,
}

/// A mail server that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl MailServer {
    /// A server that is down. `login` is `user:password`.
    pub fn new(tls: Tls, login: Option<&'static str>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let directory = TempDir::new().unwrap();
        if tls != Tls::None {
            make_certificates(directory.path());
        }
        Self {
            port: listener.local_addr().unwrap().port(),
            directory,
            tls,
            login,
        }
    }

    /// The certificate that the server's own is signed with.
    pub fn authority(&self) -> PathBuf {
        self.directory.path().join("authority.pem")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// Starts it.
    pub fn start(&self) -> Running {
        let mut command = Command::new(python());
        command
            .arg(repository().join("tests/smtp/server.py"))
            .args(["--port", &self.port.to_string()])
            .arg("--log")
            .arg(self.log())
            .args(["--tls", ["none", "starttls", "always"][self.tls as usize]])
            .arg("--certificate")
            .arg(self.directory.path().join("server.pem"))
            .arg("--key")
            .arg(self.directory.path().join("server.key"));
        if let Some(login) = self.login {
            command.args(["--login", login]);
        }
        let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        let stdout = running.0.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the mail server does not start");
        running
    }

    /// What it was told, by kind.
    pub fn seen(&self, event: &str) -> Vec<Value> {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["event"] == event)
            .collect()
    }

    /// The messages, once there are so many.
    pub fn messages(&self, count: usize) -> Vec<Value> {
        for _ in 0..600 {
            let messages = self.seen("message");
            if messages.len() >= count {
                return messages;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!(
            "fewer than {count} messages in a minute: {:?}",
            self.seen("message")
        );
    }
}

/// An authority, and a certificate of its for this machine.
fn make_certificates(directory: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(directory)
            .output()
            .expect("openssl is installed");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {log}");
    };
    let names = "basicConstraints=CA:FALSE\n\
                 subjectAltName=DNS:localhost,IP:0.0.0.0,IP:127.0.0.1\n";
    fs::write(directory.join("names"), names).unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -days 2 -subj /CN=authority -keyout authority.key -out authority.pem"
    ));
    openssl(&format!(
        "req -new {key} -subj /CN=localhost -keyout server.key -out server.csr"
    ));
    openssl(
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial \
         -days 2 -extfile names -out server.pem",
    );
}

/// The interpreter of the environment. The first caller makes it.
fn python() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let workshop = workshop();
        fs::create_dir_all(&workshop).unwrap();
        let lock = File::create(workshop.join("smtp.lock")).unwrap();
        lock.lock().unwrap();
        let environment = workshop.join("smtp");
        let python = environment.join("bin/python3");
        let has_it = |python: &Path| {
            let check = Command::new(python)
                .args(["-c", "import aiosmtpd"])
                .output();
            check.is_ok_and(|output| output.status.success())
        };
        if !has_it(&python) {
            must(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(&environment),
            );
            must(Command::new(&python).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                AIOSMTPD,
            ]));
        }
        python
    })
}

fn must(command: &mut Command) {
    let output = command.output().expect("python3 is installed");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {log}");
}
