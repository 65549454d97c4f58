//! What the application knows: everything in memory, the same in each process at its start.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::invitations::Invitation;
use crate::own_fields::OwnField;
use crate::tenancy::Role;

pub const PASSWORD: &str = "demo-password-4-acme";

/// Method, path, access, permission, resource.
pub type Route = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    ("GET", "/healthz", "public", "", ""),
    ("POST", "/auth/login", "public", "", ""),
    ("POST", "/auth/refresh", "public", "", ""),
    ("POST", "/auth/logout", "signed_in", "", ""),
    ("POST", "/auth/signup", "public", "", ""),
    ("GET", "/auth/me", "signed_in", "", ""),
    ("GET", "/api/me/permissions", "member", "", ""),
    ("POST", "/auth/invitations/accept", "public", "", ""),
    ("GET", "/auth/handoff", "public", "", ""),
    ("DELETE", "/api/me/membership", "member", "", ""),
    ("POST", "/api/tenants", "signed_in", "", ""),
    ("GET", "/api/tenant", "protect", "tenant:read", ""),
    ("PATCH", "/api/tenant", "protect", "tenant:update", ""),
    ("GET", "/api/members", "protect", "members:read", ""),
    ("GET", "/api/members/{id}", "protect", "members:read", ""),
    ("PATCH", "/api/members/{id}", "protect", "members:update", ""),
    ("DELETE", "/api/members/{id}", "protect", "members:remove", ""),
    ("POST", "/api/members/{id}/transfer-ownership", "protect", "roles:assign", ""),
    ("GET", "/api/roles", "protect", "roles:read", ""),
    ("POST", "/api/roles", "protect", "roles:create", ""),
    ("GET", "/api/roles/{id}", "protect", "roles:read", ""),
    ("PATCH", "/api/roles/{id}", "protect", "roles:update", ""),
    ("DELETE", "/api/roles/{id}", "protect", "roles:delete", ""),
    ("GET", "/api/invitations", "protect", "invitations:read", ""),
    ("POST", "/api/invitations", "protect", "invitations:create", ""),
    ("DELETE", "/api/invitations/{id}", "protect", "invitations:revoke", ""),
    ("GET", "/api/custom-fields", "protect", "custom_fields:read", ""),
    ("POST", "/api/custom-fields", "protect", "custom_fields:create", ""),
    ("DELETE", "/api/custom-fields/{id}", "protect", "custom_fields:delete", ""),
    ("GET", "/platform/tenants", "platform", "platform:read_tenants", ""),
    ("PATCH", "/platform/tenants/{id}", "platform", "platform:suspend_tenants", ""),
    ("GET", "/platform/users", "platform", "platform:read_users", ""),
    ("PATCH", "/platform/users/{id}", "platform", "platform:suspend_users", ""),
    ("GET", "/api/categories", "protect", "categories:read", "categories"),
    ("POST", "/api/categories", "protect", "categories:create", "categories"),
    ("GET", "/api/categories/{id}", "protect", "categories:read", "categories"),
    ("PATCH", "/api/categories/{id}", "protect", "categories:update", "categories"),
    ("DELETE", "/api/categories/{id}", "protect", "categories:delete", "categories"),
    ("GET", "/api/products", "protect", "products:read", "products"),
    ("POST", "/api/products", "protect", "products:create", "products"),
    ("GET", "/api/products/export", "protect", "products:read", "products"),
    ("POST", "/api/products/bulk/create", "protect", "products:create", "products"),
    ("POST", "/api/products/bulk/update", "protect", "products:update", "products"),
    ("POST", "/api/products/bulk/delete", "protect", "products:delete", "products"),
    ("GET", "/api/products/{id}", "protect", "products:read", "products"),
    ("PATCH", "/api/products/{id}", "protect", "products:update", "products"),
    ("DELETE", "/api/products/{id}", "protect", "products:delete", "products"),
    ("POST", "/api/products/{id}/publish", "protect", "products:publish", "products"),
    ("GET", "/api/reports/stock", "protect", "tenant:read", ""),
    ("POST", "/api/reports/stock/refresh", "protect", "tenant:read", ""),
];

pub const ROLES: [&str; 5] = ["owner", "admin", "editor", "supplier", "viewer"];

/// The roles that a role's holder may give.
pub fn assigns_of(role: &str) -> &'static [&'static str] {
    match role {
        "owner" => &ROLES,
        "admin" => &["admin", "editor", "supplier", "viewer"],
        _ => &[],
    }
}

pub fn permissions_of(role: &str) -> Vec<&'static str> {
    let all = ROUTES
        .iter()
        .filter(|route| route.2 == "protect")
        .map(|route| route.3);
    let mut held: Vec<_> = match role {
        "owner" => all.chain(["products:read_cost"]).collect(),
        "admin" => all
            .chain(["products:read_cost"])
            .filter(|permission| !matches!(*permission, "tenant:update"))
            .collect(),
        "editor" => all
            .filter(|permission| {
                permission.starts_with("products:") || permission.ends_with(":read")
            })
            .collect(),
        "supplier" => vec!["categories:read", "products:create"],
        _ => all
            .filter(|permission| permission.ends_with("s:read") && *permission != "members:read")
            .collect(),
    };
    held.sort_unstable();
    held.dedup();
    held
}

/// What a role holds for its holder's own records.
pub fn own_of(role: &str) -> &'static [&'static str] {
    match role {
        "supplier" => &[
            "products:read",
            "products:update",
            "products:delete",
            "products:publish",
        ],
        _ => &[],
    }
}

pub fn routes_json() -> Value {
    let routes: Vec<Value> = ROUTES
        .iter()
        .map(|(method, path, access, permission, resource)| {
            let permissions: Vec<&str> = [*permission].into_iter().filter(|permission| !permission.is_empty()).collect();
            let resource = (!resource.is_empty()).then_some(resource);
            json!({ "method": method, "path": path, "access": access, "permissions": permissions, "resource": resource })
        })
        .collect();
    let roles: Vec<Value> = ROLES
        .iter()
        .map(|role| json!({ "name": role, "permissions": permissions_of(role), "own": own_of(role), "assigns": assigns_of(role) }))
        .collect();
    let field = |name: &str, ty: Value, optional: bool| json!({ "name": name, "ty": ty, "optional": optional, "unique": false, "default": null, "search": name == "name", "permission": null });
    let guarded = |name: &str, ty: Value| json!({ "name": name, "ty": ty, "optional": true, "unique": false, "default": null, "search": name == "memo", "permission": "products:read_cost" });
    json!({ "app": "Toy", "routes": routes, "roles": roles, "resources": [
        { "name": "categories", "actions": [], "fields": [field("name", json!({ "type": "string", "min": 0, "max": 60, "pattern": null }), false)] },
        { "name": "products", "actions": [{ "name": "publish", "label": null }], "fields": [
            field("name", json!({ "type": "string", "min": 0, "max": 200, "pattern": null }), false),
            field("price", json!({ "type": "decimal", "precision": 8, "scale": 2, "min": "0", "max": null }), false),
            field("category_id", json!({ "type": "reference", "to": "categories", "on_delete": "set_null" }), true),
            guarded("cost", json!({ "type": "decimal", "precision": 8, "scale": 2, "min": "0", "max": null })),
            guarded("memo", json!({ "type": "string", "min": 0, "max": 200, "pattern": null })),
        ] },
    ] })
}

/// The fields of a resource.
pub fn fields_of(resource: &str) -> &'static [&'static str] {
    match resource {
        "categories" => &["name"],
        _ => &["name", "price", "category_id", "cost", "memo"],
    }
}

/// The fields that need `products:read_cost`.
pub const GUARDED: [&str; 2] = ["cost", "memo"];

/// The answer of `seed-demo --format json`, which is also the application's only source of users.
pub fn seed_json() -> Value {
    let mut users = Vec::new();
    let mut user =
        |email: &str, tenant: Option<&str>, role: &str, suspended: &str, platform: Option<&str>| {
            let status = |of: &str| {
                if suspended == of {
                    "suspended"
                } else {
                    "active"
                }
            };
            let roles: Vec<&str> = [role].into_iter().filter(|role| !role.is_empty()).collect();
            users.push(
            json!({ "email": email, "tenant": tenant, "roles": roles, "user_status": status("user"),
            "membership_status": tenant.map(|_| status("membership")), "platform_role": platform }),
        );
        };
    for tenant in ["acme", "globex"] {
        for role in ROLES {
            user(
                &format!("{role}@{tenant}.example"),
                Some(tenant),
                role,
                "",
                None,
            );
        }
    }
    user("owner@initech.example", Some("initech"), "owner", "", None);
    user(
        "suspended-member@acme.example",
        Some("acme"),
        "owner",
        "membership",
        None,
    );
    user(
        "suspended-user@acme.example",
        Some("acme"),
        "owner",
        "user",
        None,
    );
    user("no-roles@acme.example", Some("acme"), "", "", None);
    user("outsider@example.com", None, "", "", None);
    user("both@example.com", Some("acme"), "owner", "", None);
    user("both@example.com", Some("globex"), "viewer", "", None);
    user("root@platform.example", None, "", "", Some("super_admin"));
    let tenant = |slug: &str, status: &str| json!({ "slug": slug, "name": slug, "status": status });
    json!({ "password": PASSWORD, "users": users,
        "tenants": [tenant("acme", "active"), tenant("globex", "active"), tenant("initech", "suspended")] })
}

pub struct Session {
    pub user: String,
    /// The tenant at whose host it began.
    pub tenant: Option<String>,
    pub cookie: bool,
    pub revoked: bool,
}

pub struct Record {
    pub tenant: String,
    pub resource: String,
    pub id: String,
    pub version: u64,
    pub created_by: String,
    pub fields: Map<String, Value>,
}

impl Record {
    /// The record as somebody sees it for whom the fields of `hidden` are not there.
    pub fn json(&self, hidden: &[&str]) -> Value {
        let mut body = Value::Object(self.fields.clone());
        for name in fields_of(&self.resource) {
            if body.get(name).is_none() {
                body[name] = Value::Null;
            }
        }
        body["id"] = json!(self.id);
        body["version"] = json!(self.version);
        body["created_by"] = json!(self.created_by);
        if let Some(members) = body.as_object_mut() {
            members.retain(|name, _| !hidden.contains(&name.as_str()));
        }
        body
    }
}

pub struct World {
    pub users: Vec<Value>,
    pub tenants: Vec<Value>,
    pub sessions: BTreeMap<String, Session>,
    /// Refresh token to session, and whether it was used.
    pub refresh: BTreeMap<String, (String, bool)>,
    pub records: Vec<Record>,
    pub roles: Vec<Role>,
    pub invitations: Vec<Invitation>,
    pub own_fields: Vec<OwnField>,
}

impl World {
    pub fn new() -> Self {
        let seed = seed_json();
        let list = |name: &str| seed[name].as_array().unwrap().clone();
        let mut world = Self {
            users: list("users"),
            tenants: list("tenants"),
            sessions: BTreeMap::new(),
            refresh: BTreeMap::new(),
            records: Vec::new(),
            roles: Vec::new(),
            invitations: Vec::new(),
            own_fields: Vec::new(),
        };
        for entry in &mut world.users {
            entry["id"] = json!(uuid::Uuid::now_v7().to_string());
        }
        for tenant in ["acme", "globex", "initech"] {
            world.insert(
                tenant,
                "categories",
                "",
                json!({ "name": format!("of {tenant}") })
                    .as_object()
                    .unwrap()
                    .clone(),
            );
        }
        world
    }

    pub fn insert(
        &mut self,
        tenant: &str,
        resource: &str,
        created_by: &str,
        fields: Map<String, Value>,
    ) -> &mut Record {
        let id = uuid::Uuid::now_v7().to_string();
        self.records.push(Record {
            tenant: tenant.to_owned(),
            resource: resource.to_owned(),
            id,
            version: 1,
            created_by: created_by.to_owned(),
            fields,
        });
        self.records.last_mut().unwrap()
    }

    pub fn memberships(&self, email: &str) -> Vec<&Value> {
        self.users
            .iter()
            .filter(|user| user["email"] == email && user["tenant"].is_string())
            .collect()
    }
}
