mod chain;
mod checks;
mod drift;
mod sight;
mod tenants;

use uuid::Uuid;

use super::*;
use crate::store::testing::{Folder, Server};

const INIT: Migration = Migration {
    version: 1,
    name: "init",
    sql: "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE audit_log (id bigint PRIMARY KEY);\n",
};
const SECOND: Migration = Migration {
    version: 2,
    name: "second",
    sql: "CREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));",
};
const BROKEN: Migration = Migration {
    version: 3,
    name: "broken",
    sql: "CREATE TABLE half (id bigint); INSERT INTO nowhere VALUES (1);",
};

const fn both(migrations: &'static [Migration]) -> Migrations {
    Migrations {
        sqlite: migrations,
        postgres: migrations,
    }
}

const ONE: Migrations = both(&[INIT]);
const TWO: Migrations = both(&[INIT, SECOND]);
const THREE: Migrations = both(&[INIT, SECOND, BROKEN]);

fn names(migrations: &[Migration]) -> Vec<&'static str> {
    migrations.iter().map(|migration| migration.name).collect()
}

async fn apply(
    url: &str,
    migrations: &Migrations,
    app_role: Option<&str>,
) -> Result<Vec<Migration>, StoreError> {
    super::apply(&connect(url).await?, migrations, app_role).await
}

async fn refusal(url: &str, migrations: Migrations) -> String {
    apply(url, &migrations, None).await.unwrap_err().to_string()
}

/// What holds on both databases, on an empty one at `url`.
async fn story(url: &str, folder: &str) {
    let database = Database::connect(url).await.unwrap();
    assert_eq!(
        names(pending(&database, &TWO).await.unwrap()),
        ["init", "second"]
    );
    assert_eq!(names(&apply(url, &ONE, None).await.unwrap()), ["init"]);
    assert_eq!(names(pending(&database, &TWO).await.unwrap()), ["second"]);
    assert_eq!(names(&apply(url, &TWO, None).await.unwrap()), ["second"]);
    assert!(apply(url, &TWO, None).await.unwrap().is_empty());
    assert!(pending(&database, &TWO).await.unwrap().is_empty());

    // A migration that fails leaves nothing of itself.
    assert!(
        refusal(url, THREE)
            .await
            .starts_with(&format!("migrations/{folder}/0003_broken.sql: "))
    );
    assert_eq!(names(pending(&database, &THREE).await.unwrap()), ["broken"]);
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    transaction
        .run("SELECT * FROM half", &[])
        .await
        .unwrap_err();
    drop(transaction);

    let ahead = pending(&database, &ONE).await.unwrap_err().to_string();
    assert!(
        ahead.contains("ahead of this application: it has migration 0002_second"),
        "{ahead}"
    );
    assert_eq!(refusal(url, ONE).await, ahead);

    const CHANGED: Migrations = both(&[
        Migration {
            sql: "SELECT 1",
            ..INIT
        },
        SECOND,
    ]);
    let changed = refusal(url, CHANGED).await;
    assert!(
        changed.starts_with(&format!("migrations/{folder}/0001_init.sql was changed")),
        "{changed}"
    );

    const OTHER_LINE_ENDS: Migration = Migration {
        sql: "CREATE TABLE users (id bigint PRIMARY KEY);\r\nCREATE TABLE audit_log (id bigint PRIMARY KEY);\r\n",
        ..INIT
    };
    assert!(
        apply(url, &both(&[OTHER_LINE_ENDS, SECOND]), None)
            .await
            .unwrap()
            .is_empty()
    );

    const SLIPPED_IN: Migrations = both(&[
        Migration {
            version: 0,
            name: "late",
            sql: "",
        },
        INIT,
        SECOND,
    ]);
    let slipped_in = refusal(url, SLIPPED_IN).await;
    assert!(
        slipped_in.contains("0000_late.sql was not applied before migration 0001_init"),
        "{slipped_in}"
    );
    assert!(
        refusal(url, both(&[SECOND, INIT]))
            .await
            .contains("must have a higher number")
    );

    const DESERTER: Migrations = both(&[
        INIT,
        SECOND,
        Migration {
            version: 3,
            name: "deserter",
            sql: "COMMIT",
        },
    ]);
    assert!(
        refusal(url, DESERTER)
            .await
            .contains("ended their own transaction")
    );
}

#[tokio::test]
async fn migrations_apply_once_and_in_order_on_sqlite() {
    let folder = Folder::new();
    story(&format!("sqlite://{}", folder.file()), "sqlite").await;
}

#[tokio::test]
async fn migrations_apply_once_and_in_order_on_postgres() {
    let server = Server::new().await;
    story(&server.owner_url(), "postgres").await;
}

/// Eight at once: each migration is applied by one of them.
async fn race(url: String) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        tasks.spawn(async move { apply(&url, &TWO, None).await.unwrap().len() });
    }
    let mut applied = 0;
    while let Some(task) = tasks.join_next().await {
        applied += task.unwrap();
    }
    assert_eq!(applied, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_migrate_at_once_take_turns() {
    let folder = Folder::new();
    race(format!("sqlite://{}", folder.file())).await;
    let server = Server::new().await;
    race(server.owner_url()).await;
}

#[tokio::test]
async fn a_table_can_be_rebuilt_on_sqlite_without_losing_what_refers_to_it() {
    const FAMILY: Migration = Migration {
        version: 1,
        name: "init",
        sql: "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT) STRICT;
              CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE) STRICT;
              INSERT INTO parent VALUES (1, 'one');
              INSERT INTO child VALUES (1, 1);",
    };
    const REBUILD: Migration = Migration {
        version: 2,
        name: "rebuild",
        sql: "CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
              INSERT INTO parent_new SELECT id, name FROM parent;
              DROP TABLE parent;
              ALTER TABLE parent_new RENAME TO parent;",
    };
    const ORPHAN: Migration = Migration {
        version: 3,
        name: "orphan",
        sql: "DELETE FROM parent;",
    };
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file());
    apply(&url, &both(&[FAMILY, REBUILD]), None).await.unwrap();
    let orphan = refusal(&url, both(&[FAMILY, REBUILD, ORPHAN])).await;
    let expected = "migrations/sqlite/0003_orphan.sql: a row of `child` refers to a row of `parent` that is not there";
    assert_eq!(orphan, expected);

    let database = Database::connect(&url).await.unwrap();
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let mut count = async |sql| {
        one(transaction.run(sql, &[]).await.unwrap())
            .unwrap()
            .next::<i64>()
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM child").await, 1);
    // And the application's own connection cascades as ever.
    transaction.run("DELETE FROM parent", &[]).await.unwrap();
    let mut count = async |sql| {
        one(transaction.run(sql, &[]).await.unwrap())
            .unwrap()
            .next::<i64>()
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM child").await, 0);
}

#[tokio::test]
async fn the_application_gets_what_it_needs_and_no_more() {
    let server = Server::new().await;
    // Left over from somebody's experiment.
    apply(&server.owner_url(), &ONE, None).await.unwrap();
    server
        .as_owner(&format!("GRANT ALL ON audit_log TO {}", server.app_role()))
        .await;
    apply(&server.owner_url(), &TWO, Some(&server.app_role()))
        .await
        .unwrap();

    let database = Database::connect(&server.app_url()).await.unwrap();
    assert!(pending(&database, &TWO).await.unwrap().is_empty());
    let allowed = async |scope, sql: &str| {
        let mut transaction = database.begin(scope, Mode::Write).await.unwrap();
        transaction.run(sql, &[]).await.is_ok()
    };
    for (sql, app, platform) in [
        ("SELECT * FROM users", true, false),
        ("INSERT INTO users VALUES (1)", true, false),
        ("UPDATE users SET id = id", true, false),
        ("DELETE FROM users", true, false),
        ("TRUNCATE users", false, false),
        ("SELECT * FROM audit_log", true, true),
        ("INSERT INTO audit_log VALUES (1)", true, false),
        ("UPDATE audit_log SET id = id", false, false),
        ("DELETE FROM audit_log", false, false),
        ("SELECT * FROM notes", true, false),
        ("DELETE FROM notes", true, false),
        ("SELECT * FROM gatewright_migrations", true, false),
        ("DELETE FROM gatewright_migrations", false, false),
        ("CREATE TABLE mine (id bigint)", false, false),
    ] {
        assert_eq!(allowed(Scope::Accounts, sql).await, app, "{sql}");
        assert_eq!(
            allowed(Scope::Platform, sql).await,
            platform,
            "{sql} on the platform"
        );
    }
}

#[test]
fn the_role_comes_from_the_url() {
    let role = |url| role_of(url).unwrap();
    assert_eq!(role("sqlite://var/app.db"), None);
    assert_eq!(
        role("postgres://an%20app:secret@localhost/app?sslmode=disable").as_deref(),
        Some("an app")
    );
}

#[tokio::test]
async fn a_role_that_cannot_be_the_applications_is_refused() {
    let server = Server::new().await;
    let refused = async |role: &str| {
        apply(&server.owner_url(), &ONE, Some(role))
            .await
            .unwrap_err()
            .to_string()
    };
    let missing = refused("no\"body").await;
    assert!(
        missing.contains("CREATE ROLE \"no\"\"body\" LOGIN NOINHERIT"),
        "{missing}"
    );
    let owner = refused(&server.owner_role()).await;
    assert!(owner.contains("must not connect as the owner"), "{owner}");
}

#[tokio::test]
async fn any_name_of_a_role_is_quoted() {
    let server = Server::new().await;
    let role = format!("it's $$ a \"{}\" role", Uuid::new_v4().simple());
    server
        .as_superuser(&format!(
            "CREATE ROLE \"{}\" NOINHERIT",
            role.replace('"', "\"\"")
        ))
        .await;
    apply(&server.owner_url(), &ONE, Some(&role)).await.unwrap();
}

#[tokio::test]
async fn a_migrated_application_passes_the_check_of_its_role() {
    const GUARDED: Migration = Migration {
        version: 1,
        name: "init",
        sql: "CREATE TABLE notes (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id));
              ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
              ALTER TABLE notes FORCE ROW LEVEL SECURITY;
              CREATE POLICY tenant ON notes
                  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);",
    };
    let server = Server::new().await;
    let app = server.app_role();
    server
        .as_superuser(&format!("REVOKE gatewright_platform FROM {app}"))
        .await;
    let role = role_of(&server.app_url()).unwrap();
    apply(&server.owner_url(), &both(&[GUARDED]), role.as_deref())
        .await
        .unwrap();
    let database = Database::connect(&server.app_url()).await.unwrap();
    crate::store::role_check::check(&database, true)
        .await
        .unwrap();
}
