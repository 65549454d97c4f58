//! The example application as a process, on a database of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{self, Answer};
use crate::postgres::Database;

/// Enough for the application; it keeps nothing.
const SECRET: &str = "Zm9yIHRlc3RzIG9mIHRoZSB3aG9sZSBvbmx5LCAwMTIzNDU2Nzg5";

/// How much of the log a failure shows.
const LOG_TAIL: usize = 4_000;

/// Where an application keeps its data.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file in the application's own directory.
    Sqlite,
    /// A database of the test's server.
    Postgres(Arc<Database>),
}

/// The binary, its directory and its settings.
#[derive(Debug)]
pub struct Application {
    binary: PathBuf,
    directory: TempDir,
    store: Store,
    port: u16,
    settings: Vec<(String, String)>,
}

impl Application {
    /// An application with an empty database.
    pub fn new(binary: &Path, store: Store) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self {
            binary: binary.to_owned(),
            directory: TempDir::new().unwrap(),
            store,
            port: listener.local_addr().unwrap().port(),
            settings: Vec::new(),
        }
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Its origin.
    pub fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The same, migrated and filled with the demonstration.
    pub fn seeded(binary: &Path, store: Store) -> Self {
        let application = Self::new(binary, store);
        application.must(&["migrate"]);
        application.must(&["seed-demo", "--edge-cases", "--format", "json"]);
        application
    }

    /// Gives a member a further role.
    pub fn give_role(&self, email: &str, tenant: &str, role: &str) {
        let sql = format!(
            "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at)
             SELECT roles.tenant_id, users.id, roles.id, '2026-01-01T00:00:00.000000Z'
             FROM roles, users, tenants
             WHERE roles.tenant_id = tenants.id AND tenants.slug = '{tenant}'
                 AND roles.name = '{role}' AND users.email = '{email}'"
        );
        self.execute(&sql);
    }

    /// Makes an account a member of a tenant, without a role.
    pub fn join(&self, email: &str, tenant: &str) {
        let id = match &self.store {
            Store::Sqlite => "'0198c000-0000-7000-8000-000000000001'",
            Store::Postgres(_) => "gen_random_uuid()",
        };
        let sql = format!(
            "INSERT INTO user_tenants (tenant_id, id, user_id, created_at)
             SELECT tenants.id, {id}, users.id, '2026-01-01T00:00:00.000000Z'
             FROM users, tenants
             WHERE tenants.slug = '{tenant}' AND users.email = '{email}'"
        );
        self.execute(&sql);
    }

    /// Runs a statement that changes something, past all walls.
    pub fn execute(&self, sql: &str) {
        match &self.store {
            Store::Sqlite => {
                let connection = rusqlite::Connection::open(self.file()).unwrap();
                assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
            }
            Store::Postgres(database) => database.as_superuser().run(sql),
        }
    }

    /// How many rows of a table there are, past all walls: `users WHERE name = ''`.
    pub fn count(&self, rows: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {rows}");
        match &self.store {
            Store::Sqlite => {
                let connection = rusqlite::Connection::open(self.file()).unwrap();
                connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            }
            Store::Postgres(database) => database.as_superuser().column(&sql, &[])[0],
        }
    }

    /// The SQLite file.
    pub fn file(&self) -> impl AsRef<Path> {
        self.directory.path().join("app.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("APP_ENV", "development")
            .env("BIND", format!("127.0.0.1:{}", self.port))
            .env("BASE_URL", self.base_url())
            .env("MAIL_URL", "file:mail")
            .env("SECRET_KEY", SECRET);
        match &self.store {
            Store::Sqlite => command.env("DATABASE_URL", "sqlite://app.db"),
            Store::Postgres(database) => command
                .env("DATABASE_URL", database.app_url())
                .env("MIGRATE_DATABASE_URL", database.owner_url()),
        };
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command, whatever becomes of it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed.
    pub fn must(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?} failed: {log}");
        output
    }

    /// Runs a command, and gives its exit code and what it printed.
    pub fn told(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    }

    /// Starts `serve`.
    ///
    /// # Errors
    /// What it printed, where it ends instead of listening.
    pub fn serve(&self) -> Result<Server<'_>, String> {
        let log = self.directory.path().join("serve.log");
        let mut command = self.command(&["serve"]);
        command
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap());
        let mut server = Server {
            application: self,
            process: command.spawn().unwrap(),
        };
        let stdout = server.process.stdout.take().unwrap();
        // The one line of standard output, or its end.
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        match line.starts_with("listening on ") {
            true => Ok(server),
            false => {
                server.process.wait().unwrap();
                Err(self.log_tail())
            }
        }
    }

    /// The mails that are in its folder.
    pub fn mails(&self) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.directory.path().join("mail")) else {
            return Vec::new();
        };
        let paths = files.map(|file| file.unwrap().path());
        let whole = paths.filter(|path| path.extension().is_some_and(|it| it == "eml"));
        whole
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    /// The lines that `serve` logged and that hold this.
    pub fn logged(&self, what: &str) -> Vec<String> {
        let log = fs::read(self.directory.path().join("serve.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines = log.lines().filter(|line| line.contains(what));
        lines.map(str::to_owned).collect()
    }

    /// The end of what `serve` logged.
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.directory.path().join("serve.log")).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(LOG_TAIL)..]).into_owned()
    }
}

/// A listening application; killed when this is dropped.
#[derive(Debug)]
pub struct Server<'a> {
    application: &'a Application,
    process: Child,
}

impl Server<'_> {
    /// Signs somebody up, as a page of the application's own does.
    pub fn sign_up(&self, email: &str) {
        let body = json!({ "email": email, "password": "correct horse battery staple" });
        let own = "Sec-Fetch-Site: same-origin\r\n";
        let port = self.application.port;
        let path = "/auth/signup";
        let answer = client::send_with(port, "POST", path, "localhost", None, own, Some(&body));
        assert_eq!(answer.status, 202, "{email}: {answer:?}");
    }

    /// Signs in with the demonstration's password.
    pub fn sign_in(&self, email: &str, tenant: &str) -> Caller<'_> {
        let body =
            json!({ "email": email, "password": "demo-password-4-acme", "transport": "bearer" });
        let host = format!("{tenant}.localhost");
        let answer = client::send(
            self.application.port,
            "POST",
            "/auth/login",
            &host,
            None,
            Some(&body),
        );
        let token = answer.body["access_token"].as_str();
        let token = token
            .unwrap_or_else(|| panic!("{email} cannot sign in: {answer:?}"))
            .to_owned();
        Caller {
            server: self,
            host,
            token,
        }
    }
}

impl Server<'_> {
    /// Signs in as a browser does, on a tenant's host.
    pub fn open_browser(&self, email: &str, tenant: &str) -> Browser<'_> {
        let body = json!({ "email": email, "password": "demo-password-4-acme" });
        let mut browser = Browser {
            server: self,
            host: format!("{tenant}.localhost"),
            cookies: String::new(),
        };
        let answer = browser.send("POST", "/auth/login", Some(&body));
        assert_eq!(answer.status, 200, "{email} cannot sign in: {answer:?}");
        let set = answer.head.lines().filter_map(|line| {
            let cookie = line.strip_prefix("set-cookie: ")?;
            cookie.split(';').next()
        });
        browser.cookies = set.collect::<Vec<_>>().join("; ");
        browser
    }
}

/// A browser that is signed in on a tenant's host.
#[derive(Debug)]
pub struct Browser<'a> {
    server: &'a Server<'a>,
    host: String,
    cookies: String,
}

impl Browser<'_> {
    /// Sends a request from a page of the host.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_to(&self.host, method, path, body)
    }

    /// Sends the same cookies to another tenant's host, which no browser does.
    pub fn send_astray(&self, tenant: &str, path: &str) -> Answer {
        self.send_to(&format!("{tenant}.localhost"), "GET", path, None)
    }

    fn send_to(&self, host: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut headers = "Sec-Fetch-Site: same-origin\r\n".to_owned();
        if !self.cookies.is_empty() {
            headers.push_str(&format!("Cookie: {}\r\n", self.cookies));
        }
        let port = self.server.application.port;
        client::send_with(port, method, path, host, None, &headers, body)
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!(
                "the end of the application's log:\n{}",
                self.application.log_tail()
            );
        }
    }
}

/// Somebody who is signed in at a tenant's host.
#[derive(Debug)]
pub struct Caller<'a> {
    server: &'a Server<'a>,
    host: String,
    token: String,
}

impl Caller<'_> {
    /// The same token on another tenant's host.
    #[must_use]
    pub fn at(&self, tenant: &str) -> Caller<'_> {
        Caller {
            server: self.server,
            host: format!("{tenant}.localhost"),
            token: self.token.clone(),
        }
    }

    /// Reads a path.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// Posts a body to a path.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body))
    }

    /// Sends a merge patch.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some(body))
    }

    /// Removes a record.
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_with("", method, path, body)
    }

    /// Sends a request with more header lines, each of which ends in CRLF.
    pub fn send_with(
        &self,
        headers: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let (port, token) = (self.server.application.port, Some(self.token.as_str()));
        client::send_with(port, method, path, &self.host, token, headers, body)
    }

    /// The ids of a resource's records, as the list shows them.
    pub fn ids(&self, resource: &str) -> Vec<String> {
        let answer = self.get(&format!("/api/{resource}?limit=200"));
        assert_eq!(answer.status, 200, "{answer:?}");
        let records = answer.body["data"].as_array().unwrap();
        records
            .iter()
            .map(|record| record["id"].as_str().unwrap().to_owned())
            .collect()
    }
}
