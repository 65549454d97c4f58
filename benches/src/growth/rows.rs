//! The rows of a database of any size. Every value is a function of its number, so a request can
//! name a record without asking the database for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Members of each tenant; each belongs to one.
pub const MEMBERS: usize = 10;
/// Products of each tenant.
pub const PRODUCTS: usize = 20;

/// The schema's roles.
const ROLES: [&str; 5] = ["owner", "admin", "editor", "clerk", "viewer"];
/// Which of them each member has.
const ROLE_OF: [usize; MEMBERS] = [0, 1, 2, 2, 3, 3, 3, 4, 4, 4];

/// When everything was made. Sessions end later than any run.
const THEN: &str = "2026-01-01T00:00:00.000000Z";
const LATER: &str = "2099-01-01T00:00:00.000000Z";
/// `THEN` in milliseconds of Unix time, for ids that begin with their time.
const THEN_MILLIS: u64 = 1_767_225_600_000;

/// Nobody signs in with a password here.
const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                           RdescudvJCsgt3ub+b5dWRWJTmaaJObG8tr1tS1yqeQ";

/// One value of a row.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Text, an id or an instant.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal with two places, as hundredths.
    Hundredths(i64),
}

/// One table's share of the rows.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns that are filled; defaults fill the rest.
    pub columns: Vec<&'static str>,
    /// How many rows.
    pub count: usize,
    /// The row of a number below `count`.
    pub row: Box<dyn Fn(usize) -> Vec<Cell> + Send>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Tenant = 1,
    User,
    Role,
    Membership,
    Session,
    Product,
}

/// A UUIDv7 whose time grows with `number`, and whose rest looks random.
fn id(kind: Kind, number: usize) -> Uuid {
    let digest = Sha256::digest(format!("{} {number}", kind as u8));
    let mut rest = [0; 10];
    rest.copy_from_slice(&digest[..10]);
    uuid::Builder::from_unix_timestamp_millis(THEN_MILLIS + number as u64, &rest).into_uuid()
}

/// The host's first label of a tenant.
#[must_use]
pub fn slug(tenant: usize) -> String {
    format!("tenant-{tenant}")
}

/// The id of one of a tenant's products. Records of all tenants came in turns, so those of one tenant
/// lie on as many pages as there are records.
#[must_use]
pub fn product(tenants: usize, tenant: usize, number: usize) -> Uuid {
    id(Kind::Product, number * tenants + tenant)
}

/// The refresh token of a member's session, in the clear.
#[must_use]
pub fn refresh_token(tenants: usize, tenant: usize, member: usize) -> String {
    refresh_token_of(member * tenants + tenant)
}

fn refresh_token_of(user: usize) -> String {
    let secret = Sha256::digest(format!("refresh {user}"));
    format!("gwr_{}", URL_SAFE_NO_PAD.encode(secret))
}

fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    let mut hex = String::new();
    for byte in Sha256::digest(text) {
        write!(hex, "{byte:02x}").expect("a string takes all");
    }
    hex
}

/// All rows for so many tenants, in an order in which they may be inserted. `templates`: whether a
/// role's row names its template.
#[must_use]
pub fn tables(tenants: usize, templates: bool) -> Vec<Table> {
    let users = tenants * MEMBERS;
    let id = |kind, number| Cell::Text(id(kind, number).to_string());
    let text = |text: &str| Cell::Text(text.to_owned());
    let table = |name, columns: &[&'static str], count, row| Table {
        name,
        columns: columns.to_vec(),
        count,
        row,
    };
    vec![
        table(
            "tenants",
            &["id", "slug", "name", "created_at"],
            tenants,
            Box::new(move |n| {
                let name = format!("Tenant {n}");
                vec![
                    id(Kind::Tenant, n),
                    Cell::Text(slug(n)),
                    Cell::Text(name),
                    text(THEN),
                ]
            }),
        ),
        table(
            "users",
            &["id", "email", "email_normalized", "name", "created_at"],
            users,
            Box::new(move |n| {
                let email = Cell::Text(format!("user-{n}@example.com"));
                let name = Cell::Text(format!("User {n}"));
                let id = id(Kind::User, n);
                vec![id, email.clone(), email, name, text(THEN)]
            }),
        ),
        table(
            "passwords",
            &["user_id", "hash", "changed_at"],
            users,
            Box::new(move |n| vec![id(Kind::User, n), text(NO_PASSWORD), text(THEN)]),
        ),
        table(
            "roles",
            if templates {
                &["tenant_id", "id", "name", "created_at", "template"]
            } else {
                &["tenant_id", "id", "name", "created_at"]
            },
            tenants * ROLES.len(),
            Box::new(move |n| {
                let (role, tenant) = (n / tenants, id(Kind::Tenant, n % tenants));
                let name = text(ROLES[role]);
                let mut row = vec![tenant, id(Kind::Role, n), name.clone(), text(THEN)];
                row.extend(templates.then_some(name));
                row
            }),
        ),
        table(
            "user_tenants",
            &["tenant_id", "id", "user_id", "created_at"],
            users,
            Box::new(move |n| {
                let membership = id(Kind::Membership, n);
                vec![
                    id(Kind::Tenant, n % tenants),
                    membership,
                    id(Kind::User, n),
                    text(THEN),
                ]
            }),
        ),
        table(
            "user_tenant_roles",
            &["tenant_id", "user_id", "role_id", "created_at"],
            users,
            Box::new(move |n| {
                let (member, tenant) = (n / tenants, n % tenants);
                let role = id(Kind::Role, ROLE_OF[member] * tenants + tenant);
                vec![
                    id(Kind::Tenant, tenant),
                    id(Kind::User, n),
                    role,
                    text(THEN),
                ]
            }),
        ),
        table(
            "sessions",
            &["id", "user_id", "transport", "created_at", "expires_at"],
            users,
            Box::new(move |n| {
                let ids = (id(Kind::Session, n), id(Kind::User, n));
                vec![ids.0, ids.1, text("bearer"), text(THEN), text(LATER)]
            }),
        ),
        table(
            "refresh_tokens",
            &["token_hash", "session_id", "created_at"],
            users,
            Box::new(move |n| {
                let hash = Cell::Text(hash(&refresh_token_of(n)));
                vec![hash, id(Kind::Session, n), text(THEN)]
            }),
        ),
        table(
            "products",
            &[
                "tenant_id",
                "id",
                "version",
                "created_at",
                "updated_at",
                "created_by",
                "name",
                "sku",
                "description",
                "price",
                "cost",
                "stock",
                "status",
                "external_id",
            ],
            tenants * PRODUCTS,
            Box::new(move |n| {
                let (number, tenant) = (n / tenants, n % tenants);
                // Its owner made it.
                let maker = id(Kind::User, tenant);
                let described =
                    format!("Product {number} of tenant {tenant}, in words as many as a shop has.");
                let cents = i64::try_from(n % 100_000).expect("a small number");
                vec![
                    id(Kind::Tenant, tenant),
                    id(Kind::Product, n),
                    Cell::Integer(1),
                    text(THEN),
                    text(THEN),
                    maker,
                    Cell::Text(format!("Product {number}")),
                    Cell::Text(format!("sku-{number}")),
                    Cell::Text(described),
                    Cell::Hundredths(cents + 100),
                    Cell::Hundredths(cents),
                    Cell::Integer(7),
                    text("active"),
                    Cell::Text(uuid::Uuid::from_u128(n as u128).to_string()),
                ]
            }),
        ),
    ]
}

/// How many rows there are for so many tenants, over all tables.
#[must_use]
pub fn count(tenants: usize) -> usize {
    tables(tenants, true).iter().map(|table| table.count).sum()
}
