//! Two tenants with members of every kind on each database, and requests to the routes of tenants.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::header;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::super::onboarding::{NewTenant, create_tenant};
use super::super::{members, roles};
use crate::audit::{self, Author};
use crate::authn::testing::App;
use crate::clock;
use crate::http::{Api, wrap};
use crate::model::{AuthPolicy, Kind, Limits, Model, PermissionDef, ResourceDef, RoleDef, Signup};
use crate::store::testing::Server;
use crate::store::{FieldValue, Mode, Scope, Value};

const fn permission(slug: &'static str, resource: &'static str, kind: Kind) -> PermissionDef {
    PermissionDef {
        slug,
        resource,
        kind,
        ..PermissionDef::DEFAULT
    }
}

pub(crate) const PERMISSIONS: [PermissionDef; 19] = [
    permission("tenant:read", "tenant", Kind::Read),
    permission("members:read", "members", Kind::Read),
    permission("members:update", "members", Kind::Update),
    permission("members:remove", "members", Kind::Delete),
    permission("roles:read", "roles", Kind::Read),
    permission("roles:create", "roles", Kind::Create),
    permission("roles:update", "roles", Kind::Update),
    permission("roles:delete", "roles", Kind::Delete),
    permission("roles:assign", "roles", Kind::Update),
    permission("audit:read", "audit", Kind::Read),
    permission("orders:read", "orders", Kind::Read),
    permission("orders:create", "orders", Kind::Create),
    permission("orders:update", "orders", Kind::Update),
    permission("orders:delete", "orders", Kind::Delete),
    permission("orders:ship", "orders", Kind::Action),
    permission("orders:read_cost", "orders", Kind::Field),
    permission("refunds:read", "refunds", Kind::Read),
    permission("refunds:create", "refunds", Kind::Create),
    permission("refunds:delete", "refunds", Kind::Delete),
];

const EVERYTHING: [&str; 19] = {
    let mut all = [""; 19];
    let mut at = 0;
    while at < all.len() {
        all[at] = PERMISSIONS[at].slug;
        at += 1;
    }
    all
};

/// What an admin holds: all but what has to do with refunds, and the log.
const ADMINS: &[&str] = &[
    "tenant:read",
    "members:read",
    "members:update",
    "members:remove",
    "roles:read",
    "roles:create",
    "roles:update",
    "roles:delete",
    "roles:assign",
    "orders:read",
    "orders:create",
    "orders:update",
    "orders:ship",
];

static ROLES: [RoleDef; 5] = [
    RoleDef {
        name: "owner",
        permissions: &EVERYTHING,
        assigns: &["owner", "admin", "editor", "auditor", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "admin",
        permissions: ADMINS,
        assigns: &["admin", "editor", "viewer"],
        ..RoleDef::DEFAULT
    },
    EDITOR,
    AUDITOR,
    VIEWER,
];

const EDITOR: RoleDef = RoleDef {
    name: "editor",
    permissions: &["orders:read", "orders:create"],
    own: &["orders:update"],
    assigns: &[],
    ceiling: Some(&[
        "orders:read",
        "orders:create",
        "orders:update",
        "orders:ship",
        "refunds:read",
        "refunds:create",
    ]),
};

/// Holds what no admin holds.
const AUDITOR: RoleDef = RoleDef {
    name: "auditor",
    permissions: &[
        "audit:read",
        "refunds:read",
        "members:update",
        "roles:update",
    ],
    ..RoleDef::DEFAULT
};

const VIEWER: RoleDef = RoleDef {
    name: "viewer",
    permissions: &["orders:read"],
    ..RoleDef::DEFAULT
};

static RESOURCES: [&ResourceDef; 2] = [&ORDERS, &REFUNDS];
static ORDERS: ResourceDef = ResourceDef {
    name: "orders",
    ..ResourceDef::DEFAULT
};
static REFUNDS: ResourceDef = ResourceDef {
    name: "refunds",
    ..ResourceDef::DEFAULT
};

pub(crate) static MODEL: Model = model(&ROLES);

/// The same with an editor whose ceiling was lowered, and without the template `auditor`.
static LATER: Model = model(&[
    RoleDef {
        name: "owner",
        permissions: &EVERYTHING,
        assigns: &["owner", "admin", "editor", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "admin",
        permissions: ADMINS,
        assigns: &["admin", "editor", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        ceiling: Some(&["orders:read", "orders:create", "orders:update"]),
        ..EDITOR
    },
    VIEWER,
]);

const fn model(roles: &'static [RoleDef]) -> Model {
    Model {
        app: "Storefront",
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
        permissions: &PERMISSIONS,
        roles,
        resources: &RESOURCES,
    }
}

/// An application with the tenants `acme` and `globex`, each owned by a user of its own.
pub(crate) struct Stage {
    pub(crate) app: App,
    routes: Router,
    server: Option<Server>,
    pub(crate) acme: Uuid,
    pub(crate) globex: Uuid,
    /// The owners, by tenant.
    pub(crate) ada: Person,
    pub(crate) gus: Person,
}

/// Somebody with an account and a session.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) user_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) token: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Json,
    pub(crate) etag: Option<String>,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Status, code and what else tells one refusal from another.
    pub(crate) fn brief(&self) -> String {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let errors = errors.iter().map(|error| {
            let part = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
            format!(" {}={}", part("field"), part("code"))
        });
        let slug = self.body["permission"].as_str();
        let slug = slug.map_or_else(String::new, |slug| format!(" {slug}"));
        let errors: String = errors.collect();
        format!("{} {}{slug}{errors}", self.status, self.code())
            .trim_end()
            .to_owned()
    }
}

impl Stage {
    /// One on each database.
    pub(crate) async fn both() -> [Self; 2] {
        let server = Server::new().await;
        let postgres = App::of_on_postgres(&MODEL, "", &server).await;
        let sqlite = App::of(&MODEL, "").await;
        [
            Self::set(sqlite, None).await,
            Self::set(postgres, Some(server)).await,
        ]
    }

    async fn set(app: App, server: Option<Server>) -> Self {
        let routes = routes(&app);
        let ada = person(&app, "ada@example.com").await;
        let gus = person(&app, "gus@example.com").await;
        // The other tenant's rows come first wherever nothing says otherwise.
        let globex = tenant(&app, "globex", gus.user_id).await;
        let acme = tenant(&app, "acme", ada.user_id).await;
        Self {
            app,
            routes,
            server,
            acme,
            globex,
            ada,
            gus,
        }
    }

    /// The same database under the later schema.
    pub(crate) async fn upgraded(mut self) -> Self {
        let settings = self.app.runtime.settings.clone();
        let runtime = crate::runtime::Runtime::start(&LATER, settings).await;
        self.app.runtime = Arc::new(runtime.unwrap());
        self.routes = routes(&self.app);
        self
    }

    /// A new account with a bearer session, in no tenant.
    pub(crate) async fn account(&self, email: &str) -> Person {
        person(&self.app, email).await
    }

    /// Takes the wall below the statements away, where there is one.
    pub(crate) async fn without_row_level_security(&self) {
        if let Some(server) = &self.server {
            let each = "DO $$ DECLARE name text; BEGIN
                FOR name IN SELECT relname FROM pg_class WHERE relrowsecurity LOOP
                    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', name);
                    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', name);
                END LOOP; END $$";
            server.as_owner(each).await;
        }
    }

    /// A new account that is a member of `tenant` with these roles.
    pub(crate) async fn join(&self, tenant: Uuid, email: &str, roles: &[&str]) -> Person {
        let person = person(&self.app, email).await;
        self.add(tenant, &person, roles).await;
        person
    }

    /// Makes somebody a member, and gives them these roles.
    pub(crate) async fn add(&self, tenant: Uuid, person: &Person, roles: &[&str]) {
        self.run(
            tenant,
            "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) VALUES ($1, $2, $3, $4)",
            &[
                Uuid::now_v7().into_value(),
                person.user_id.into_value(),
                clock::now().into_value(),
            ],
        )
        .await;
        for role in roles {
            self.give(tenant, person, role).await;
        }
    }

    pub(crate) async fn give(&self, tenant: Uuid, person: &Person, role: &str) {
        self.run(
            tenant,
            "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) \
             SELECT tenant_id, $2, id, created_at FROM roles WHERE tenant_id = $1 AND name = $3",
            &[person.user_id.into_value(), (*role).to_owned().into_value()],
        )
        .await;
    }

    /// Runs a statement in a tenant, whose id is `$1`.
    pub(crate) async fn run(&self, tenant: Uuid, sql: &str, args: &[Value]) {
        let database = &self.app.runtime.database;
        let begun = database.begin(Scope::Tenant(tenant), Mode::Write).await;
        let mut transaction = begun.unwrap();
        let args = [&[tenant.into_value()], args].concat();
        transaction.run(sql, &args).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// The first column of a query in a tenant, whose id is `$1`.
    pub(crate) async fn column<T: FieldValue>(
        &self,
        tenant: Uuid,
        sql: &str,
        args: &[Value],
    ) -> Vec<T> {
        let args = [&[tenant.into_value()], args].concat();
        self.app.column_in(Scope::Tenant(tenant), sql, &args).await
    }

    /// The id of somebody's membership.
    pub(crate) async fn membership(&self, tenant: Uuid, person: &Person) -> Uuid {
        let sql = "SELECT id FROM user_tenants WHERE tenant_id = $1 AND user_id = $2";
        let user = person.user_id.into_value();
        self.column(tenant, sql, &[user]).await.remove(0)
    }

    /// The id of a role.
    pub(crate) async fn role(&self, tenant: Uuid, name: &str) -> Uuid {
        let sql = "SELECT id FROM roles WHERE tenant_id = $1 AND name = $2";
        let name = name.to_owned().into_value();
        self.column(tenant, sql, &[name]).await.remove(0)
    }

    /// The actions of the tenant's log, oldest first.
    pub(crate) async fn log(&self, tenant: Uuid) -> Vec<String> {
        let sql = "SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id";
        self.column(tenant, sql, &[]).await
    }

    /// How many members could act as owners.
    pub(crate) async fn owners(&self, tenant: Uuid) -> usize {
        let sql = "SELECT m.id FROM user_tenants m \
             JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id \
             JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             JOIN users u ON u.id = m.user_id \
             WHERE m.tenant_id = $1 AND r.name = 'owner' AND m.status = 'active' AND u.status = 'active'";
        self.column::<Uuid>(tenant, sql, &[]).await.len()
    }

    /// A request of somebody to a tenant's host.
    pub(crate) async fn send(
        &self,
        person: &Person,
        tenant: &str,
        (method, path): (&str, &str),
        body: Option<Json>,
    ) -> Answer {
        self.send_if(person, tenant, (method, path), None, body)
            .await
    }

    pub(crate) async fn send_if(
        &self,
        person: &Person,
        tenant: &str,
        (method, path): (&str, &str),
        if_match: Option<&str>,
        body: Option<Json>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, format!("{tenant}.localhost"))
            .header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        if let Some(tag) = if_match {
            request = request.header(header::IF_MATCH, tag);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let etag = answer.headers().get(header::ETAG);
        let etag = etag.map(|tag| tag.to_str().unwrap().to_owned());
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        Answer { status, body, etag }
    }

    /// The same for Ada's tenant.
    pub(crate) async fn at_acme(&self, person: &Person, call: (&str, &str), body: Json) -> Answer {
        let body = (!body.is_null()).then_some(body);
        self.send(person, "acme", call, body).await
    }

    /// What somebody holds in Ada's tenant, as the gate sees it.
    pub(crate) async fn held(&self, person: &Person) -> Json {
        let answer = self
            .at_acme(person, ("GET", "/api/me/permissions"), Json::Null)
            .await;
        match answer.status {
            200 => answer.body["permissions"].clone(),
            _ => json!(answer.brief()),
        }
    }
}

fn routes(app: &App) -> Router {
    let mut api = Api::default();
    members::register(&mut api);
    roles::register(&mut api);
    audit::register(&mut api);
    let public: Vec<String> = api
        .routes()
        .filter(|route| route.access == crate::Access::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let routes = api.build(app.runtime.model, &public.join("\n")).unwrap();
    wrap(routes.router, &app.runtime)
}

/// A new account with a bearer session.
async fn person(app: &App, email: &str) -> Person {
    let (user_id, session_id) = (Uuid::now_v7(), Uuid::now_v7());
    let now = clock::now();
    app.write(
        "INSERT INTO users (id, email, email_normalized, name, created_at) \
         VALUES ($1, $2, $2, $2, $3)",
        &[
            user_id.into_value(),
            email.to_owned().into_value(),
            now.into_value(),
        ],
    )
    .await;
    app.write(
        "INSERT INTO sessions (id, user_id, transport, created_at, expires_at) VALUES ($1, $2, 'bearer', $3, $4)",
        &[
            session_id.into_value(),
            user_id.into_value(),
            now.into_value(),
            (now + std::time::Duration::from_secs(3_600)).into_value(),
        ],
    )
    .await;
    let token = app.runtime.access_tokens.issue(session_id, user_id);
    Person {
        user_id,
        session_id,
        token: token.unwrap(),
    }
}

async fn tenant(app: &App, slug: &str, owner: Uuid) -> Uuid {
    let runtime = &app.runtime;
    let begun = runtime.database.begin(Scope::Accounts, Mode::Write).await;
    let mut transaction = begun.unwrap();
    let new = NewTenant {
        name: slug.to_owned(),
        slug: slug.to_owned(),
    };
    let author = Author::user(owner, None);
    let id = create_tenant(&mut transaction, runtime.model, &new, owner, author).await;
    transaction.commit().await.unwrap();
    id.unwrap()
}
