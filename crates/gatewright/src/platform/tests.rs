//! The platform's endpoints and its staff in tenants, over HTTP, on both databases.

mod audit_log;
mod entering;
mod lists;
mod support;
mod suspending;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::audit;
use crate::authz::permissions::{audit as log, describe, invitations, members, roles, tenant};
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Model, PermissionDef, ResourceDef, RoleDef,
    Signup,
};
use crate::store::FieldValue;
use crate::tenancy::testing::world::{Place, World};

static PERMISSIONS: [PermissionDef; 18] = [
    describe::<tenant::Read>(),
    describe::<tenant::Update>(),
    describe::<tenant::Suspend>(),
    describe::<members::Read>(),
    describe::<members::Update>(),
    describe::<members::Remove>(),
    describe::<invitations::Read>(),
    describe::<invitations::Create>(),
    describe::<invitations::Revoke>(),
    describe::<roles::Read>(),
    describe::<roles::Create>(),
    describe::<roles::Update>(),
    describe::<roles::Delete>(),
    describe::<roles::Assign>(),
    describe::<log::Read>(),
    of_orders("orders:read", Kind::Read),
    of_orders("orders:update", Kind::Update),
    of_orders("orders:read_cost", Kind::Field),
];

const fn of_orders(slug: &'static str, kind: Kind) -> PermissionDef {
    PermissionDef {
        slug,
        resource: "orders",
        kind,
        ..PermissionDef::DEFAULT
    }
}

const EVERYTHING: [&str; 18] = {
    let mut all = [""; 18];
    let mut at = 0;
    while at < all.len() {
        all[at] = PERMISSIONS[at].slug;
        at += 1;
    }
    all
};

static ROLES: [RoleDef; 2] = [
    RoleDef {
        name: "owner",
        permissions: &EVERYTHING,
        assigns: &["owner", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "viewer",
        permissions: &["tenant:read"],
        ..RoleDef::DEFAULT
    },
];

/// Orders have a number for everybody, and a cost for whoever may see it.
static ORDERS: ResourceDef = ResourceDef {
    name: "orders",
    fields: &[
        FieldDef {
            name: "number",
            ty: FieldType::Boolean,
            ..FieldDef::DEFAULT
        },
        FieldDef {
            name: "cost",
            ty: FieldType::Boolean,
            permission: Some("orders:read_cost"),
            ..FieldDef::DEFAULT
        },
    ],
    ..ResourceDef::DEFAULT
};

static MODEL: Model = Model {
    app: "Storefront",
    auth: AuthPolicy {
        signup: Signup::Open,
        require_verified_email: false,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
    },
    row_level_security: true,
    limits: Limits::NONE,
    permissions: &PERMISSIONS,
    roles: &ROLES,
    resources: &[&ORDERS],
};

const WHY: &str = "Ticket 4711: the export is empty.";

/// `acme` of Ada and `globex` of Gus.
async fn world(place: Place) -> World {
    let world = World::with(place, &MODEL, audit::register).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("gus@example.com", Some("globex")).await;
    world
}

impl World {
    /// Enters a tenant, for half an hour.
    async fn enter(&self, token: &str, slug: &str) -> Json {
        let path = self.door(slug);
        let body = json!({ "reason": WHY });
        let (status, entry) = self.send("POST", "", &path, Some(token), Some(body)).await;
        assert_eq!(status, 201, "{entry}");
        entry
    }

    fn door(&self, slug: &str) -> String {
        format!("/platform/tenants/{}/enter", self.tenant(slug))
    }

    /// Status and, of a refusal, what it says.
    async fn brief(
        &self,
        token: &str,
        (method, slug, path): (&str, &str, &str),
        body: Json,
    ) -> String {
        let body = (!body.is_null()).then_some(body);
        let (status, seen) = self.send(method, slug, path, Some(token), body).await;
        let error = &seen["errors"][0];
        let parts = [
            seen["code"].as_str(),
            seen["permission"].as_str(),
            error["field"].as_str(),
            error["code"].as_str(),
        ];
        let parts = parts.into_iter().flatten().map(|part| format!(" {part}"));
        format!("{}{}", status.as_u16(), parts.collect::<String>())
    }

    async fn user_id(&self, email: &str) -> Uuid {
        let sql = "SELECT id FROM users WHERE email = $1";
        let args = [email.to_owned().into_value()];
        self.app.column(sql, &args).await.remove(0)
    }

    /// The platform's log without what accounts do: `action target reason`, oldest first.
    async fn platform_log(&self) -> Vec<String> {
        let sql = "SELECT action || ' ' || COALESCE(target, '-') || ' ' || COALESCE(reason, '-') \
                   FROM platform_audit_log WHERE action LIKE 'platform.%' ORDER BY id";
        self.app.column(sql, &[]).await
    }

    /// What staff did in a tenant by its log, oldest first: `action actor`.
    async fn staff_log(&self, slug: &str) -> Vec<String> {
        let sql = "SELECT a.action || ' ' || u.email FROM audit_log a JOIN users u ON u.id = a.actor_id \
                   WHERE a.tenant_id = $1 AND a.actor_kind = 'platform' ORDER BY a.id";
        self.column(slug, sql).await
    }

    async fn role_of(&self, email: &str, role: Option<&str>) {
        let email = email.to_owned().into_value();
        let sql =
            "DELETE FROM platform_roles WHERE user_id = (SELECT id FROM users WHERE email = $1)";
        self.app.write(sql, std::slice::from_ref(&email)).await;
        if let Some(role) = role {
            let sql = "INSERT INTO platform_roles (user_id, role, created_at) SELECT id, $2, created_at FROM users WHERE email = $1";
            let args = [email, role.to_owned().into_value()];
            self.app.write(sql, &args).await;
        }
    }
}
