//! Filling PostgreSQL.

use std::fmt::Write as _;
use std::pin::pin;

use bytes::Bytes;
use futures_util::SinkExt;
use tokio_postgres::CopyInSink;

use super::rows::{self, Cell};
use crate::postgres::Database;

/// Bytes that are sent at once.
const CHUNK: usize = 1 << 16;

/// Fills the migrated database with COPY, as the superuser: no policy, no foreign key is asked for
/// each of millions of rows that are right by construction.
pub async fn fill(database: &Database, tenants: usize) {
    let client = database.connect().await;
    let asked = client.prepare("SELECT template FROM roles").await;
    let replica = "SET session_replication_role = replica";
    client.batch_execute(replica).await.expect("a superuser");
    for table in rows::tables(tenants, asked.is_ok()) {
        let columns = table.columns.join(", ");
        let sql = format!("COPY {} ({columns}) FROM STDIN", table.name);
        let sink: CopyInSink<Bytes> = client.copy_in(&sql).await.expect("to copy");
        let mut sink = pin!(sink);
        let mut text = String::new();
        for n in 0..table.count {
            for (column, cell) in (table.row)(n).into_iter().enumerate() {
                text.push_str(if column == 0 { "" } else { "\t" });
                match cell {
                    Cell::Text(value) => text.push_str(&value),
                    Cell::Integer(value) => write!(text, "{value}").expect("to write"),
                    Cell::Hundredths(value) => {
                        write!(text, "{}.{:02}", value / 100, value % 100).expect("to write");
                    }
                }
            }
            text.push('\n');
            if text.len() > CHUNK {
                let chunk = Bytes::from(std::mem::take(&mut text));
                sink.send(chunk).await.expect("to send");
            }
        }
        sink.send(Bytes::from(text)).await.expect("to send");
        sink.finish().await.expect("the rows");
    }
    for finish in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
        client.batch_execute(finish).await.expect("to finish");
    }
}

/// The size of the database, MiB.
pub async fn size(database: &Database) -> f64 {
    let sql = "SELECT pg_database_size(current_database())::float8 / 1048576";
    let row = database.connect().await.query_one(sql, &[]).await;
    row.expect("a size").get(0)
}
