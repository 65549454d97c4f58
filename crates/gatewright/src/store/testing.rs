//! A database for each test: a file, or one in the server that `GATEWRIGHT_TEST_POSTGRES` names.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

/// A database file in a folder of its own, which goes when this is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("gatewright-{}", Uuid::now_v7())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self) -> String {
        self.0.join("var/app.db").display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Roles belong to the whole server: tests take turns at changing them.
static ROLES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh database with an owner and an application role of its own.
///
/// It is left behind: the test command throws the whole server away.
pub(crate) struct Server {
    address: String,
    name: String,
    superuser: Client,
}

impl Server {
    pub(crate) async fn new() -> Self {
        let Ok(url) = std::env::var("GATEWRIGHT_TEST_POSTGRES") else {
            panic!(
                "this test needs PostgreSQL: run the project's test command, or set GATEWRIGHT_TEST_POSTGRES to \
                 the URL of a superuser on a server that may be filled with databases"
            );
        };
        let superuser = connect(&url).await;
        let name = format!(
            "t{}_{}",
            Uuid::new_v4().simple(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        {
            let _turn = ROLES.lock().await;
            superuser
                .batch_execute(&format!(
                    "DO $$ BEGIN CREATE ROLE gatewright_platform NOLOGIN; \
                     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
                     CREATE ROLE {name}_owner LOGIN CREATEROLE;
                     CREATE ROLE {name}_app LOGIN NOINHERIT;
                     GRANT gatewright_platform TO {name}_app;"
                ))
                .await
                .unwrap();
            superuser
                .batch_execute(&format!("CREATE DATABASE {name} OWNER {name}_owner"))
                .await
                .unwrap();
        }
        let address = url
            .split('@')
            .next_back()
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let own = format!("postgres://postgres@{address}/{name}");
        let superuser = connect(&own).await;
        superuser
            .batch_execute(&format!("ALTER SCHEMA public OWNER TO {name}_owner"))
            .await
            .unwrap();
        Self {
            address,
            name,
            superuser,
        }
    }

    pub(crate) fn app_role(&self) -> String {
        format!("{}_app", self.name)
    }

    pub(crate) fn owner_role(&self) -> String {
        format!("{}_owner", self.name)
    }

    pub(crate) fn app_url(&self) -> String {
        self.url_of(&self.app_role())
    }

    pub(crate) fn owner_url(&self) -> String {
        self.url_of(&self.owner_role())
    }

    pub(crate) fn url_of(&self, role: &str) -> String {
        format!("postgres://{role}@{}/{}", self.address, self.name)
    }

    pub(crate) async fn as_superuser(&self, statements: &str) {
        self.superuser.batch_execute(statements).await.unwrap();
    }

    pub(crate) async fn as_owner(&self, statements: &str) {
        let statements = format!("SET ROLE {}; {statements}; RESET ROLE", self.owner_role());
        self.as_superuser(&statements).await;
    }

    pub(crate) async fn grant_to_app(&self, tables: &str) {
        let app = self.app_role();
        self.as_owner(&format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {app}"
        ))
        .await;
    }

    /// Ends the application's connections, as a restart of the server would.
    pub(crate) async fn terminate_app(&self) {
        let sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1";
        self.superuser
            .query(sql, &[&self.app_role()])
            .await
            .unwrap();
    }

    pub(crate) async fn open_transactions(&self) -> i64 {
        self.count("xact_start IS NOT NULL").await
    }

    pub(crate) async fn app_sessions(&self) -> i64 {
        self.count("true").await
    }

    async fn count(&self, condition: &str) -> i64 {
        let sql =
            format!("SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND {condition}");
        self.superuser
            .query_one(&sql, &[&self.app_role()])
            .await
            .unwrap()
            .get(0)
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
