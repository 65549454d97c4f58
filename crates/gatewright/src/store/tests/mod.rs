//! Data access below the grants, on both databases.

mod facts;
mod hidden;
mod own;
mod twins;
mod types;

use std::sync::Arc;

use jiff::civil::date;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::testing::Server;
use super::*;
use crate::audit::Actor;
use crate::authn::testing::App;
use crate::authz::{Held, Holder};
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Literal, Model, PermissionDef, ResourceDef,
    Signup,
};

const fn field(name: &'static str, ty: FieldType) -> FieldDef {
    FieldDef {
        name,
        ty,
        optional: true,
        ..FieldDef::DEFAULT
    }
}

const READ_SECRET: &str = "things:read_secret";

/// A field of every type, and two that not everybody sees.
static THINGS: ResourceDef = ResourceDef {
    name: "things",
    fields: &[
        field(
            "code",
            FieldType::String {
                min: 2,
                max: 8,
                pattern: Some("[A-Z]+"),
            },
        ),
        field("body", FieldType::Text { min: 0, max: 100 }),
        field("mail", FieldType::Email),
        field("link", FieldType::Url),
        field("key", FieldType::Uuid),
        field("day", FieldType::Date),
        field("data", FieldType::Json { max: 1_000 }),
        field(
            "count",
            FieldType::Integer {
                min: None,
                max: None,
            },
        ),
        field(
            "price",
            FieldType::Decimal {
                precision: 12,
                scale: 2,
                min: None,
                max: None,
            },
        ),
        field("ready", FieldType::Boolean),
        field("at", FieldType::Timestamp),
        field(
            "state",
            FieldType::Enum {
                values: &["new", "old"],
            },
        ),
        FieldDef {
            unique: true,
            permission: Some(READ_SECRET),
            ..field(
                "secret",
                FieldType::String {
                    min: 0,
                    max: 20,
                    pattern: None,
                },
            )
        },
        FieldDef {
            default: Some(Literal::Integer(7)),
            optional: false,
            permission: Some(READ_SECRET),
            ..field(
                "rank",
                FieldType::Integer {
                    min: None,
                    max: None,
                },
            )
        },
    ],
    ..ResourceDef::DEFAULT
};

/// What the tests are about: the last two fields.
const SECRET: usize = 12;
const RANK: usize = 13;

static MODEL: Model = Model {
    app: "Things",
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
        slug: READ_SECRET,
        resource: "things",
        kind: Kind::Field,
        ..PermissionDef::DEFAULT
    }],
    roles: &[],
    resources: &[&THINGS],
};

const SQLITE: &str = "
    CREATE TABLE things (
        tenant_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL, created_by TEXT,
        code TEXT, body TEXT, mail TEXT, link TEXT, key TEXT, day TEXT, data TEXT, count INTEGER,
        price INTEGER, ready INTEGER, at TEXT, state TEXT, secret TEXT, rank INTEGER NOT NULL,
        PRIMARY KEY (tenant_id, id), CONSTRAINT things_secret_unique UNIQUE (tenant_id, secret)) STRICT";

const POSTGRES: &str = "
    CREATE TABLE things (
        tenant_id uuid NOT NULL, id uuid NOT NULL, version bigint NOT NULL, created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL, created_by uuid,
        code text, body text, mail text, link text, key uuid, day date, data jsonb, count bigint,
        price numeric(12, 2), ready boolean, at timestamptz, state text, secret text, rank bigint NOT NULL,
        PRIMARY KEY (tenant_id, id), CONSTRAINT things_secret_unique UNIQUE (tenant_id, secret))";

/// An application with a tenant, on one of the databases.
struct World {
    app: App,
    tenant_id: Uuid,
    _server: Option<Server>,
}

impl World {
    /// One on each database.
    async fn both() -> [Self; 2] {
        Self::both_of(&MODEL).await
    }

    /// The same of another model with these things.
    async fn both_of(model: &'static Model) -> [Self; 2] {
        let server = Server::new().await;
        let postgres = App::of_on_postgres(model, POSTGRES, &server).await;
        let worlds = [
            (App::of(model, SQLITE).await, None),
            (postgres, Some(server)),
        ];
        let mut made = Vec::new();
        for (app, _server) in worlds {
            let tenant_id = Uuid::now_v7();
            let tenant = "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ($1, 'acme', 'Acme', 'active', $2)";
            let now = crate::clock::now().into_value();
            app.write(tenant, &[tenant_id.into_value(), now]).await;
            made.push(Self {
                app,
                tenant_id,
                _server,
            });
        }
        made.try_into().unwrap_or_else(|_| panic!("two worlds"))
    }

    /// A unit of work of a user's.
    fn unit(&self, actor: Option<Uuid>) -> Unit {
        let caller = Caller {
            tenant_id: self.tenant_id,
            actor: actor.map_or(Actor::System, Actor::User),
            request_id: None,
            address: None,
        };
        Unit::new(Arc::clone(&self.app.runtime), caller, Mode::Write)
    }

    /// Makes a user whom audit entries can name.
    async fn user(&self) -> Uuid {
        let id = Uuid::now_v7();
        let user = "INSERT INTO users (id, email, email_normalized, name, status, created_at)
            VALUES ($1, $2, $2, 'Ada', 'active', $3)";
        let email = format!("{id}@example.com").into_value();
        let now = crate::clock::now().into_value();
        self.app.write(user, &[id.into_value(), email, now]).await;
        id
    }
}

/// Somebody who holds nothing.
fn nobody() -> Holder {
    Holder::new(&MODEL, Held::default())
}

/// A value for each field.
fn values() -> Vec<Value> {
    vec![
        Value::Text("ABC".to_owned()),
        Value::Text("one\ntwo".to_owned()),
        Value::Text("Ada@example.com".to_owned()),
        Value::Text("https://example.com/?q=1".to_owned()),
        Value::Uuid(Uuid::from_u128(7)),
        Value::Date(date(1969, 2, 28)),
        Value::Json(json!({ "b": [1, 0.5, null, "ä"], "a": { "big": 1e300 } })),
        Value::Integer(-5),
        Value::Decimal(Decimal::new(1_250, 2)),
        Value::Boolean(true),
        Value::Timestamp("1969-07-20T20:17:40.123456Z".parse().unwrap()),
        Value::Text("new".to_owned()),
        Value::Text("hunter2".to_owned()),
        Value::Integer(9),
    ]
}

/// What a new record has where nothing is given.
fn defaults() -> Vec<Value> {
    let mut values = vec![Value::Null; THINGS.fields.len()];
    values[RANK] = Value::Integer(7);
    values
}

/// The fields of a patch.
fn patch(changes: &[(usize, Value)]) -> Fields {
    let mut patch = Fields::empty(&THINGS);
    for (index, value) in changes {
        patch.set(*index, value.clone());
    }
    patch
}

/// Field and code of a refusal's first error.
fn wrong<T: std::fmt::Debug>(result: crate::Result<T>) -> (String, &'static str) {
    let error = result.unwrap_err();
    let first = &error.extra().errors[0];
    (first.field.clone(), first.code)
}
