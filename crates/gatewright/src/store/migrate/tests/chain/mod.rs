//! Eight versions of a schema, applied one after the other to databases with records.
//!
//! After each step the structure is that of a database which began there, the records are those
//! expected (`testdata/chain/*/rows_*.txt`; `UPDATE_EXPECT=1` writes them), and a step that is
//! interrupted after any of its statements leaves nothing and can be taken again.

mod additions;
mod data;
mod place;
mod race;
mod random;
mod roles;
mod upgrade;

use self::place::{Place, VERSIONS, leak, version};
use super::*;
use crate::store::migrate::drift;

#[tokio::test]
async fn the_chain_ends_where_a_fresh_database_begins_on_sqlite() {
    let place = Place::sqlite();
    walk(&place).await;

    // Here not even the text of a definition differs.
    let Place::Sqlite(folder) = &place else {
        unreachable!()
    };
    let definitions = |connection: rusqlite::Connection| {
        let mut statement = connection
            .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name <> 'gatewright_migrations'")
            .unwrap();
        let rows = statement.query_map([], |row| {
            let column = |index| {
                row.get::<_, Option<String>>(index)
                    .map(Option::unwrap_or_default)
            };
            Ok([column(0)?, column(1)?, column(2)?, column(3)?].join(" "))
        });
        let mut rows: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows
    };
    let fresh = rusqlite::Connection::open_in_memory().unwrap();
    fresh.execute_batch(&place.fresh_sql(VERSIONS)).unwrap();
    let migrated = rusqlite::Connection::open(folder.file()).unwrap();
    assert_eq!(definitions(migrated), definitions(fresh));
}

#[tokio::test]
async fn the_chain_ends_where_a_fresh_database_begins_on_postgres() {
    walk(&Place::postgres().await).await;
}

async fn walk(place: &Place) {
    let database = place.connect().await;
    place.apply(&database, place.history(1)).await.unwrap();
    place.run(&database, &data::first(place.dialect())).await;
    for number in 1..=VERSIONS {
        if number > 1 {
            for (statement, said, mend) in data::obstacles(place.dialect(), number) {
                place.run(&database, &statement).await;
                let list: &'static [Migration] = Vec::leak(place.history(number));
                let ahead = in_the_way(&database, &both(list)).await.unwrap();
                assert!(ahead.unwrap().contains(said));
                let refused = place.apply(&database, place.history(number)).await;
                let refused = refused.unwrap_err().to_string();
                assert!(refused.contains(said), "{refused}");
                place.run(&database, &mend).await;
            }
            interrupt(place, &database, number).await;
            let applied = place.apply(&database, place.history(number)).await;
            assert_eq!(applied.unwrap().len(), 1, "version {number}");
        }
        place.run(&database, &data::meanwhile(number)).await;
        let structure = place.structure(&database).await;
        let differences = structure.differences(&place.fresh(&database, number).await);
        assert!(differences.is_empty(), "version {number}: {differences:#?}");
        expect_rows(place, number, &place.rows(&database).await);
    }
    let list: &'static [Migration] = Vec::leak(place.history(VERSIONS));
    let differences = drift(&database, &place.url(), &both(list)).await.unwrap();
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Takes the step to a version as far as each of its statements, and fails there.
async fn interrupt(place: &Place, database: &Database, number: usize) {
    let before = (place.structure(database).await, place.rows(database).await);
    let mut history = place.history(number);
    let step = history.pop().unwrap();
    // The generator leaves an empty line between statements.
    let statements: Vec<&str> = step.sql.split("\n\n").collect();
    for done in 1..=statements.len() {
        let sql = format!(
            "{}\n\nSELECT * FROM interrupted;\n",
            statements[..done].join("\n\n")
        );
        let broken = Migration {
            sql: leak(sql),
            ..step
        };
        let mut history = history.clone();
        history.push(broken);
        let error = place
            .apply(database, history)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("interrupted"),
            "after {done} statements: {error}"
        );
        let after = (place.structure(database).await, place.rows(database).await);
        assert!(after == before, "version {number}, after {done} statements");
    }
}

fn expect_rows(place: &Place, number: usize, rows: &str) {
    let path = version(number).join(format!("rows_{}.txt", place.name()));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, rows).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(rows == expected, "{} is stale: {rows}", path.display());
}
