//! What somebody did to a database by hand is found.

use super::*;
use crate::store::migrate::drift;

const SQLITE: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        sql: "CREATE TABLE tenants (id TEXT PRIMARY KEY) STRICT;
              CREATE TABLE items (
                  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
                  id TEXT NOT NULL,
                  name TEXT CHECK (name IN ('a', 'b')),
                  PRIMARY KEY (tenant_id, id),
                  UNIQUE (tenant_id, name)
              ) STRICT, WITHOUT ROWID;
              CREATE INDEX items_name ON items (name);
              CREATE TRIGGER items_gone BEFORE DELETE ON tenants BEGIN
                  DELETE FROM items WHERE tenant_id = OLD.id;
              END;",
    },
    Migration {
        version: 2,
        name: "more",
        sql: "-- check: never\nSELECT 1 WHERE 1 = 2;\nALTER TABLE items ADD COLUMN size INTEGER;",
    },
];

const POSTGRES: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        sql: "CREATE TABLE tenants (id uuid PRIMARY KEY);
              CREATE TABLE items (
                  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
                  id uuid NOT NULL,
                  name text COLLATE \"C\" CHECK (name IN ('a', 'b')),
                  PRIMARY KEY (tenant_id, id),
                  CONSTRAINT items_name_unique UNIQUE (tenant_id, name)
              );
              CREATE INDEX items_name ON items (name);
              ALTER TABLE items ENABLE ROW LEVEL SECURITY;
              ALTER TABLE items FORCE ROW LEVEL SECURITY;
              CREATE POLICY tenant ON items USING (tenant_id IS NOT NULL);
              CREATE POLICY migration ON items TO CURRENT_USER USING (true) WITH CHECK (true);",
    },
    Migration {
        version: 2,
        name: "more",
        sql: "-- check: never\nSELECT '1' WHERE 1 = 2;\nALTER TABLE items ADD COLUMN size bigint;",
    },
];

const BOTH: Migrations = Migrations {
    sqlite: SQLITE,
    postgres: POSTGRES,
};

async fn found(url: &str) -> Vec<String> {
    let database = connect(url).await.unwrap();
    drift(&database, url, &BOTH).await.unwrap()
}

#[tokio::test]
async fn by_sqlite() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.file());
    assert!(found(&url).await.is_empty(), "nothing was applied yet");
    let first = Migrations {
        sqlite: &SQLITE[..1],
        postgres: &[],
    };
    apply(&url, &first, None).await.unwrap();
    assert!(found(&url).await.is_empty(), "the second is pending");
    apply(&url, &BOTH, None).await.unwrap();
    assert!(found(&url).await.is_empty());

    let by_hand = rusqlite::Connection::open(folder.file()).unwrap();
    for (sql, difference) in [
        ("CREATE TABLE notes (id TEXT)", "unexpected: table notes"),
        ("DROP TABLE notes", ""),
        (
            "CREATE INDEX mine ON items (size)",
            "unexpected: items: index mine (CREATE INDEX mine ON items (size))",
        ),
        ("DROP INDEX mine", ""),
        (
            "DROP INDEX items_name",
            "missing: items: index items_name (CREATE INDEX items_name ON items (name))",
        ),
        (
            "CREATE INDEX items_name ON items (size)",
            "different: items: index items_name is CREATE INDEX items_name ON items (size), and the migrations make it CREATE INDEX items_name ON items (name)",
        ),
        (
            "DROP INDEX items_name; CREATE INDEX items_name ON items (name)",
            "",
        ),
        (
            "DROP TRIGGER items_gone",
            "missing: tenants: trigger items_gone (CREATE TRIGGER items_gone BEFORE DELETE ON tenants BEGIN DELETE FROM items WHERE tenant_id = OLD.id; END)",
        ),
    ] {
        by_hand.execute_batch(sql).unwrap();
        let differences: Vec<&str> = (!difference.is_empty())
            .then_some(difference)
            .into_iter()
            .collect();
        assert_eq!(found(&url).await, differences, "{sql}");
    }
    by_hand
        .execute_batch(
            "DROP TABLE items;
             CREATE TABLE items (
                 tenant_id TEXT NOT NULL REFERENCES tenants (id),
                 id TEXT NOT NULL,
                 name TEXT NOT NULL DEFAULT 'a' CHECK (name IN ('a')),
                 size TEXT,
                 PRIMARY KEY (tenant_id, id)
             );
             CREATE INDEX items_name ON items (name);
             CREATE TRIGGER items_gone BEFORE DELETE ON tenants BEGIN
                 DELETE FROM items WHERE tenant_id = OLD.id;
             END;",
        )
        .unwrap();
    assert_eq!(
        found(&url).await,
        [
            "different: table items is plain, and the migrations make it strict, without rowid",
            "missing: items: check (name IN ('a', 'b'))",
            "different: items: column name is TEXT NOT NULL DEFAULT 'a', and the migrations make it TEXT",
            "different: items: column size is TEXT, and the migrations make it INTEGER",
            "different: items: foreign key (tenant_id) is tenants (id), ON UPDATE NO ACTION ON DELETE NO ACTION, and the migrations make it tenants (id), ON UPDATE NO ACTION ON DELETE CASCADE",
            "missing: items: unique (tenant_id, name)",
            "unexpected: items: check (name IN ('a'))",
        ]
    );
    by_hand.execute_batch("DROP TABLE items").unwrap();
    assert_eq!(
        found(&url).await,
        ["missing: table items (strict, without rowid)"]
    );
}

#[tokio::test]
async fn by_postgres() {
    let server = Server::new().await;
    let url = server.owner_url();
    assert!(found(&url).await.is_empty(), "nothing was applied yet");
    apply(&url, &BOTH, None).await.unwrap();
    assert!(found(&url).await.is_empty());
    for (sql, difference) in [
        ("CREATE TABLE notes (id text)", "unexpected: table notes"),
        ("DROP TABLE notes", ""),
        (
            "ALTER TABLE items NO FORCE ROW LEVEL SECURITY",
            "different: table items is row-level security, and the migrations make it row-level security, forced",
        ),
        ("ALTER TABLE items FORCE ROW LEVEL SECURITY", ""),
        (
            "ALTER POLICY tenant ON items USING (true)",
            "different: items: policy tenant is ALL TO PUBLIC USING (true), and the migrations make it ALL TO PUBLIC USING (tenant_id IS NOT NULL)",
        ),
        (
            "ALTER POLICY tenant ON items USING (tenant_id IS NOT NULL)",
            "",
        ),
        (
            "ALTER TABLE items ALTER name SET DEFAULT 'a'",
            "different: items: column name is text COLLATE \"C\" DEFAULT 'a'::text, and the migrations make it text COLLATE \"C\"",
        ),
        ("ALTER TABLE items ALTER name DROP DEFAULT", ""),
        (
            "ALTER TABLE items DROP CONSTRAINT items_tenant_id_fkey, ADD CONSTRAINT items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)",
            "different: items: constraint items_tenant_id_fkey is FOREIGN KEY (tenant_id) REFERENCES tenants(id), and the migrations make it FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE",
        ),
        (
            "ALTER TABLE items DROP CONSTRAINT items_tenant_id_fkey, ADD CONSTRAINT items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE",
            "",
        ),
        (
            "DROP INDEX items_name",
            "missing: items: index items_name (CREATE INDEX items_name ON items USING btree (name))",
        ),
        ("CREATE INDEX items_name ON items (name)", ""),
        (
            "ALTER TABLE items DROP COLUMN size",
            "missing: items: column size (bigint)",
        ),
        ("ALTER TABLE items ADD COLUMN size bigint", ""),
        (
            "CREATE VIEW sizes AS SELECT size FROM items",
            "unexpected: table sizes (view)",
        ),
        ("DROP VIEW sizes", ""),
    ] {
        server.as_owner(sql).await;
        let differences: Vec<&str> = (!difference.is_empty())
            .then_some(difference)
            .into_iter()
            .collect();
        assert_eq!(found(&url).await, differences, "{sql}");
    }
    // The comparison leaves nothing behind.
    server
        .as_owner("DO $$ BEGIN IF EXISTS (SELECT FROM pg_namespace WHERE nspname LIKE 'gatewright%') THEN RAISE 'left over'; END IF; END $$")
        .await;

    server
        .as_superuser(&format!(
            "ALTER DATABASE {} OWNER TO postgres",
            server.owner_role().trim_end_matches("_owner")
        ))
        .await;
    let database = connect(&url).await.unwrap();
    let refused = drift(&database, &url, &BOTH).await.unwrap_err().to_string();
    assert!(refused.contains("GRANT CREATE ON DATABASE"), "{refused}");
}
