//! What a team added to a table by a migration of its own is never lost in silence.

use super::place::{Place, leak};
use super::*;

const REFUSED: &str = "products is made anew, and would lose what the schema does not know: drop that before this \
                       check, and add it again at the migration's end\n  column code_of_ours\n  index ours\n  \
                       trigger ours_too\nnothing has changed";

/// Puts a migration of the team between the second version and the third, which makes the table anew.
fn history(place: &Place, ours: &str, third: Option<Migration>) -> Vec<Migration> {
    let mut history = place.history(3);
    let generated = history.pop().unwrap();
    let shifted = Migration {
        version: 4,
        ..third.unwrap_or(generated)
    };
    let ours = Migration {
        version: 3,
        name: "ours",
        sql: leak(ours.to_owned()),
    };
    history.extend([ours, shifted]);
    history
}

#[tokio::test]
async fn a_table_with_additions_is_not_made_anew_on_sqlite() {
    let ours = "ALTER TABLE products ADD COLUMN code_of_ours TEXT;
        CREATE INDEX ours ON Products (code_of_ours);
        CREATE TRIGGER ours_too AFTER UPDATE ON Products BEGIN SELECT 1; END;";
    let place = Place::sqlite();
    let database = place.connect().await;
    place.apply(&database, place.history(2)).await.unwrap();
    let started = history(&place, ours, None);
    let refused = place.apply(&database, started.clone()).await.unwrap_err();
    assert!(refused.to_string().contains(REFUSED), "{refused}");
    place
        .run(&database, "UPDATE products SET code_of_ours = 'kept'")
        .await;

    // As the sentence says: dropped at the beginning, made again at the end.
    let generated = started.last().unwrap();
    let at = generated
        .sql
        .find("-- check: products is made anew")
        .unwrap();
    let (before, after) = generated.sql.split_at(at);
    let edited = Migration {
        sql: leak(format!(
            "{before}DROP TRIGGER ours_too; DROP INDEX ours; ALTER TABLE products DROP COLUMN code_of_ours;\n\n{after}\n\
             CREATE INDEX ours ON products (created_at);\n"
        )),
        ..*generated
    };
    let applied = place.apply(&database, history(&place, ours, Some(edited)));
    assert_eq!(applied.await.unwrap().len(), 1);
}

/// There the table is altered, and keeps what it has.
#[tokio::test]
async fn a_table_keeps_its_additions_on_postgres() {
    let ours = "ALTER TABLE products ADD COLUMN code_of_ours text;
        CREATE INDEX ours ON products (code_of_ours);";
    let place = Place::postgres().await;
    let database = place.connect().await;
    let applied = place.apply(&database, history(&place, ours, None)).await;
    assert_eq!(applied.unwrap().len(), 4);
    place
        .run(&database, "UPDATE products SET code_of_ours = 'kept'")
        .await;
}
