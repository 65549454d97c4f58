//! What an entry keeps of a guarded field, and who sees it later, on both databases.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::audit::Actor;
use crate::authn::testing::App;
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Model, PermissionDef, ResourceDef, Signup,
};
use crate::store::testing::Server;
use crate::store::{Caller, Mode, create_record};

const READ_COST: &str = "wares:read_cost";

const TEXT: FieldType = FieldType::String {
    min: 0,
    max: 100,
    pattern: None,
};

const fn cost(permission: Option<&'static str>) -> FieldDef {
    FieldDef {
        name: "cost",
        ty: TEXT,
        optional: true,
        permission,
        ..FieldDef::DEFAULT
    }
}

const NAME: FieldDef = FieldDef {
    name: "name",
    ty: TEXT,
    ..FieldDef::DEFAULT
};

static GUARDED: ResourceDef = ResourceDef {
    name: "wares",
    fields: &[NAME, cost(Some(READ_COST))],
    ..ResourceDef::DEFAULT
};
static FACTS: ResourceDef = ResourceDef {
    audit: AuditMode::Fact,
    ..GUARDED
};
/// Some versions of the schema later: another field has the name, and everybody sees it.
static OPEN: ResourceDef = ResourceDef {
    name: "wares",
    fields: &[NAME, cost(None)],
    ..ResourceDef::DEFAULT
};

const fn model(resources: &'static [&'static ResourceDef]) -> Model {
    Model {
        app: "Products",
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
        permissions: &[PermissionDef {
            slug: READ_COST,
            resource: "wares",
            kind: Kind::Field,
            ..PermissionDef::DEFAULT
        }],
        roles: &[],
        resources,
    }
}

static FULL: Model = model(&[&GUARDED]);
static FACT: Model = model(&[&FACTS]);
static LATER: Model = model(&[&OPEN]);

fn table(id: &str, time: &str, number: &str) -> String {
    format!(
        "CREATE TABLE wares (tenant_id {id} NOT NULL, id {id} NOT NULL, version {number} NOT NULL, \
         created_at {time} NOT NULL, updated_at {time} NOT NULL, created_by {id}, name text NOT NULL, cost text, \
         PRIMARY KEY (tenant_id, id));"
    )
}

async fn both(model: &'static Model) -> [App; 2] {
    let postgres = table("uuid", "timestamptz", "bigint");
    [
        App::of(model, &table("TEXT", "TEXT", "INTEGER")).await,
        App::of_on_postgres(model, &postgres, &Server::new().await).await,
    ]
}

/// The changes that the entry of a new product holds.
async fn entry_of_a_new_one(app: &App, def: &'static ResourceDef) -> Json {
    let tenant_id = Uuid::now_v7();
    let tenant = "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ($1, 'acme', 'Acme', 'active', $2)";
    let now = clock::now().into_value();
    app.write(tenant, &[tenant_id.into_value(), now]).await;
    let caller = Caller {
        tenant_id,
        actor: Actor::System,
        request_id: None,
        address: None,
    };
    let unit = Unit::new(Arc::clone(&app.runtime), caller, Mode::Write);
    let values = ["Bolt", "1.50"].map(|text| Value::Text(text.to_owned()));
    create_record(&unit, def, values.to_vec()).await.unwrap();
    let rows = unit.run("SELECT changes FROM audit_log", &[]).await;
    rows.unwrap()[0].next().unwrap()
}

#[tokio::test]
async fn a_guarded_value_stays_guarded_when_its_name_is_used_again() {
    for app in both(&FULL).await {
        let entry = entry_of_a_new_one(&app, &GUARDED).await;
        assert_eq!(
            entry,
            json!({ "name": { "new": "Bolt" }, "cost": { "new": "1.50", "guard": READ_COST } })
        );
        let of = |model: &Model, passes: fn(&str) -> bool| {
            sight::seen(model, "wares", Some(entry.clone()), passes).unwrap()
        };
        let name = json!({ "name": { "new": "Bolt" } });
        let all = json!({ "name": { "new": "Bolt" }, "cost": { "new": "1.50" } });
        for model in [&FULL, &LATER] {
            assert_eq!(of(model, |_| false), name);
            assert_eq!(of(model, |slug| slug == READ_COST), all);
        }
    }
}

#[tokio::test]
async fn an_entry_of_facts_says_no_more() {
    for app in both(&FACT).await {
        let entry = entry_of_a_new_one(&app, &FACTS).await;
        let of = |passes: fn(&str) -> bool| {
            sight::seen(&LATER, "wares", Some(entry.clone()), passes).unwrap()
        };
        assert_eq!(of(|_| false), json!({ "name": {} }));
        assert_eq!(of(|_| true), json!({ "name": {}, "cost": {} }));
    }
}
