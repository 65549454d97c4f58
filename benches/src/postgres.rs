//! A database of one's own in the server that `GATEWRIGHT_TEST_POSTGRES` names.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

/// The variable that holds a superuser's URL.
pub const VARIABLE: &str = "GATEWRIGHT_TEST_POSTGRES";

/// A fresh database with an owner and an application role. [`drop`](Self::drop) takes all three away.
pub struct Database {
    /// `postgres://…@` is missing: the address that follows a role's name.
    address: String,
    name: String,
    /// The superuser's URL. A connection of its own for each use: the server may have been started anew.
    superuser: String,
}

impl Database {
    /// Makes the database and its roles. `label` tells one run's databases apart.
    pub async fn create(url: &str, label: &str) -> Self {
        let superuser = connect(url).await;
        let name = format!("bench_{}_{label}", std::process::id());
        let roles = format!(
            "DO $$ BEGIN CREATE ROLE gatewright_platform NOLOGIN;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
             CREATE ROLE {name}_owner LOGIN CREATEROLE;
             CREATE ROLE {name}_app LOGIN NOINHERIT;
             GRANT gatewright_platform TO {name}_app"
        );
        superuser.batch_execute(&roles).await.expect("the roles");
        let database = format!("CREATE DATABASE {name} OWNER {name}_owner");
        let created = superuser.batch_execute(&database).await;
        created.expect("the database");
        let (_, after) = url.rsplit_once('@').expect("a URL with a user");
        let address = after.split(['/', '?']).next().expect("a host").to_owned();
        Self {
            address,
            name,
            superuser: url.to_owned(),
        }
    }

    /// A connection to this database as the superuser, whom no policy binds.
    pub async fn connect(&self) -> Client {
        let (before, _) = self.superuser.rsplit_once('@').expect("a URL with a user");
        connect(&format!("{before}@{}/{}", self.address, self.name)).await
    }

    /// The settings that make the storefront use it.
    #[must_use]
    pub fn settings(&self) -> [(&'static str, String); 2] {
        [
            ("DATABASE_URL", self.url_of("app")),
            ("MIGRATE_DATABASE_URL", self.url_of("owner")),
        ]
    }

    fn url_of(&self, role: &str) -> String {
        let Self { address, name, .. } = self;
        format!("postgres://{name}_{role}@{address}/{name}")
    }

    /// The median time of a prepared SELECT of one product by its id, microseconds: no transaction,
    /// no policy (a superuser has none), nothing but the row and the wire.
    pub async fn bare_select(&self, product: &str, time: Duration) -> f64 {
        let client = self.connect().await;
        let sql = format!("SELECT * FROM products WHERE id = '{product}'");
        let statement = client.prepare(&sql).await.expect("the statement");
        let until = Instant::now() + time;
        let mut latencies = Vec::new();
        while Instant::now() < until {
            let started = Instant::now();
            let rows = client.query(&statement, &[]).await.expect("the row");
            latencies.push(started.elapsed().as_secs_f64() * 1e6);
            assert_eq!(rows.len(), 1);
        }
        latencies.sort_by(f64::total_cmp);
        latencies[latencies.len() / 2]
    }

    /// Takes the database and its roles away. Nothing may be connected any more.
    pub async fn drop(self) {
        let name = &self.name;
        let superuser = connect(&self.superuser).await;
        let database = format!("DROP DATABASE {name} WITH (FORCE)");
        let dropped = superuser.batch_execute(&database).await;
        dropped.expect("to drop the database");
        let roles = format!("DROP ROLE {name}_app; DROP ROLE {name}_owner");
        let dropped = superuser.batch_execute(&roles).await;
        dropped.expect("to drop the roles");
    }
}

/// Starts the server anew, which empties its own buffers, and returns the folder of its data.
///
/// The server must run on this machine, and this user must be root or the server's.
pub async fn restart(url: &str) -> PathBuf {
    let row = connect(url)
        .await
        .query_one("SHOW data_directory", &[])
        .await;
    let directory = PathBuf::from(row.expect("the folder").get::<_, String>(0));
    let lines = std::fs::read_to_string(directory.join("postmaster.pid")).expect("its process");
    let pid = lines.lines().next().expect("a process id");
    let server = std::fs::read_link(format!("/proc/{pid}/exe")).expect("the server's program");
    let mut command = as_owner(&directory, &server.with_file_name("pg_ctl"));
    command.args(["restart", "-s", "-w", "-m", "fast", "-t", "300", "-D"]);
    command
        .arg(&directory)
        .arg("-l")
        .arg(directory.join("restarted.log"));
    let restarted = command.current_dir(&directory).status().expect("pg_ctl");
    assert!(restarted.success(), "the server does not start again");
    directory
}

/// PostgreSQL's programs refuse to run as root.
fn as_owner(directory: &Path, program: &Path) -> Command {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &Path| std::fs::metadata(path).expect("its owner").uid();
    if owner(Path::new("/proc/self")) == owner(directory) {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("PostgreSQL");
    tokio::spawn(connection);
    client
}
