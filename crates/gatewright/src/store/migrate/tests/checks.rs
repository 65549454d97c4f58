//! A check stops a migration with a sentence and the rows that are in the way.

use super::*;

const FILLED: Migration = Migration {
    version: 1,
    name: "init",
    sql: "CREATE TABLE notes (id text, size bigint);
          INSERT INTO notes VALUES ('a', 1), ('b', 2), ('c', 3), ('d', 4), ('e', 5), ('f', 6);",
};
const CHECKED: Migration = Migration {
    version: 2,
    name: "small",
    sql: "CREATE TABLE before_it (id text);\n-- check: notes are too big\nSELECT id, size FROM notes\nWHERE size > 1 ORDER BY id;\nDROP TABLE notes;\n",
};

async fn story(url: &str, folder: &str) {
    apply(url, &both(&[FILLED]), None).await.unwrap();
    assert_eq!(
        refusal(url, both(&[FILLED, CHECKED])).await,
        format!(
            "migrations/{folder}/0002_small.sql: notes are too big\n  b, 2\n  c, 3\n  d, 4\n  e, 5\n  f, 6\nnothing has \
             changed; mend what is in the way and migrate again"
        )
    );
    let database = connect(url).await.unwrap();
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    transaction
        .run("DELETE FROM notes WHERE size > 1", &[])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    drop(database);
    assert_eq!(
        names(&apply(url, &both(&[FILLED, CHECKED]), None).await.unwrap()),
        ["small"]
    );
}

#[tokio::test]
async fn on_sqlite() {
    let folder = Folder::new();
    story(&format!("sqlite://{}", folder.file()), "sqlite").await;
}

#[tokio::test]
async fn on_postgres() {
    let server = Server::new().await;
    story(&server.owner_url(), "postgres").await;
}
