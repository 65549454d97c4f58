//! The shop before and after, and what its tenants have made of their roles.

use crate::model::{AuthPolicy, Kind, Limits, Model, PermissionDef, RoleDef, Signup};
use crate::store::migrate::Migration;

use super::super::place::{Place, leak};

const BEFORE: &str = r#"
[app]
name = "Shop"

[roles]
owner = { permissions = ["*"], assigns = ["*"] }
editor = { permissions = ["products:read"], ceiling = ["products:*", "orders:*"] }
auditor = { permissions = ["orders:read"] }

[resources.products]
fields.name = { type = "string" }

[resources.orders]
fields.name = { type = "string" }
actions.ship = {}
"#;

/// Another name for products, no action, a role less and one more.
fn after() -> String {
    BEFORE
        .replace("auditor =", "reviewer =")
        .replace("actions.ship = {}\n", "")
        .replace("products:", "goods:")
        .replace(
            "[resources.products]\n",
            "[resources.goods]\nsingular = \"Ware\"\nrenamed_from = \"products\"\n",
        )
}

const fn permission(slug: &'static str, resource: &'static str, kind: Kind) -> PermissionDef {
    PermissionDef {
        slug,
        resource,
        kind,
        ..PermissionDef::DEFAULT
    }
}

const fn role(name: &'static str) -> RoleDef {
    RoleDef {
        name,
        ..RoleDef::DEFAULT
    }
}

const fn model(permissions: &'static [PermissionDef], roles: &'static [RoleDef]) -> Model {
    Model {
        app: "Shop",
        auth: AuthPolicy {
            signup: Signup::Open,
            require_verified_email: true,
            access_token_ttl: 1,
            refresh_token_ttl: 1,
            session_idle_ttl: 1,
            passwords: true,
            providers: &[],
        },
        row_level_security: true,
        limits: Limits::NONE,
        permissions,
        roles,
        resources: &[],
    }
}

pub(super) static OLDER: Model = model(
    &[
        permission("products:read", "products", Kind::Read),
        permission("products:update", "products", Kind::Update),
        permission("orders:read", "orders", Kind::Read),
        permission("orders:ship", "orders", Kind::Action),
    ],
    &[role("owner"), role("editor"), role("auditor")],
);

pub(super) static NEWER: Model = model(
    &[
        permission("goods:read", "goods", Kind::Read),
        permission("goods:update", "goods", Kind::Update),
        permission("orders:read", "orders", Kind::Read),
    ],
    &[role("owner"), role("editor"), role("reviewer")],
);

/// The migrations of the first schema, and of both.
pub(super) fn migrations(place: &Place) -> [Vec<Migration>; 2] {
    use gatewright_codegen::migrate::{History, changes};
    use gatewright_codegen::{Options, Runtime, generate};
    let schema = |source: &str| gatewright_schema::parse(source).schema.unwrap();
    let options = Options {
        package: "shop".to_owned(),
        source: BEFORE,
        runtime: Runtime::Vendored,
    };
    let first = generate(&schema(BEFORE), &options).unwrap();
    let folder = format!("migrations/{}/", place.name());
    let init = first
        .files
        .iter()
        .find(|file| file.path.starts_with(&folder));
    let init = Migration {
        version: 1,
        name: "init",
        sql: leak(init.unwrap().contents.clone()),
    };
    let changes = changes(&first.lock, &schema(&after())).ok().unwrap();
    assert_eq!(
        changes.steps,
        [
            "products is renamed to goods; roles that tenants have made hold goods:… in place of products:…"
        ]
    );
    let history = History::new([(format!("{folder}0001_init.sql"), String::new())]).unwrap();
    let next = changes.files(&history);
    let next = next.iter().find(|file| file.path.starts_with(&folder));
    let next = Migration {
        version: 2,
        name: "rename",
        sql: leak(next.unwrap().contents.clone()),
    };
    [vec![init], vec![init, next]]
}

/// `n` as an id; the first digits say of what.
pub(super) fn id(kind: u32, n: usize) -> String {
    format!("{kind:08x}-0000-7000-8000-{n:012x}")
}

pub(super) const TENANT: u32 = 1;
pub(super) const USER: u32 = 2;
pub(super) const ROLE: u32 = 3;
pub(super) const THEN: &str = "2026-01-01T00:00:00Z";

pub(super) fn tenant(n: usize) -> String {
    let id = id(TENANT, n);
    format!(
        "INSERT INTO tenants (id, slug, name, created_at) VALUES ('{id}', 't{n}', 'T', '{THEN}');"
    )
}

pub(super) fn custom(tenant: usize, role: usize, name: &str) -> String {
    let (tenant, role) = (id(TENANT, tenant), id(ROLE, role));
    format!(
        "INSERT INTO roles (tenant_id, id, name, created_at) VALUES ('{tenant}', '{role}', '{name}', '{THEN}');"
    )
}

/// What a tenant adds to a role of that name, and takes.
pub(super) fn holds(
    tenant: usize,
    role: &str,
    permission: &str,
    effect: &str,
    extent: &str,
) -> String {
    let tenant = id(TENANT, tenant);
    format!(
        "INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at)
         SELECT tenant_id, id, '{permission}', '{effect}', '{extent}', '{THEN}' FROM roles
         WHERE tenant_id = '{tenant}' AND name = '{role}';"
    )
}

pub(super) fn member(tenant: usize, user: usize, role: &str) -> String {
    let (tenant, user) = (id(TENANT, tenant), id(USER, user));
    format!(
        "INSERT INTO user_tenants (tenant_id, id, user_id, created_at)
         SELECT '{tenant}', '{user}', '{user}', '{THEN}' FROM users WHERE id = '{user}'
         ON CONFLICT DO NOTHING;
         INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at)
         SELECT tenant_id, '{user}', id, '{THEN}' FROM roles WHERE tenant_id = '{tenant}' AND name = '{role}';"
    )
}

pub(super) fn user(n: usize) -> String {
    let id = id(USER, n);
    format!(
        "INSERT INTO users (id, email, email_normalized, name, created_at)
         VALUES ('{id}', 'u{n}', 'u{n}', 'U', '{THEN}');"
    )
}

pub(super) fn invitation(tenant: usize, role: &str) -> String {
    let (tenant, id) = (id(TENANT, tenant), id(4, 1));
    format!(
        "INSERT INTO invitations (tenant_id, id, email, email_normalized, token_hash, invited_by, created_at,
             sent_at, expires_at)
         VALUES ('{tenant}', '{id}', 'x', 'x', 'x', '{id}', '{THEN}', '{THEN}', '{THEN}');
         INSERT INTO invitation_roles (tenant_id, invitation_id, role_id)
         SELECT tenant_id, '{id}', id FROM roles WHERE tenant_id = '{tenant}' AND name = '{role}';"
    )
}

/// Like [`NEWER`], where a team has renamed an action and a role.
pub(super) static NEWEST: Model = model(
    &[
        permission("goods:read", "goods", Kind::Read),
        permission("goods:update", "goods", Kind::Update),
        permission("orders:read", "orders", Kind::Read),
        permission("orders:send", "orders", Kind::Action),
    ],
    &[role("owner"), role("editor"), role("checker")],
);

/// What the documentation tells a team to write for that.
pub(super) const RENAMES: Migration = Migration {
    version: 3,
    name: "renames",
    sql: "UPDATE role_permissions SET permission = 'orders:send' WHERE permission = 'orders:ship';
        UPDATE roles SET name = 'checker', template = 'checker' WHERE template = 'auditor';",
};
