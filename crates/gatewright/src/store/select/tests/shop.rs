//! A shop on either database, with two tenants whose records have the same ids.

use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use crate::audit::Actor;
use crate::authn::testing::App;
use crate::authz::{Held, Holder, Permission};
use crate::error::Result;
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Model, OnDelete, ResourceDef, Signup,
};
use crate::store::record::encode;
use crate::store::select::{Column, Optional, Reference, Select};
use crate::store::testing::Server;
use crate::store::write::statements;
use crate::store::{
    Access, Caller, FieldValue, Fields, Input, Mode, RecordReader, Resource, Unit, Value,
};
use crate::{Date, Decimal, Timestamp};

const fn field(name: &'static str, ty: FieldType, optional: bool) -> FieldDef {
    FieldDef {
        name,
        ty,
        optional,
        ..FieldDef::DEFAULT
    }
}

const fn reference(name: &'static str, to: &'static str) -> FieldDef {
    let on_delete = OnDelete::Restrict;
    field(name, FieldType::Reference { to, on_delete }, false)
}

const STRING: FieldType = FieldType::String {
    min: 0,
    max: 200,
    pattern: None,
};
const INTEGER: FieldType = FieldType::Integer {
    min: None,
    max: None,
};
const MONEY: FieldType = FieldType::Decimal {
    precision: 18,
    scale: 2,
    min: None,
    max: None,
};

pub(super) static PRODUCTS: ResourceDef = ResourceDef {
    name: "products",
    fields: &[
        field("name", STRING, false),
        FieldDef {
            permission: Some("products:read_cost"),
            ..field("cost", MONEY, true)
        },
    ],
    ..ResourceDef::DEFAULT
};
pub(super) static ORDERS: ResourceDef = ResourceDef {
    name: "orders",
    fields: &[
        field("number", STRING, false),
        field("paid", FieldType::Boolean, false),
        field("placed_at", FieldType::Timestamp, true),
        field("due_on", FieldType::Date, true),
    ],
    ..ResourceDef::DEFAULT
};
pub(super) static LINES: ResourceDef = ResourceDef {
    name: "order_lines",
    fields: &[
        reference("order_id", "orders"),
        reference("product_id", "products"),
        field("quantity", INTEGER, false),
        field("unit_price", MONEY, false),
    ],
    ..ResourceDef::DEFAULT
};
pub(super) static NODES: ResourceDef = ResourceDef {
    name: "nodes",
    fields: &[
        field("name", STRING, false),
        FieldDef {
            optional: true,
            ..reference("parent_id", "nodes")
        },
    ],
    ..ResourceDef::DEFAULT
};
pub(super) static MODEL: Model = Model {
    app: "Shop",
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
    resources: &[&PRODUCTS, &ORDERS, &LINES, &NODES],
};

/// No permission: these tests make accesses without a gate.
pub struct Free;

impl Permission for Free {
    const SLUG: &'static str = "";
    const RESOURCE: &'static str = "";
    const KIND: Kind = Kind::Read;
}

/// No input: rows are inserted as they are.
#[derive(Debug)]
pub struct Nothing;

impl Input for Nothing {
    const RESOURCE: &'static ResourceDef = &PRODUCTS;

    fn from_fields(_: &mut Fields) -> Result<Self> {
        Ok(Self)
    }

    fn into_fields(self, _: &mut Fields) {}
}

macro_rules! resource {
    ($name:ident, $def:expr) => {
        #[derive(Debug, Serialize)]
        pub struct $name;

        impl Resource for $name {
            const DEF: &'static ResourceDef = &$def;
            type Read = Free;
            type Create = Free;
            type Update = Free;
            type Delete = Free;
            type New = Nothing;
            type Patch = Nothing;

            fn id(&self) -> Uuid {
                Uuid::nil()
            }

            fn version(&self) -> i64 {
                1
            }

            fn from_record(_: &mut RecordReader) -> Result<Self> {
                Ok(Self)
            }
        }
    };
}

/// A definition that looks like the model's.
static LOOKALIKE: ResourceDef = ResourceDef {
    name: "orders",
    fields: &[],
    ..ResourceDef::DEFAULT
};

resource!(Product, PRODUCTS);
resource!(Order, ORDERS);
resource!(Line, LINES);
resource!(Node, NODES);
resource!(Invented, LOOKALIKE);

pub(super) mod products {
    use super::*;
    pub const ID: Column<Product, Uuid> = Column::new("id");
    pub const NAME: Column<Product, String> = Column::new("name");
    pub const COST: Column<Product, Decimal, Optional> = Column::new("cost");
    pub const GONE: Column<Product, String> = Column::new("gone\" --");
}

pub(super) mod orders {
    use super::*;
    pub const ID: Column<Order, Uuid> = Column::new("id");
    pub const VERSION: Column<Order, i64> = Column::new("version");
    pub const NUMBER: Column<Order, String> = Column::new("number");
    pub const PAID: Column<Order, bool> = Column::new("paid");
    pub const PLACED_AT: Column<Order, Timestamp, Optional> = Column::new("placed_at");
    pub const DUE_ON: Column<Order, Date, Optional> = Column::new("due_on");
}

pub(super) mod lines {
    use super::*;
    pub const ID: Column<Line, Uuid> = Column::new("id");
    pub const ORDER_ID: Reference<Line, Order> = Reference::new("order_id");
    pub const PRODUCT_ID: Reference<Line, Product> = Reference::new("product_id");
    pub const QUANTITY: Column<Line, i64> = Column::new("quantity");
    pub const UNIT_PRICE: Column<Line, Decimal> = Column::new("unit_price");
}

pub(super) mod nodes {
    use super::*;
    pub const NAME: Column<Node, String> = Column::new("name");
    pub const PARENT_ID: Reference<Node, Node, Optional> = Reference::new("parent_id");
}

const SQLITE: [&str; 6] = ["TEXT", "TEXT", "INTEGER", "INTEGER", "TEXT", "TEXT"];
const POSTGRES: [&str; 6] = [
    "uuid",
    "text COLLATE \"C\"",
    "bigint",
    "numeric(18, 2)",
    "timestamptz",
    "date",
];

fn tables([id, text, integer, money, time, date]: [&str; 6], boolean: &str) -> String {
    let table = |name: &str, fields: &str| {
        format!(
            "CREATE TABLE {name} (tenant_id {id} NOT NULL, id {id} NOT NULL, version {integer} NOT NULL, \
             created_at {time} NOT NULL, updated_at {time} NOT NULL, created_by {id}, {fields}, \
             PRIMARY KEY (tenant_id, id));"
        )
    };
    [
        // The schema of the test's application has products of its own.
        "DROP TABLE products_custom_values; DROP TABLE products;".to_owned(),
        table("products", &format!("name {text}, cost {money}")),
        table(
            "orders",
            &format!("number {text}, paid {boolean}, placed_at {time}, due_on {date}"),
        ),
        table(
            "order_lines",
            &format!("order_id {id}, product_id {id}, quantity {integer}, unit_price {money}"),
        ),
        table("nodes", &format!("name {text}, parent_id {id}")),
    ]
    .concat()
}

/// A decimal.
pub(super) fn d(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// The id of a record; the same in both tenants.
pub(super) fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A tenant, or a user.
pub(super) const ACME: Uuid = Uuid::from_u128(0xA);
pub(super) const GLOBEX: Uuid = Uuid::from_u128(0xB);
pub(super) const MARY: Uuid = Uuid::from_u128(0xC);

pub(super) struct Shop {
    app: App,
}

impl Shop {
    pub(super) async fn on_sqlite() -> Self {
        Self::filled(App::of(&MODEL, &tables(SQLITE, "INTEGER")).await).await
    }

    pub(super) async fn on_postgres() -> Self {
        let server = Server::new().await;
        let tables = tables(POSTGRES, "boolean");
        Self::filled(App::of_on_postgres(&MODEL, &tables, &server).await).await
    }

    async fn filled(app: App) -> Self {
        let shop = Self { app };
        shop.fill(ACME, 1).await;
        shop.fill(GLOBEX, 100).await;
        shop
    }

    /// Everything costs `factor` times as much.
    async fn fill(&self, tenant: Uuid, factor: i64) {
        let till = self.till(tenant);
        let money = |text: &str| (d(text) * Decimal::from(factor)).into_value();
        for (n, name, cost) in [
            (1, "apple", Some("1.00")),
            (2, "Banana", None),
            (3, "100%", None),
        ] {
            let cost = cost.map_or(Value::Null, money);
            till.insert(&PRODUCTS, n, vec![name.to_owned().into_value(), cost])
                .await;
        }
        for (n, paid, placed_at) in [
            (11, true, Some("2026-10-31T23:59:59.999999Z")),
            (12, true, Some("2026-11-01T00:00:00Z")),
            (13, false, Some("2026-11-24T09:30:00Z")),
            (14, true, None),
        ] {
            let placed_at = placed_at.map(|at| at.parse::<Timestamp>().unwrap());
            let number = format!("no {n}").into_value();
            // Thirty days to pay.
            let due = |at: Timestamp| {
                let due = jiff::tz::TimeZone::UTC.to_datetime(at).date();
                due.checked_add(jiff::Span::new().days(30)).unwrap()
            };
            let values = vec![
                number,
                paid.into_value(),
                placed_at.into_value(),
                placed_at.map(due).into_value(),
            ];
            till.insert(&ORDERS, n, values).await;
        }
        for (n, order, product, quantity, price) in [
            (21, 11, 1, 2, "1.50"),
            (22, 11, 2, 1, "2.25"),
            (23, 12, 1, 10, "1.40"),
            (24, 13, 2, 3, "2.00"),
            (25, 14, 1, 1, "0.99"),
        ] {
            let values = vec![
                id(order).into_value(),
                id(product).into_value(),
                i64::from(quantity).into_value(),
                money(price),
            ];
            till.insert(&LINES, n, values).await;
        }
        for (n, name, parent) in [
            (31, "root", None),
            (32, "leaf", Some(31)),
            (33, "twig", Some(31)),
        ] {
            let parent = parent.map(id).into_value();
            till.insert(&NODES, n, vec![name.to_owned().into_value(), parent])
                .await;
        }
        till.unit.commit().await.unwrap();
    }

    pub(super) fn till(&self, tenant_id: Uuid) -> Till {
        let caller = Caller {
            tenant_id,
            actor: Actor::System,
            request_id: None,
            address: None,
        };
        Till {
            unit: Unit::new(Arc::clone(&self.app.runtime), caller, Mode::Write),
            holder: Holder::new(&MODEL, Held::default()),
            own: None,
            uses: &[],
        }
    }
}

/// A request of somebody in a tenant.
pub(super) struct Till {
    pub(super) unit: Unit,
    holder: Holder,
    pub(super) own: Option<Uuid>,
    pub(super) uses: &'static [&'static str],
}

impl Till {
    pub(super) fn access(&self) -> Access<'_> {
        Access::new(&self.unit, &self.holder, self.own, self.uses)
    }

    pub(super) fn select<R: Resource>(&self) -> Select<'_, R> {
        Select::new(self.access())
    }

    /// Orders with their lines.
    pub(super) fn sold(&self) -> Select<'_, Order> {
        self.select::<Order>()
            .collect(self.access(), lines::ORDER_ID, false)
    }

    /// Mary makes what has an odd id.
    pub(super) async fn insert(&self, def: &'static ResourceDef, n: u128, values: Vec<Value>) {
        let at: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let by = (n % 2 == 1).then_some(MARY);
        let mut args = vec![
            self.unit.caller().tenant_id.into_value(),
            id(n).into_value(),
            Value::Integer(1),
            at.into_value(),
            at.into_value(),
            by.into_value(),
        ];
        let dialect = self.unit.runtime().statements.dialect();
        args.extend(values.iter().map(|value| encode(dialect, value)));
        let sql = &statements(&self.unit, def).unwrap().insert;
        self.unit.run(sql, &args).await.unwrap();
    }
}
