//! Two tenants whose records have the very same ids and names, in one database without row-level
//! security: whatever one tenant does, the other's rows stay as they are, and show nowhere. A
//! statement that forgets its tenant is noticed here, whichever one it is.
//!
//! The tables have no `ON DELETE`, so what is removed and cleared is the store's own doing.

mod custom;
mod lists;
mod writes;

use serde::Serialize;

use super::*;
use crate::audit::Actor;
use crate::authz::Permission;
use crate::error::Result;
use crate::model::OnDelete;

const STRING: FieldType = FieldType::String {
    min: 0,
    max: 100,
    pattern: None,
};

const fn reference(name: &'static str, on_delete: OnDelete) -> FieldDef {
    let to = "shelves";
    field(name, FieldType::Reference { to, on_delete })
}

static SHELVES: ResourceDef = ResourceDef {
    name: "shelves",
    fields: &[
        FieldDef {
            unique: true,
            search: true,
            optional: false,
            ..field("name", STRING)
        },
        FieldDef {
            permission: Some("shelves:read_cost"),
            search: true,
            ..field("cost", STRING)
        },
    ],
    ..ResourceDef::DEFAULT
};

/// A reference of each kind.
static BOOKS: ResourceDef = ResourceDef {
    name: "books",
    fields: &[
        reference("home_id", OnDelete::Cascade),
        reference("spare_id", OnDelete::SetNull),
        reference("bound_id", OnDelete::Restrict),
    ],
    ..ResourceDef::DEFAULT
};

/// Places of the fields.
const NAME: usize = 0;
const COST: usize = 1;
const HOME: usize = 0;
const SPARE: usize = 1;
const BOUND: usize = 2;

static LIBRARY: Model = Model {
    app: "Library",
    resources: &[&SHELVES, &BOOKS],
    permissions: &[],
    roles: &[],
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
};

fn tables([id, text, integer, time]: [&str; 4]) -> String {
    let table = |name: &str, rest: &str| {
        format!(
            "CREATE TABLE {name} (tenant_id {id} NOT NULL, id {id} NOT NULL, version {integer} NOT NULL, \
             created_at {time} NOT NULL, updated_at {time} NOT NULL, created_by {id}, {rest}, \
             PRIMARY KEY (tenant_id, id));"
        )
    };
    let to_shelf = |field: &str| {
        format!("FOREIGN KEY (tenant_id, {field}) REFERENCES shelves (tenant_id, id)")
    };
    let books = ["home_id", "spare_id", "bound_id"];
    let columns = books.map(|field| format!("{field} {id}")).join(", ");
    let keys = books.map(to_shelf).join(", ");
    let unique = "CONSTRAINT shelves_name_unique UNIQUE (tenant_id, name)";
    let shelves = format!("name {text} NOT NULL, cost {text}, {unique}");
    let values = format!(
        "CREATE TABLE shelves_custom_values (tenant_id {id} NOT NULL, record_id {id} NOT NULL, \
         field_id {id} NOT NULL, text_value {text}, number_value {integer}, unique_value {text}, \
         PRIMARY KEY (tenant_id, record_id, field_id), UNIQUE (tenant_id, field_id, unique_value), \
         FOREIGN KEY (tenant_id, record_id) REFERENCES shelves (tenant_id, id) ON DELETE CASCADE, \
         FOREIGN KEY (tenant_id, field_id) REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE);"
    );
    table("shelves", &shelves) + &table("books", &format!("{columns}, {keys}")) + &values
}

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// The tenant that acts. The other one's rows come first wherever nothing says otherwise.
const ACME: Uuid = id(0xB0);
const GLOBEX: Uuid = id(0xA0);
const ADA: Uuid = id(0xC);
const BOB: Uuid = id(0xD);

/// Shelves that both have, by number; one that only Globex has; one that only Acme has.
const BOTH: [u128; 3] = [1, 2, 3];
const GLOBEX_ONLY: u128 = 4;
const ACME_ONLY: u128 = 5;

/// Who made a shelf: not the same in the two tenants.
fn maker(tenant: Uuid, n: u128) -> Uuid {
    if (n % 2 == 1) == (tenant == ACME) {
        ADA
    } else {
        BOB
    }
}

/// Books: number, and which field refers to which shelf.
const SHARED_BOOKS: [(u128, usize, u128); 3] = [(11, HOME, 1), (12, SPARE, 1), (13, BOUND, 2)];
const GLOBEX_BOOKS: [(u128, usize, u128); 4] = [
    (14, HOME, 1),
    (15, SPARE, 1),
    (16, BOUND, 1),
    (17, BOUND, 3),
];

/// A database with both tenants.
struct Twins {
    app: App,
    holder: Holder,
    _server: Option<Server>,
}

impl Twins {
    /// One on each database.
    async fn both() -> [Self; 2] {
        let sqlite = tables(["TEXT", "TEXT", "INTEGER", "TEXT"]);
        let postgres = tables(["uuid", "text COLLATE \"C\"", "bigint", "timestamptz"]);
        let server = Server::new().await;
        let postgres = App::of_on_postgres(&LIBRARY, &postgres, &server).await;
        let of = |app, _server| Self {
            app,
            holder: Holder::new(&LIBRARY, Held::default()),
            _server,
        };
        let both = [
            of(App::of(&LIBRARY, &sqlite).await, None),
            of(postgres, Some(server)),
        ];
        for twins in &both {
            twins
                .fill(GLOBEX, "globex", GLOBEX_ONLY, &GLOBEX_BOOKS)
                .await;
            twins.fill(ACME, "acme", ACME_ONLY, &[]).await;
        }
        both
    }

    async fn fill(&self, tenant: Uuid, slug: &str, only: u128, books: &[(u128, usize, u128)]) {
        let then = jiff::Timestamp::UNIX_EPOCH;
        let sql = "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ($1, $2, $2, 'active', $3)";
        let args = [
            tenant.into_value(),
            slug.to_owned().into_value(),
            then.into_value(),
        ];
        self.app.write(sql, &args).await;
        let unit = self.unit(tenant);
        let insert = async |def: &'static ResourceDef, n: u128, by: Uuid, values: Vec<Value>| {
            let record = record::Record {
                id: id(n),
                version: 1,
                created_at: then,
                updated_at: then,
                created_by: Some(by),
                values,
                custom: Vec::new(),
            };
            let sql = &write::statements(&unit, def).unwrap().insert;
            let args = change::insert_args(&unit, &record);
            unit.run(sql, &args).await.unwrap();
        };
        for n in BOTH.into_iter().chain([only]) {
            let values = [format!("shelf {n}"), format!("{slug} {n}")];
            let values = values.map(Value::Text).to_vec();
            insert(&SHELVES, n, maker(tenant, n), values).await;
        }
        for (n, field, shelf) in SHARED_BOOKS.iter().chain(books) {
            let mut values = vec![Value::Null; BOOKS.fields.len()];
            values[*field] = Value::Uuid(id(*shelf));
            insert(&BOOKS, *n, maker(tenant, *n), values).await;
        }
        unit.commit().await.unwrap();
    }

    fn unit(&self, tenant_id: Uuid) -> Unit {
        let caller = Caller {
            tenant_id,
            actor: Actor::System,
            request_id: None,
            address: None,
        };
        Unit::new(Arc::clone(&self.app.runtime), caller, Mode::Write)
    }

    /// An access that sees every field.
    fn access<'a>(&'a self, unit: &'a Unit, own: Option<Uuid>) -> Access<'a> {
        Access::new(unit, &self.holder, own, &["shelves:read_cost"])
    }

    /// Every row of a tenant, each column as text, and its audit entries.
    async fn rows(&self, tenant: Uuid) -> Vec<String> {
        let unit = self.unit(tenant);
        let mut all = Vec::new();
        for (table, fields) in [
            ("shelves", "name, cost"),
            ("books", "home_id, spare_id, bound_id"),
            ("audit_log", "action, record_id, changes"),
            (
                "shelves_custom_values",
                "text_value, number_value, unique_value",
            ),
        ] {
            let system = match table {
                "audit_log" => "id, at",
                "shelves_custom_values" => "record_id, field_id",
                _ => "id, version, created_at, updated_at, created_by",
            };
            let columns: Vec<String> = format!("{system}, {fields}")
                .split(", ")
                .map(|column| format!("coalesce(CAST({column} AS text), '-')"))
                .collect();
            let sql = format!(
                "SELECT {} FROM {table} WHERE tenant_id = $1 ORDER BY 1",
                columns.join(" || ' ' || ")
            );
            for mut row in unit.run(&sql, &[tenant.into_value()]).await.unwrap() {
                let text: String = row.next().unwrap();
                all.push(format!("{table} {text}"));
            }
        }
        all
    }

    /// Numbers of a tenant's shelves and books.
    async fn numbers(&self, tenant: Uuid) -> Vec<u128> {
        let unit = self.unit(tenant);
        let mut numbers = Vec::new();
        for table in ["shelves", "books"] {
            let sql = format!("SELECT id FROM {table} WHERE tenant_id = $1 ORDER BY id");
            let rows = unit.run(&sql, &[tenant.into_value()]).await.unwrap();
            let ids = rows.into_iter().map(|mut row| row.next::<Uuid>().unwrap());
            numbers.extend(ids.map(|id| id.as_u128()));
        }
        numbers
    }
}

/// A patch of a record's fields.
fn patch_of(def: &'static ResourceDef, changes: &[(usize, Value)]) -> Fields {
    let mut patch = Fields::empty(def);
    for (index, value) in changes {
        patch.set(*index, value.clone());
    }
    patch
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// No permission: these tests make accesses without a gate.
struct Free;

impl Permission for Free {
    const SLUG: &'static str = "";
    const RESOURCE: &'static str = "";
    const KIND: Kind = Kind::Read;
}

/// No input.
#[derive(Debug)]
struct Nothing;

impl Input for Nothing {
    const RESOURCE: &'static ResourceDef = &SHELVES;

    fn from_fields(_: &mut Fields) -> Result<Self> {
        Ok(Self)
    }

    fn into_fields(self, _: &mut Fields) {}
}

/// The type of shelves, for what is asked of lists.
#[derive(Debug, Serialize)]
struct Shelf;

impl Resource for Shelf {
    const DEF: &'static ResourceDef = &SHELVES;
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
