use std::sync::Arc;

use uuid::Uuid;

use super::*;
use crate::audit::Actor;
use crate::authn::testing::App;
use crate::authz::{Held, Holder};
use crate::model::{AuthPolicy, FieldDef, FieldType, Limits, Model, Signup};
use crate::store::{Caller, Mode, create_record};

const fn reference(to: &'static str, on_delete: OnDelete) -> FieldDef {
    FieldDef {
        name: "of",
        ty: FieldType::Reference { to, on_delete },
        optional: true,
        ..FieldDef::DEFAULT
    }
}

/// A tree whose branches go with their root.
static NODES: ResourceDef = ResourceDef {
    name: "nodes",
    fields: &[reference("nodes", OnDelete::Cascade)],
    ..ResourceDef::DEFAULT
};
/// What holds a node in its place.
static PINS: ResourceDef = ResourceDef {
    name: "pins",
    fields: &[reference("nodes", OnDelete::Restrict)],
    ..ResourceDef::DEFAULT
};
static MODEL: Model = Model {
    app: "Tree",
    auth: AuthPolicy {
        signup: Signup::Open,
        require_verified_email: true,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
    },
    row_level_security: false,
    limits: Limits::NONE,
    permissions: &[],
    roles: &[],
    resources: &[&NODES, &PINS],
};

fn tables() -> String {
    let table = |name: &str, rule: &str| {
        format!(
            "CREATE TABLE {name} (tenant_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, \
             created_at TEXT NOT NULL, updated_at TEXT NOT NULL, created_by TEXT, \"of\" TEXT, PRIMARY KEY (tenant_id, id), \
             FOREIGN KEY (tenant_id, \"of\") REFERENCES nodes (tenant_id, id) {rule}) STRICT;
             CREATE INDEX {name}_of ON {name} (tenant_id, \"of\");"
        )
    };
    table("nodes", "ON DELETE CASCADE") + &table("pins", "")
}

/// Deletes a node by a grant that reaches all.
async fn delete_with(unit: &Unit, id: Uuid) -> Result<()> {
    let holder = Holder::new(&MODEL, Held::default());
    delete(
        Access::new(unit, &holder, None, &[]),
        &NODES,
        id,
        &IfMatch::any(),
    )
    .await
}

struct Tree {
    app: App,
    tenant_id: Uuid,
}

impl Tree {
    async fn new() -> Self {
        let app = App::of(&MODEL, &tables()).await;
        let tenant_id = Uuid::now_v7();
        let file = app.directory.join("app.db");
        let tenant = "INSERT INTO tenants (id, slug, name, status, created_at) VALUES (?1, 'acme', 'Acme', 'active', '')";
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.execute(tenant, [tenant_id.to_string()]).unwrap();
        Self { app, tenant_id }
    }

    fn unit(&self) -> Unit {
        let caller = Caller {
            tenant_id: self.tenant_id,
            actor: Actor::System,
            request_id: None,
            address: None,
        };
        Unit::new(Arc::clone(&self.app.runtime), caller, Mode::Write)
    }

    async fn make(unit: &Unit, def: &'static ResourceDef, of: Option<Uuid>) -> Uuid {
        create_record(unit, def, vec![of.into_value()])
            .await
            .unwrap()
            .id
    }

    /// A chain of nodes: the first is the root.
    async fn chain(&self, length: usize) -> Vec<Uuid> {
        let unit = self.unit();
        let mut chain = Vec::new();
        for _ in 0..length {
            chain.push(Self::make(&unit, &NODES, chain.last().copied()).await);
        }
        unit.commit().await.unwrap();
        chain
    }

    async fn delete(&self, id: Uuid) -> Result<()> {
        let unit = self.unit();
        delete_with(&unit, id).await?;
        unit.commit().await.map_err(Error::from)
    }

    async fn delete_each(&self, def: &'static ResourceDef, ids: &[Uuid]) -> Result<()> {
        let unit = self.unit();
        let holder = Holder::new(&MODEL, Held::default());
        let access = Access::new(&unit, &holder, None, &[]);
        delete_each(access, def, ids).await?;
        unit.commit().await.map_err(Error::from)
    }

    async fn count(&self, what: &str) -> i64 {
        let unit = self.unit();
        let rows = unit.run(&format!("SELECT count(*) FROM {what}"), &[]).await;
        rows.unwrap()[0].next().unwrap()
    }
}

#[tokio::test]
async fn a_long_chain_goes_link_by_link_with_an_entry_each() {
    let tree = Tree::new().await;
    let chain = tree.chain(900).await;
    tree.delete(chain[0]).await.unwrap();
    assert_eq!(tree.count("nodes").await, 0);
    let entries = "audit_log WHERE action = 'nodes:delete'";
    assert_eq!(tree.count(entries).await, 900);
}

#[tokio::test]
async fn more_than_the_most_is_a_refusal_that_changes_nothing() {
    let tree = Tree::new().await;
    let chain = tree.chain(MOST + 2).await;
    let error = tree.delete(chain[0]).await.unwrap_err();
    assert_eq!(
        (error.code(), error.extra().errors[0].code),
        ("conflict", "too_many")
    );
    assert_eq!(tree.count("nodes").await, 1_002);
    tree.delete(chain[1]).await.unwrap();
    assert_eq!(tree.count("nodes").await, 1);
}

#[tokio::test]
async fn a_refusal_deep_down_comes_before_the_first_change() {
    let tree = Tree::new().await;
    let chain = tree.chain(3).await;
    let unit = tree.unit();
    Tree::make(&unit, &PINS, Some(chain[2])).await;
    unit.commit().await.unwrap();

    // Even a handler that ignores the refusal and commits has nothing to commit.
    let unit = tree.unit();
    let error = delete_with(&unit, chain[0]).await.unwrap_err();
    assert_eq!(error.extra().errors[0].field, "pins.of");
    unit.commit().await.unwrap();
    assert_eq!(tree.count("nodes").await, 3);
    assert_eq!(
        tree.count("audit_log WHERE action = 'nodes:delete'").await,
        0
    );
}

#[tokio::test]
async fn a_circle_goes_as_a_whole() {
    let tree = Tree::new().await;
    let chain = tree.chain(3).await;
    let unit = tree.unit();
    let close = "UPDATE nodes SET \"of\" = $2 WHERE tenant_id = $1 AND id = $3";
    let [tenant, last] = key(&unit, chain[2]);
    unit.run(close, &[tenant, last, chain[0].into_value()])
        .await
        .unwrap();
    unit.commit().await.unwrap();
    tree.delete(chain[1]).await.unwrap();
    assert_eq!(tree.count("nodes").await, 0);
    assert_eq!(
        tree.count("audit_log WHERE action = 'nodes:delete'").await,
        3
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let tree = Tree::new().await;
    assert_eq!(
        tree.delete(Uuid::now_v7()).await.unwrap_err().code(),
        "not_found"
    );
}

#[tokio::test]
async fn records_that_refer_to_each_other_go_together() {
    let tree = Tree::new().await;
    let chain = tree.chain(4).await;
    let unit = tree.unit();
    let pin = Tree::make(&unit, &PINS, Some(chain[3])).await;
    unit.commit().await.unwrap();

    // The pin holds the last node, whichever node is named; with the pin named too, nothing does.
    let mut pins = vec![pin];
    for ids in [&chain[2..], &chain[..]] {
        let error = tree.delete_each(&NODES, ids).await.unwrap_err();
        assert_eq!(error.extra().errors[0].field, "pins.of");
    }
    pins.push(Uuid::max());
    let error = tree.delete_each(&PINS, &pins).await.unwrap_err();
    assert_eq!(error.code(), "not_found");
    assert_eq!(
        (tree.count("nodes").await, tree.count("pins").await),
        (4, 1)
    );
    tree.delete_each(&PINS, &pins[..1]).await.unwrap();
    tree.delete_each(&NODES, &[chain[1], chain[3]])
        .await
        .unwrap();
    assert_eq!(tree.count("nodes").await, 1);
    let entries = "audit_log WHERE action = 'nodes:delete'";
    assert_eq!(tree.count(entries).await, 3);
}

#[tokio::test]
async fn what_goes_along_counts_beside_what_is_named() {
    let tree = Tree::new().await;
    let chain = tree.chain(MOST + 3).await;
    let error = tree.delete_each(&NODES, &chain[..2]).await.unwrap_err();
    assert_eq!(error.extra().errors[0].code, "too_many");
    assert_eq!(tree.count("nodes").await, 1_003);
    tree.delete_each(&NODES, &chain[..3]).await.unwrap();
    assert_eq!(tree.count("nodes").await, 0);
}

#[tokio::test]
async fn what_is_too_many_is_refused_before_it_is_read() {
    let tree = Tree::new().await;
    let unit = tree.unit();
    let mut parents = Vec::new();
    for _ in 0..64 {
        parents.push(Tree::make(&unit, &NODES, None).await);
    }
    for parent in &parents {
        for _ in 0..40 {
            Tree::make(&unit, &NODES, Some(*parent)).await;
        }
    }
    // Who reads one of these fails at its time. Those of the first parents are not too many yet.
    let spoil = r#"UPDATE nodes SET "created_at" = 'never' WHERE tenant_id = $1 AND "of" >= $2"#;
    let args = key(&unit, parents[AT_ONCE]);
    unit.run(spoil, &args).await.unwrap();
    unit.commit().await.unwrap();

    let error = tree.delete_each(&NODES, &parents).await.unwrap_err();
    assert_eq!(error.code(), "conflict");
    assert_eq!(error.extra().errors[0].code, "too_many");
    assert_eq!(tree.count("nodes").await, 64 * 41);
}
