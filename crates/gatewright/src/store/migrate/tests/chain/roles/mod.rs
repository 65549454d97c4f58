//! Stored roles follow the schema: renamed and removed permissions, new and dropped templates.

mod data;

use self::data::*;
use super::place::Place;
use super::*;
use crate::model::Model;
use crate::store::migrate::{sync, unsynced};

async fn follow(
    database: &Database,
    history: &[Migration],
    model: &'static Model,
) -> Result<Vec<String>, StoreError> {
    let list: &'static [Migration] = Vec::leak(history.to_vec());
    sync(database, &both(list), model).await
}

/// Every role with what it holds and who has it, and what the logs say, a line each.
async fn seen(database: &Database) -> Vec<String> {
    let queries = [
        "SELECT t.slug || ' ' || r.name || ' ' || coalesce(r.template, '-') || ' ' || CAST(r.version AS text)
         FROM roles r JOIN tenants t ON t.id = r.tenant_id ORDER BY t.slug, r.name",
        "SELECT t.slug || ' ' || r.name || ': ' || p.effect || ' ' || p.permission || ' ' || p.extent
         FROM role_permissions p JOIN roles r ON r.tenant_id = p.tenant_id AND r.id = p.role_id
         JOIN tenants t ON t.id = r.tenant_id ORDER BY t.slug, r.name, p.permission",
        "SELECT t.slug || ' ' || r.name || ': ' || u.email
         FROM user_tenant_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
         JOIN users u ON u.id = a.user_id
         JOIN tenants t ON t.id = r.tenant_id ORDER BY t.slug, r.name, u.email",
        "SELECT t.slug || ' invites' FROM invitation_roles i JOIN tenants t ON t.id = i.tenant_id ORDER BY t.slug",
        "SELECT slug || ' ' || resource || ' ' || kind FROM permissions ORDER BY slug",
        "SELECT name FROM role_templates ORDER BY name",
    ];
    let mut lines = Vec::new();
    for query in queries {
        lines.extend(column(database, query).await);
    }
    lines.extend(entries(database).await);
    lines
}

async fn column(database: &Database, query: &str) -> Vec<String> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    let rows = transaction.run(query, &[]).await.unwrap();
    rows.into_iter()
        .map(|mut row| row.next().unwrap())
        .collect()
}

async fn entries(database: &Database) -> Vec<String> {
    let query = "SELECT t.slug || ' ' || a.action || ' ' || a.actor_kind || ' ' || a.outcome
            || CASE WHEN a.actor_id IS NULL AND a.request_id IS NULL THEN ' ' ELSE ' who? ' END, changes
        FROM audit_log a JOIN tenants t ON t.id = a.tenant_id ORDER BY a.id";
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await.unwrap();
    let mut lines = Vec::new();
    for mut row in transaction.run(query, &[]).await.unwrap() {
        let line: String = row.next().unwrap();
        let changes = match row.next_value().unwrap() {
            Value::Json(json) => json.to_string(),
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        };
        lines.push(line + &changes);
    }
    lines
}

/// A database of the first schema, with two tenants that have made something of their roles.
async fn prepared(place: &Place) -> Database {
    let database = place.connect().await;
    let [first, _] = migrations(place);
    place.apply(&database, first.clone()).await.unwrap();
    place.run(&database, &[1, 2].map(tenant).concat()).await;
    assert_eq!(
        follow(&database, &first, &OLDER).await.unwrap(),
        [
            "the schema's permissions and roles are new",
            "role auditor: added to 2 tenants",
            "role editor: added to 2 tenants",
            "role owner: added to 2 tenants",
        ]
    );
    let records = [
        (1..=4).map(user).collect::<String>(),
        // A tenant's own role, an older one whose name is in its way, and one named like a template to come.
        custom(1, 1, "packer"),
        custom(1, 2, "Reviewer"),
        custom(1, 3, "reviewer (2)"),
        custom(1, 4, "REVIEWER"),
        holds(1, "packer", "products:read", "add", "all"),
        holds(1, "packer", "orders:read", "add", "all"),
        holds(1, "packer", "orders:ship", "add", "own"),
        holds(1, "Reviewer", "products:update", "add", "own"),
        holds(1, "editor", "products:read", "remove", "all"),
        holds(1, "editor", "orders:ship", "remove", "all"),
        holds(2, "editor", "orders:ship", "add", "all"),
        holds(2, "editor", "products:update", "add", "own"),
        holds(2, "auditor", "orders:read", "remove", "all"),
        member(1, 1, "owner"),
        member(1, 2, "auditor"),
        member(1, 3, "auditor"),
        member(1, 3, "packer"),
        member(1, 4, "Reviewer"),
        member(2, 2, "auditor"),
        invitation(2, "auditor"),
    ];
    place.run(&database, &records.concat()).await;
    database
}

const FOLLOWED: [&str; 4] = [
    "permission orders:ship: taken from 3 roles of 2 tenants",
    "role auditor: removed from 2 tenants; 3 members had it",
    "role reviewer: 1 tenant had a role of that name, which has a number behind it now",
    "role reviewer: added to 2 tenants",
];

async fn story(place: Place) {
    let database = prepared(&place).await;
    let [first, second] = migrations(&place);
    assert!(unsynced(&database, &OLDER).await.unwrap().is_empty());
    assert!(follow(&database, &first, &OLDER).await.unwrap().is_empty());
    let pending = [
        "permission goods:read is new",
        "permission goods:update is new",
        "permission orders:ship is gone",
        "permission products:read is gone",
        "permission products:update is gone",
        "role reviewer is new",
        "role auditor is gone",
    ];
    assert_eq!(unsynced(&database, &NEWER).await.unwrap(), pending);

    // Not before the tables have followed.
    let early = follow(&database, &second, &NEWER).await.unwrap_err();
    assert!(
        early
            .to_string()
            .contains("0002_rename.sql has not been applied"),
        "{early}"
    );
    place.apply(&database, second.clone()).await.unwrap();
    assert_eq!(unsynced(&database, &NEWER).await.unwrap(), pending);
    interrupt(&place, &database, &second).await;

    let lines = follow(&database, &second, &NEWER).await.unwrap();
    assert_eq!(lines[..pending.len()], pending);
    assert_eq!(lines[pending.len()..], FOLLOWED);
    let [t1u2, t1u3] = [2, 3].map(|n| id(USER, n));
    let invitation = id(4, 1);
    let logged = [
        // Tenant by tenant, and in each role by role.
        r#"t1 roles:migrate system success {"added":{"old":["orders:ship:own"]},"name":{"old":"packer"}}"#.to_owned(),
        r#"t1 roles:migrate system success {"name":{"old":"editor"},"removed":{"old":["orders:ship"]}}"#.to_owned(),
        r#"t2 roles:migrate system success {"added":{"old":["orders:ship"]},"name":{"old":"editor"}}"#.to_owned(),
        format!(r#"t1 roles:migrate system success {{"members":{{"old":["{t1u2}","{t1u3}"]}},"name":{{"old":"auditor"}}}}"#),
        format!(
            r#"t2 roles:migrate system success {{"invitations":{{"old":["{invitation}"]}},"members":{{"old":["{t1u2}"]}},"name":{{"old":"auditor"}}}}"#
        ),
        r#"t1 roles:migrate system success {"name":{"new":"Reviewer (3)","old":"Reviewer"}}"#.to_owned(),
        r#"t1 roles:migrate system success {"name":{"new":"REVIEWER (4)","old":"REVIEWER"}}"#.to_owned(),
    ];
    let mut found = entries(&database).await;
    let mut wanted = logged.to_vec();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    let seen = seen(&database).await;
    assert_eq!(
        seen[..seen.len() - logged.len()],
        [
            "t1 REVIEWER (4) - 2",
            "t1 Reviewer (3) - 2",
            "t1 editor editor 2",
            "t1 owner owner 1",
            "t1 packer - 2",
            "t1 reviewer reviewer 1",
            "t1 reviewer (2) - 1",
            "t2 editor editor 2",
            "t2 owner owner 1",
            "t2 reviewer reviewer 1",
            "t1 Reviewer (3): add goods:update own",
            "t1 editor: remove goods:read all",
            "t1 packer: add goods:read all",
            "t1 packer: add orders:read all",
            "t2 editor: add goods:update own",
            "t1 Reviewer (3): u4",
            "t1 owner: u1",
            "t1 packer: u3",
            "goods:read goods read",
            "goods:update goods update",
            "orders:read orders read",
            "editor",
            "owner",
            "reviewer",
        ]
    );
    assert!(unsynced(&database, &NEWER).await.unwrap().is_empty());
    assert!(follow(&database, &second, &NEWER).await.unwrap().is_empty());

    // An older process that still ran made a tenant by its own schema: the next time mends it.
    let late = [
        tenant(3),
        format!(
            "INSERT INTO roles (tenant_id, id, name, template, created_at)
             VALUES ('{}', '{}', 'auditor', 'auditor', '{THEN}');",
            id(TENANT, 3),
            id(ROLE, 9)
        ),
    ];
    place.run(&database, &late.concat()).await;
    assert_eq!(
        follow(&database, &second, &NEWER).await.unwrap(),
        [
            "role auditor: removed from 1 tenant; 0 members had it",
            "role editor: added to 1 tenant",
            "role owner: added to 1 tenant",
            "role reviewer: added to 1 tenant",
        ]
    );
}

/// Stops it at each kind of statement: nothing of it has happened.
async fn interrupt(place: &Place, database: &Database, history: &[Migration]) {
    let before = seen(database).await;
    for (table, event) in [
        ("permissions", "DELETE"),
        ("permissions", "INSERT"),
        ("role_templates", "INSERT"),
        ("role_permissions", "DELETE"),
        ("user_tenant_roles", "DELETE"),
        ("invitation_roles", "DELETE"),
        ("audit_log", "INSERT"),
        ("roles", "DELETE"),
        ("roles", "UPDATE"),
        ("roles", "INSERT"),
    ] {
        let (make, drop) = match place.dialect() {
            Dialect::Sqlite => (
                format!(
                    "CREATE TRIGGER stop BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'interrupted'); END;"
                ),
                "DROP TRIGGER stop;".to_owned(),
            ),
            Dialect::Postgres => (
                format!(
                    "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql
                         AS $$ BEGIN RAISE EXCEPTION 'interrupted'; END $$;
                     CREATE TRIGGER stop BEFORE {event} ON {table} EXECUTE FUNCTION stop();"
                ),
                format!("DROP TRIGGER stop ON {table}; DROP FUNCTION stop();"),
            ),
        };
        place.run(database, &make).await;
        let stopped = follow(database, history, &NEWER).await.unwrap_err();
        assert!(stopped.to_string().contains("interrupted"), "{stopped}");
        place.run(database, &drop).await;
        assert!(seen(database).await == before, "{event} {table}");
    }
}

#[tokio::test]
async fn stored_roles_follow_the_schema_on_sqlite() {
    story(Place::sqlite()).await;
}

#[tokio::test]
async fn stored_roles_follow_the_schema_on_postgres() {
    story(Place::postgres().await).await;
}

/// What a role named before there was such a permission is not held once there is.
async fn stale(place: Place) {
    let database = prepared(&place).await;
    let [_, second] = migrations(&place);
    let stale = holds(1, "packer", "goods:update", "add", "all");
    place.run(&database, &stale).await;
    place.apply(&database, second.clone()).await.unwrap();
    follow(&database, &second, &NEWER).await.unwrap();
    let packer = "SELECT permission FROM role_permissions p JOIN roles r ON r.tenant_id = p.tenant_id AND r.id = p.role_id
        WHERE r.name = 'packer' ORDER BY permission";
    assert_eq!(
        column(&database, packer).await,
        ["goods:read", "orders:read"]
    );
}

#[tokio::test]
async fn an_old_name_that_comes_again_gives_nothing() {
    stale(Place::sqlite()).await;
    stale(Place::postgres().await).await;
}

/// A team renames by a migration of its own what has no `renamed_from`: nobody loses anything.
async fn renamed_by_hand(place: Place) {
    let database = prepared(&place).await;
    let [_, mut history] = migrations(&place);
    history.push(RENAMES);
    let members =
        "SELECT CAST(user_id AS text) || CAST(role_id AS text) FROM user_tenant_roles ORDER BY 1";
    let before = column(&database, members).await;
    place.apply(&database, history.clone()).await.unwrap();
    let lines = follow(&database, &history, &NEWEST).await.unwrap();
    assert!(
        lines
            .iter()
            .all(|line| line.ends_with(" is new") || line.ends_with(" is gone")),
        "{lines:#?}"
    );
    assert_eq!(column(&database, members).await, before);
    let sent =
        "SELECT CAST(role_id AS text) FROM role_permissions WHERE permission = 'orders:send'";
    assert_eq!(column(&database, sent).await.len(), 3);
    assert!(entries(&database).await.is_empty());
}

#[tokio::test]
async fn a_rename_by_hand_takes_nothing_from_anybody() {
    renamed_by_hand(Place::sqlite()).await;
    renamed_by_hand(Place::postgres().await).await;
}

/// More tenants than a batch holds, and in one of them more members than an entry names.
async fn many(place: Place) {
    const TENANTS: usize = 1_201;
    const MEMBERS: usize = 2_100;
    let database = prepared(&place).await;
    let [_, second] = migrations(&place);
    let records: String = (3..=TENANTS)
        .flat_map(|n| {
            let auditor = format!(
                "INSERT INTO roles (tenant_id, id, name, template, created_at)
                 VALUES ('{}', '{}', 'auditor', 'auditor', '{THEN}');",
                id(TENANT, n),
                id(ROLE, 100_000 + n)
            );
            let own = custom(n, n + 10, "reviewer");
            let held = holds(n, "reviewer", "orders:ship", "add", "all");
            [tenant(n), auditor, own, held, member(n, 1, "auditor")]
        })
        .collect();
    place.run(&database, &records).await;
    let members: String = (5..5 + MEMBERS)
        .flat_map(|n| [user(n), member(2, n, "auditor")])
        .collect();
    place.run(&database, &members).await;
    place.apply(&database, second.clone()).await.unwrap();
    let lines = follow(&database, &second, &NEWER).await.unwrap();
    assert_eq!(
        lines[7..],
        [
            "permission orders:ship: taken from 1202 roles of 1201 tenants",
            "role auditor: removed from 1201 tenants; 3302 members had it",
            "role reviewer: 1200 tenants had a role of that name, which has a number behind it now",
            "role editor: added to 1199 tenants",
            "role owner: added to 1199 tenants",
            "role reviewer: added to 1201 tenants",
        ]
    );
    let named: usize = entries(&database)
        .await
        .iter()
        .filter(|line| line.starts_with("t2 ") && line.contains("auditor"))
        .map(|line| line.matches(&format!("{USER:08x}-")).count())
        .sum();
    assert_eq!(named, MEMBERS + 1);
    let two = "SELECT name FROM roles WHERE lower(name) LIKE 'reviewer (%' AND template IS NULL";
    assert_eq!(column(&database, two).await.len(), 1_202);
    assert!(follow(&database, &second, &NEWER).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_tenants_follow_in_batches_on_sqlite() {
    many(Place::sqlite()).await;
}

#[tokio::test]
async fn many_tenants_follow_in_batches_on_postgres() {
    many(Place::postgres().await).await;
}

/// The application asks as itself whether stored roles follow, and cannot say so by itself.
#[tokio::test]
async fn the_application_reads_the_catalogue_and_no_more() {
    let server = Server::new().await;
    let place = Place::Postgres(server);
    let database = prepared(&place).await;
    let [first, _] = migrations(&place);
    let Place::Postgres(server) = &place else {
        unreachable!()
    };
    let list: &'static [Migration] = Vec::leak(first);
    crate::store::migrate::apply(&database, &both(list), Some(&server.app_role()))
        .await
        .unwrap();
    let application = Database::connect(&server.app_url()).await.unwrap();
    assert!(unsynced(&application, &OLDER).await.unwrap().is_empty());
    assert_eq!(unsynced(&application, &NEWER).await.unwrap().len(), 7);
    for statement in [
        "INSERT INTO permissions VALUES ('a', 'b', 'read')",
        "UPDATE permissions SET kind = 'read'",
        "DELETE FROM permissions",
        "INSERT INTO role_templates VALUES ('a')",
        "DELETE FROM role_templates",
    ] {
        let mut transaction = application
            .begin(Scope::Accounts, Mode::Write)
            .await
            .unwrap();
        let refused = transaction.run(statement, &[]).await.unwrap_err();
        assert!(
            refused.to_string().contains("permission denied"),
            "{statement}: {refused}"
        );
    }
}

/// A database that has not met this version of the tool has nothing to be compared with.
#[tokio::test]
async fn a_database_without_a_catalogue_is_refused() {
    let place = Place::sqlite();
    let database = place.connect().await;
    place.apply(&database, vec![INIT]).await.unwrap();
    for refused in [
        unsynced(&database, &OLDER).await.unwrap_err(),
        follow(&database, &[INIT], &OLDER).await.unwrap_err(),
    ] {
        assert!(
            refused.to_string().contains("run `gatewright generate`"),
            "{refused}"
        );
    }
}
