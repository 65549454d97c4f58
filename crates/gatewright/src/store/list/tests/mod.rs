//! A resource with a field of every type, on both databases.

mod differential;
mod exporting;
mod parsing;
mod reference;

use std::sync::Arc;

use uuid::Uuid;

use crate::audit::Actor;
use crate::authn::testing::App;
use crate::authz::{Held, Holder};
use crate::model::{AuthPolicy, FieldDef, FieldType, Limits, Model, OnDelete, ResourceDef, Signup};
use crate::store::testing::Server;
use crate::store::{Access, Caller, Mode, Unit};

const fn field(name: &'static str, ty: FieldType, optional: bool) -> FieldDef {
    FieldDef {
        name,
        ty,
        optional,
        ..FieldDef::DEFAULT
    }
}

const fn string(max: u32) -> FieldType {
    FieldType::String {
        min: 0,
        max,
        pattern: None,
    }
}

const INTEGER: FieldType = FieldType::Integer {
    min: Some(0),
    max: None,
};
const DECIMAL: FieldType = FieldType::Decimal {
    precision: 12,
    scale: 2,
    min: Some("0"),
    max: None,
};

pub(super) static THINGS: ResourceDef = ResourceDef {
    name: "things",
    fields: &[
        FieldDef {
            search: true,
            ..field("name", string(200), false)
        },
        field("nickname", string(200), true),
        FieldDef {
            search: true,
            ..field("notes", FieldType::Text { min: 0, max: 5_000 }, true)
        },
        field("wide", string(1_001), true),
        field("count", INTEGER, false),
        field("stock", INTEGER, true),
        field("price", DECIMAL, false),
        field("discount", DECIMAL, true),
        field("open", FieldType::Boolean, false),
        field("rated", FieldType::Boolean, true),
        field("at", FieldType::Timestamp, false),
        field("until", FieldType::Timestamp, true),
        field(
            "status",
            FieldType::Enum {
                values: &["draft", "active", "archived"],
            },
            false,
        ),
        field(
            "colour",
            FieldType::Enum {
                values: &["red", "green"],
            },
            true,
        ),
        field(
            "parent_id",
            FieldType::Reference {
                to: "things",
                on_delete: OnDelete::Restrict,
            },
            true,
        ),
        field("contact", FieldType::Email, true),
        field("site", FieldType::Url, true),
        field("token", FieldType::Uuid, false),
        field("day", FieldType::Date, false),
        field("due", FieldType::Date, true),
        field("data", FieldType::Json { max: 1_000 }, true),
        FieldDef {
            permission: Some("things:read_cost"),
            search: true,
            ..field("cost", string(100), true)
        },
    ],
    ..ResourceDef::DEFAULT
};

pub(super) static MODEL: Model = Model {
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
    permissions: &[],
    roles: &[],
    resources: &[&THINGS],
};

/// The resource's table, as the generator would write it.
fn table(postgres: bool) -> String {
    let columns = THINGS.fields.iter().map(|field| {
        let ty = match (&field.ty, postgres) {
            (FieldType::Integer { .. }, true) => "bigint",
            (FieldType::Decimal { .. }, true) => "numeric(12, 2)",
            (FieldType::Integer { .. } | FieldType::Decimal { .. }, false) => "INTEGER",
            (FieldType::Boolean, true) => "boolean",
            (FieldType::Boolean, false) => "INTEGER",
            (FieldType::Timestamp, true) => "timestamptz",
            (FieldType::Reference { .. } | FieldType::Uuid, true) => "uuid",
            (FieldType::Json { .. }, true) => "jsonb",
            (FieldType::Date, true) => "date",
            (_, true) => r#"text COLLATE "C""#,
            (_, false) => "TEXT",
        };
        format!(r#", "{}" {ty}"#, field.name)
    });
    let columns: String = columns.collect();
    if postgres {
        format!(
            "CREATE TABLE things (tenant_id uuid NOT NULL, id uuid NOT NULL, version bigint NOT NULL, \
             created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, created_by uuid{columns}, \
             PRIMARY KEY (tenant_id, id));"
        )
    } else {
        format!(
            "CREATE TABLE things (tenant_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, \
             created_at TEXT NOT NULL, updated_at TEXT NOT NULL, created_by TEXT{columns}, \
             PRIMARY KEY (tenant_id, id)) STRICT, WITHOUT ROWID;"
        )
    }
}

async fn on_sqlite() -> App {
    App::of(&MODEL, &table(false)).await
}

async fn on_postgres() -> App {
    App::of_on_postgres(&MODEL, &table(true), &Server::new().await).await
}

fn unit(app: &App, tenant_id: Uuid, mode: Mode) -> Unit {
    let caller = Caller {
        tenant_id,
        actor: Actor::System,
        request_id: None,
        address: None,
    };
    Unit::new(Arc::clone(&app.runtime), caller, mode)
}

/// Somebody who holds nothing, and so sees no field that needs a permission.
fn nobody() -> Holder {
    Holder::new(&MODEL, Held::default())
}

/// An access whose permission shows all fields.
fn seeing<'a>(unit: &'a Unit, holder: &'a Holder, own: Option<Uuid>) -> Access<'a> {
    Access::new(unit, holder, own, &["things:read_cost"])
}
