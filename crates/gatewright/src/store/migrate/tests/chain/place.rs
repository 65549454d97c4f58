//! A database of either kind, for the tests of the chain.

use std::path::{Path, PathBuf};

use gatewright_codegen::{Options, Runtime};

use crate::store::database::{Database, Dialect, Mode, Scope, Transaction};
use crate::store::migrate::{Migration, Migrations, Structure, apply, connect};
use crate::store::testing::{Folder, Server};
use crate::store::{StoreError, postgres, sqlite};

/// The versions of `testdata/chain`.
pub(super) const VERSIONS: usize = 8;

pub(super) fn version(number: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/chain");
    root.join(format!("{number:02}"))
}

pub(super) enum Place {
    Sqlite(Folder),
    Postgres(Server),
}

impl Place {
    pub(super) fn sqlite() -> Self {
        Self::Sqlite(Folder::new())
    }

    pub(super) async fn postgres() -> Self {
        Self::Postgres(Server::new().await)
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.file()),
            Self::Postgres(server) => server.owner_url(),
        }
    }

    /// To migrate, as the owner.
    pub(super) async fn connect(&self) -> Database {
        connect(&self.url()).await.unwrap()
    }

    /// The migrations of the versions up to this one.
    pub(super) fn history(&self, last: usize) -> Vec<Migration> {
        (1..=last).map(|number| self.migration(number)).collect()
    }

    fn migration(&self, number: usize) -> Migration {
        let folder = version(number).join("migrations").join(self.name());
        let mut files = std::fs::read_dir(folder).unwrap();
        let path = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none(), "one migration a version");
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let (version, name) = stem.split_once('_').unwrap();
        Migration {
            version: version.parse().unwrap(),
            name: leak(name.to_owned()),
            sql: leak(std::fs::read_to_string(&path).unwrap()),
        }
    }

    pub(super) async fn apply(
        &self,
        database: &Database,
        history: Vec<Migration>,
    ) -> Result<Vec<Migration>, StoreError> {
        let list: &'static [Migration] = Vec::leak(history);
        let migrations = Migrations {
            sqlite: list,
            postgres: list,
        };
        apply(database, &migrations, None).await
    }

    /// Runs statements and commits.
    pub(super) async fn run(&self, database: &Database, statements: &str) {
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
        match &mut transaction {
            Transaction::Sqlite(transaction) => transaction.batch(statements).unwrap(),
            Transaction::Postgres(transaction) => transaction.batch(statements).await.unwrap(),
        }
        transaction.commit().await.unwrap();
    }

    pub(super) async fn structure(&self, database: &Database) -> Structure {
        match self {
            Self::Sqlite(folder) => sqlite::structure::of_file(&folder.file()).unwrap(),
            Self::Postgres(_) => {
                let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
                let Transaction::Postgres(transaction) = &mut transaction else {
                    unreachable!()
                };
                postgres::structure::read(transaction).await.unwrap()
            }
        }
    }

    /// The structure of a database that begins with this version.
    pub(super) async fn fresh(&self, database: &Database, number: usize) -> Structure {
        self.structure_of(database, &self.fresh_sql(number)).await
    }

    /// The structure that these statements give an empty database.
    pub(super) async fn structure_of(&self, database: &Database, sql: &str) -> Structure {
        match self {
            Self::Sqlite(_) => sqlite::structure::after([sql]).unwrap(),
            Self::Postgres(_) => {
                let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
                let Transaction::Postgres(transaction) = &mut transaction else {
                    unreachable!()
                };
                postgres::structure::enter_scratch(transaction)
                    .await
                    .unwrap();
                transaction.batch(sql).await.unwrap();
                postgres::structure::read(transaction).await.unwrap()
            }
        }
    }

    /// What `gatewright new` would write for this version.
    pub(super) fn fresh_sql(&self, number: usize) -> String {
        let source = std::fs::read_to_string(version(number).join("gatewright.toml")).unwrap();
        let schema = gatewright_schema::parse(&source).schema.unwrap();
        let options = Options {
            package: "chain".to_owned(),
            source: &source,
            runtime: Runtime::Vendored,
        };
        let path = format!("migrations/{}/0001_init.sql", self.name());
        let files = gatewright_codegen::generate(&schema, &options)
            .unwrap()
            .files;
        let file = files.into_iter().find(|file| file.path == path);
        file.unwrap().contents
    }

    /// Every record of the resources and of what tenants make of their fields, a line each.
    pub(super) async fn rows(&self, database: &Database) -> String {
        let columns = match self {
            Self::Sqlite(_) => {
                "SELECT tables.name, columns.name FROM pragma_table_list AS tables
                 JOIN pragma_table_info(tables.name) AS columns
                 WHERE EXISTS (SELECT 1 FROM pragma_table_info(tables.name) AS c
                     WHERE c.name IN ('created_by', 'unique_value', 'definition', 'hidden'))
                 ORDER BY 1, 2"
            }
            Self::Postgres(_) => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns AS columns
                 WHERE table_schema = 'public' AND EXISTS (SELECT 1 FROM information_schema.columns AS c
                     WHERE c.table_schema = 'public' AND c.table_name = columns.table_name
                         AND c.column_name IN ('created_by', 'unique_value', 'definition', 'hidden'))
                 ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\""
            }
        };
        let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
        if self.dialect() == Dialect::Postgres {
            transaction
                .run("SET LOCAL TIME ZONE 'UTC'", &[])
                .await
                .unwrap();
        }
        let mut tables: Vec<(String, Vec<String>)> = Vec::new();
        for mut row in transaction.run(columns, &[]).await.unwrap() {
            let (table, column): (String, String) = (row.next().unwrap(), row.next().unwrap());
            match tables.last_mut() {
                Some((last, columns)) if *last == table => columns.push(column),
                _ => tables.push((table, vec![column])),
            }
        }
        let mut text = String::new();
        for (table, columns) in tables {
            let shown: Vec<String> = columns
                .iter()
                .map(|name| format!("'{name} = ' || coalesce(CAST(\"{name}\" AS text), 'null')"))
                .collect();
            let sql = format!(
                "SELECT {} FROM \"{table}\" ORDER BY {}",
                shown.join(" || '\n  ' || "),
                match columns.iter().any(|name| name == "id") {
                    true => "tenant_id, id",
                    // Of values, and of what tenants make of fields.
                    false => "1",
                }
            );
            for mut row in transaction.run(&sql, &[]).await.unwrap() {
                let shown: String = row.next().unwrap();
                text.push_str(&format!("{table}\n  {shown}\n"));
            }
        }
        text
    }
}

pub(super) fn leak(text: String) -> &'static str {
    String::leak(text)
}
