//! A database of one's own in the server that `GATEWRIGHT_TEST_POSTGRES` names.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};

/// The variable that holds a superuser's URL.
pub const VARIABLE: &str = "GATEWRIGHT_TEST_POSTGRES";

/// A fresh database with an owner and an application role. [`drop`](Self::drop) takes all three away.
pub struct Database {
    /// `postgres://…@` is missing: the address that follows a role's name.
    address: String,
    name: String,
    superuser: Client,
}

impl Database {
    /// Makes the database and its roles.
    pub async fn create(url: &str) -> Self {
        let superuser = connect(url).await;
        let name = format!("bench_{}", std::process::id());
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
            superuser,
        }
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
    pub async fn bare_select(&self, superuser: &str, product: &str, time: Duration) -> f64 {
        let (before, _) = superuser.rsplit_once('@').expect("a URL with a user");
        let client = connect(&format!("{before}@{}/{}", self.address, self.name)).await;
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
        let database = format!("DROP DATABASE {name} WITH (FORCE)");
        let dropped = self.superuser.batch_execute(&database).await;
        dropped.expect("to drop the database");
        let roles = format!("DROP ROLE {name}_app; DROP ROLE {name}_owner");
        let dropped = self.superuser.batch_execute(&roles).await;
        dropped.expect("to drop the roles");
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("PostgreSQL");
    tokio::spawn(connection);
    client
}
