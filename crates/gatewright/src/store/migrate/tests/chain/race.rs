//! What is written while a migration begins is checked as well.

use std::time::Duration;

use super::place::Place;
use super::*;

/// Sets each price in a transaction that stays open until the migration to version 7, which takes
/// digits from prices, waits for it.
#[tokio::test]
async fn a_value_that_commits_during_the_checks_is_not_rounded_on_postgres() {
    let place = Place::postgres().await;
    let database = place.connect().await;
    place.apply(&database, place.history(1)).await.unwrap();
    place.run(&database, &data::first(Dialect::Postgres)).await;
    place.apply(&database, place.history(6)).await.unwrap();

    let beside = place.connect().await;
    let mut writer = beside.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let price = "UPDATE products SET price = 1.2345 WHERE title = 'One'";
    writer.run(price, &[]).await.unwrap();
    let commit = async {
        while waiting(&place).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        writer.commit().await.unwrap();
    };
    let (refused, ()) = tokio::join!(place.apply(&database, place.history(7)), commit);
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("products.price has numbers of more than 2 digits after the point"),
        "{refused}"
    );
}

/// How many wait for a table.
async fn waiting(place: &Place) -> i64 {
    let database = place.connect().await;
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    one(transaction.run(sql, &[]).await.unwrap())
        .unwrap()
        .next()
        .unwrap()
}
