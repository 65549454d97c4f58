//! The probe as a process, on either database.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};

use gatewright_tests::client::{self, Answer};
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "Zm9yIHRlc3RzIG9mIHRoZSB3aG9sZSBvbmx5LCAwMTIzNDU2Nzg5";

/// A served probe with the demonstration's data, and the owner of acme signed in.
pub struct Probe {
    process: Child,
    directory: TempDir,
    /// Where it listens.
    pub port: u16,
    /// An access token of acme's owner.
    pub token: String,
    /// Absent on SQLite.
    pub database: Option<Database>,
}

impl Probe {
    /// On a file of its own.
    pub fn on_sqlite() -> Self {
        Self::start(None, "sqlite://app.db".to_owned())
    }

    /// On a database of its own. `parameters` end the application's URL.
    pub fn on_postgres(parameters: &str) -> Self {
        let database = Database::create();
        let url = format!("{}{parameters}", database.app_url());
        Self::start(Some(database), url)
    }

    fn start(database: Option<Database>, url: String) -> Self {
        let directory = TempDir::new().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let command = |argument: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
            command
                .arg(argument)
                .current_dir(directory.path())
                .env_clear()
                .env("APP_ENV", "development")
                .env("BIND", format!("127.0.0.1:{port}"))
                .env("BASE_URL", format!("http://localhost:{port}"))
                .env("DATABASE_URL", &url)
                .env("SECRET_KEY", SECRET);
            if let Some(database) = &database {
                command.env("MIGRATE_DATABASE_URL", database.owner_url());
            }
            command
        };
        for step in ["migrate", "seed-demo"] {
            let output = command(step).output().unwrap();
            let log = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{step}: {log}");
        }
        let log = File::create(directory.path().join("log")).unwrap();
        let mut process = command("serve")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let mut probe = Self {
            process,
            directory,
            port,
            token: String::new(),
            database,
        };
        assert!(line.starts_with("listening on "), "it does not start");
        probe.token = probe.sign_in_at("acme");
        probe
    }

    /// An access token of a tenant's owner.
    pub fn sign_in_at(&self, tenant: &str) -> String {
        let body = json!({
            "email": format!("owner@{tenant}.example"),
            "password": "demo-password-4-acme",
            "transport": "bearer",
        });
        let answer = self.send(tenant, None, "POST", "/auth/login", Some(&body));
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    fn send(
        &self,
        tenant: &str,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        client::send(
            self.port,
            method,
            path,
            &format!("{tenant}.localhost"),
            token,
            body,
        )
    }

    /// Reads a path as a tenant's owner.
    pub fn get_at(&self, tenant: &str, token: &str, path: &str) -> Answer {
        self.send(tenant, Some(token), "GET", path, None)
    }

    /// Reads a path.
    pub fn get(&self, path: &str) -> Answer {
        self.get_at("acme", &self.token, path)
    }

    /// Posts a category's name to a path.
    pub fn post(&self, path: &str, name: &str) -> Answer {
        self.send(
            "acme",
            Some(&self.token),
            "POST",
            path,
            Some(&json!({ "name": name })),
        )
    }

    /// How many categories of acme have this name.
    pub fn stored(&self, name: &str) -> usize {
        let path = format!("/api/categories?filter[name]={}", name.replace(' ', "%20"));
        let answer = self.get(&path);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"].as_array().unwrap().len()
    }

    /// How many entries of acme's audit log say that a category of this name was made.
    pub fn audited(&self, name: &str) -> usize {
        let answer = self.get("/api/audit-log?limit=200");
        assert_eq!(answer.status, 200, "{answer:?}");
        let entries = answer.body["data"].as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["changes"]["name"]["new"] == name)
            .count()
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
    }
}
