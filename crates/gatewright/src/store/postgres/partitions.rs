//! Tables that an operator partitions. A violation then names the partition's own constraint, whose
//! name PostgreSQL chose; callers know those of the tables.

use std::collections::HashMap;

use tokio_postgres::error::DbError;
use tokio_postgres::{Client, Error};

/// Every constraint that a partition has, or another table has towards one, under a name of its own:
/// its table, its name, and the name that the migrations gave.
const CONSTRAINTS: &str = "WITH RECURSIVE named (oid, given) AS (
        SELECT oid, conname FROM pg_constraint
        WHERE conparentid = 0 AND contype IN ('p', 'u', 'f')
            AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        UNION ALL
        SELECT part.oid, named.given FROM pg_constraint AS part JOIN named ON part.conparentid = named.oid
    )
    SELECT relname::text, conname::text, given::text
    FROM named JOIN pg_constraint USING (oid) JOIN pg_class ON pg_class.oid = conrelid
    WHERE conname <> given";

/// The names that migrations gave to the constraints of partitions. Empty where nothing is
/// partitioned; partitions that are attached later count from the next start on.
#[derive(Debug, Default)]
pub(super) struct Partitions(HashMap<(String, String), String>);

impl Partitions {
    /// Asks the catalogue.
    ///
    /// # Errors
    /// What the server answers.
    pub(super) async fn read(client: &Client) -> Result<Self, Error> {
        let rows = client.query(CONSTRAINTS, &[]).await?;
        let mut names = HashMap::with_capacity(rows.len());
        for row in rows {
            let key = (row.try_get(0)?, row.try_get(1)?);
            names.insert(key, row.try_get(2)?);
        }
        Ok(Self(names))
    }

    /// The constraint that a violation is about, as the migrations named it.
    pub(super) fn constraint(&self, error: &DbError) -> Option<String> {
        let name = error.constraint()?;
        let table = error.table().unwrap_or_default();
        let given = self.0.get(&(table.to_owned(), name.to_owned()));
        Some(given.map_or_else(|| name.to_owned(), String::clone))
    }
}
