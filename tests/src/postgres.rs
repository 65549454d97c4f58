//! A PostgreSQL database for one test, in the server that `GATEWRIGHT_TEST_POSTGRES` names.

use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row};
use uuid::Uuid;

/// Roles belong to the whole server, and PostgreSQL does not let two sessions grant the same one at
/// once. The number is arbitrary.
const ROLES: &str = "SELECT pg_advisory_lock(7418522031907)";

/// A database with an owner and an application role of its own; gone when this is dropped.
#[derive(Debug)]
pub struct Database {
    name: String,
    server: Config,
    address: String,
}

impl Database {
    /// Makes an empty database and its roles, as a user's administrator would.
    pub fn create() -> Self {
        let url = std::env::var("GATEWRIGHT_TEST_POSTGRES").expect(
            "this test needs PostgreSQL: put `scripts/with-postgres.sh` before the command, or set \
             GATEWRIGHT_TEST_POSTGRES to the URL of a superuser",
        );
        let address = url.rsplit('@').next().unwrap().split('/').next().unwrap();
        let database = Self {
            name: format!("gatewright_{}", Uuid::new_v4().simple()),
            address: address.to_owned(),
            server: url.parse().unwrap(),
        };
        let name = &database.name;
        let server = Session::connect(&database.server);
        server.run(ROLES);
        server.run(&format!(
            "DO $$ BEGIN CREATE ROLE gatewright_platform NOLOGIN;
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
             CREATE ROLE {name}_owner LOGIN NOSUPERUSER;
             CREATE ROLE {name}_app LOGIN NOINHERIT NOSUPERUSER;
             GRANT gatewright_platform TO {name}_app"
        ));
        server.run(&format!("CREATE DATABASE {name} OWNER {name}_owner"));
        database
    }

    /// The role that the application connects as.
    pub fn app_role(&self) -> String {
        format!("{}_app", self.name)
    }

    /// `DATABASE_URL`: the same, as a URL.
    pub fn app_url(&self) -> String {
        self.url(&self.app_role())
    }

    /// `MIGRATE_DATABASE_URL`: the role that owns the tables.
    pub fn owner_url(&self) -> String {
        self.url(&format!("{}_owner", self.name))
    }

    /// Host and port of the server.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn url(&self, role: &str) -> String {
        format!("postgres://{role}@{}/{}", self.address, self.name)
    }

    /// A session as the application's role, which row-level security binds.
    pub fn as_app(&self) -> Session {
        Session::connect(&self.app_url().parse().unwrap())
    }

    /// A session as the owner of the tables.
    pub fn as_owner(&self) -> Session {
        Session::connect(&self.owner_url().parse().unwrap())
    }

    /// A session as a superuser, whom nothing binds.
    pub fn as_superuser(&self) -> Session {
        Session::connect(self.server.clone().dbname(&self.name))
    }

    /// Every table with a column `tenant_id`.
    pub fn tenant_tables(&self) -> Vec<String> {
        let sql = "SELECT quote_ident(relname) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'tenant_id'
                AND NOT attisdropped
            ORDER BY relname";
        let tables: Vec<String> = self.as_superuser().column(sql, &[]);
        assert!(tables.len() >= 16, "too few tables to be true: {tables:?}");
        tables
    }

    /// Takes row-level security away from every table of a tenant.
    pub fn disable_row_level_security(&self) {
        let owner = self.as_owner();
        for table in self.tenant_tables() {
            owner.run(&format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"));
        }
    }

    /// Whether any table of the database enforces row-level security.
    pub fn has_row_level_security(&self) -> bool {
        let sql = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity)";
        self.as_superuser().column::<bool>(sql, &[]) == [true]
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = &self.name;
        let server = Session::connect(&self.server);
        server.run(ROLES);
        server.run(&format!("DROP DATABASE {name} WITH (FORCE)"));
        server.run(&format!("DROP ROLE {name}_owner, {name}_app"));
    }
}

/// A session that waits for each answer.
pub struct Session {
    client: Client,
    runtime: Runtime,
}

impl Session {
    fn connect(config: &Config) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        Self { client, runtime }
    }

    /// Runs statements that must succeed.
    pub fn run(&self, statements: &str) {
        if let Err(error) = self.try_run(statements) {
            panic!("{statements}: {error:?}");
        }
    }

    /// Runs statements that may fail.
    ///
    /// # Errors
    /// The first that PostgreSQL reports.
    pub fn try_run(&self, statements: &str) -> Result<(), Error> {
        self.runtime.block_on(self.client.batch_execute(statements))
    }

    /// The rows of a query that must succeed.
    pub fn rows(&self, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        let rows = self.runtime.block_on(self.client.query(sql, args));
        rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    /// The first column of a query that must succeed.
    pub fn column<T>(&self, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Vec<T>
    where
        T: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        self.rows(sql, args).iter().map(|row| row.get(0)).collect()
    }
}
