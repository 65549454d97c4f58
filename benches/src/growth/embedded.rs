//! Filling SQLite.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::rows::{self, Cell};

/// Fills the migrated database below an application's folder, in one transaction.
pub fn fill(directory: &Path, tenants: usize) {
    let mut database = Connection::open(directory.join("var/app.db")).expect("the database");
    // Nothing is lost if this run is.
    let pragmas =
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -4000000; PRAGMA foreign_keys = OFF";
    database.execute_batch(pragmas).expect("the pragmas");
    let templates = database.prepare("SELECT template FROM roles").is_ok();
    let transaction = database.transaction().expect("a transaction");
    for table in rows::tables(tenants, templates) {
        let places = vec!["?"; table.columns.len()].join(", ");
        let columns = table.columns.join(", ");
        let sql = format!("INSERT INTO {} ({columns}) VALUES ({places})", table.name);
        let mut insert = transaction.prepare(&sql).expect("the statement");
        for n in 0..table.count {
            let values = (table.row)(n).into_iter().map(|cell| match cell {
                Cell::Text(text) => Value::Text(text),
                Cell::Integer(number) | Cell::Hundredths(number) => Value::Integer(number),
            });
            insert.execute(params_from_iter(values)).expect("a row");
        }
    }
    transaction.commit().expect("to commit");
    let finish = "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)";
    database.execute_batch(finish).expect("to finish");
}
