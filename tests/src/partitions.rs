//! The example's PostgreSQL database with every table of a tenant split by `tenant_id`, as a team
//! that outgrows one table would do it: by its own migrations, with one line added to each table.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use crate::application::{Application, Store};
use crate::binary::{Walls, repository};
use crate::postgres::Database;

/// Partitions of each table.
pub const PARTITIONS: usize = 16;

/// Every table of the schema that is no partition; those that are partitioned have relkind `p`.
const TABLES: &str = "SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> 'gatewright_migrations'";

/// A migrated, empty database of partitioned tables, and the application that uses it.
pub fn application() -> (Arc<Database>, Application) {
    let database = Arc::new(Database::create());
    let store = Store::Postgres(Arc::clone(&database));
    let application = Application::new(Walls::All.binary(), store);
    // What was applied stays on record; the tables are made once more, split.
    application.must(&["migrate"]);
    let owner = database.as_owner();
    for table in owner.column::<String>(TABLES, &[]) {
        owner.run(&format!("DROP TABLE {table} CASCADE"));
    }
    let folder = repository().join("examples/storefront/migrations/postgres");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    for file in files {
        owner.run(&partitioned(&fs::read_to_string(file).unwrap()));
    }
    // Nothing is pending: what is left to do is to give the application's role its privileges.
    application.must(&["migrate"]);
    (database, application)
}

/// A migration whose new tables with a `tenant_id` are partitioned; all else is as it was.
pub fn partitioned(migration: &str) -> String {
    let mut text = String::new();
    let mut lines = migration.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line
            .strip_prefix("CREATE TABLE ")
            .and_then(|rest| rest.strip_suffix(" ("))
        else {
            writeln!(text, "{line}").unwrap();
            continue;
        };
        let columns: Vec<&str> = lines.by_ref().take_while(|line| *line != ");").collect();
        let of_a_tenant = columns
            .iter()
            .any(|line| line.starts_with("    tenant_id "));
        let end = if of_a_tenant {
            ") PARTITION BY HASH (tenant_id);"
        } else {
            ");"
        };
        writeln!(text, "{line}\n{}\n{end}", columns.join("\n")).unwrap();
        for part in 0..if of_a_tenant { PARTITIONS } else { 0 } {
            let bare = name.trim_matches('"');
            writeln!(
                text,
                "CREATE TABLE \"{bare}_{part}\" PARTITION OF {name} FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part});"
            )
            .unwrap();
        }
    }
    text
}
