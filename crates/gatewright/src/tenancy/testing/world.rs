//! An application with accounts and tenants, asked over HTTP.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::super::onboarding::NewTenant;
use crate::authn::testing::App;
use crate::authn::{self, Email, NewPassword, Owner, Password, Registration};
use crate::authz::permissions::{describe, invitations, members, roles, tenant};
use crate::http::{Api, wrap};
use crate::model::{AuthPolicy, Limits, Model, PermissionDef, RoleDef, Signup};
use crate::platform;
use crate::store::testing::Server;
use crate::store::{FieldValue, Mode, Scope, Value};
use crate::tenancy;

pub(crate) const PASSWORD: &str = "correct horse battery";

static PERMISSIONS: [PermissionDef; 14] = [
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
];

const INVITING: &[&str] = &[
    "tenant:read",
    "members:read",
    "invitations:read",
    "invitations:create",
    "invitations:revoke",
    "roles:assign",
];

static ROLES: [RoleDef; 5] = [
    RoleDef {
        name: "owner",
        permissions: &[
            "tenant:read",
            "tenant:update",
            "tenant:suspend",
            "members:read",
            "members:update",
            "invitations:read",
            "invitations:create",
            "invitations:revoke",
            "roles:assign",
        ],
        assigns: &["owner", "admin", "lead", "clerk", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "admin",
        permissions: INVITING,
        assigns: &["admin", "lead", "clerk", "viewer"],
        ..RoleDef::DEFAULT
    },
    // Invites viewers alone.
    RoleDef {
        name: "lead",
        permissions: INVITING,
        assigns: &["viewer"],
        ..RoleDef::DEFAULT
    },
    // May invite, but give no role.
    RoleDef {
        name: "clerk",
        permissions: &["tenant:read", "invitations:read", "invitations:create"],
        assigns: &["viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "viewer",
        permissions: &["tenant:read"],
        assigns: &[],
        ..RoleDef::DEFAULT
    },
];

pub(crate) static OPEN: Model = model(Signup::Open);
/// Where an account is made once its address is verified.
pub(crate) static VERIFYING: Model = Model {
    auth: AuthPolicy {
        require_verified_email: true,
        ..model(Signup::Open).auth
    },
    ..model(Signup::Open)
};
pub(crate) static INVITE_ONLY: Model = model(Signup::InviteOnly);
pub(crate) static CLOSED: Model = model(Signup::Closed);

pub(crate) const fn model(signup: Signup) -> Model {
    Model {
        app: "Storefront",
        auth: AuthPolicy {
            signup,
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
        resources: &[],
    }
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite,
    Postgres,
}

/// A running application.
pub(crate) struct World {
    pub(crate) app: App,
    routes: Router,
    password_hash: String,
    /// The tenants by slug.
    tenants: std::sync::Mutex<Vec<(String, Uuid)>>,
    _server: Option<Server>,
}

impl World {
    pub(crate) async fn start(place: Place, model: &'static Model) -> Self {
        Self::with(place, model, |_| {}).await
    }

    /// One with `more` routes.
    pub(crate) async fn with(place: Place, model: &'static Model, more: fn(&mut Api)) -> Self {
        Self::with_settings(place, model, more, &[]).await
    }

    /// One with settings of its own besides.
    pub(crate) async fn with_settings(
        place: Place,
        model: &'static Model,
        more: fn(&mut Api),
        own: &[(&str, &str)],
    ) -> Self {
        let (app, server) = match place {
            Place::Sqlite => (App::of_with(model, "", own).await, None),
            Place::Postgres => {
                let server = Server::new().await;
                let app = App::of_on_postgres_with(model, "", &server, own).await;
                // As `migrate` would.
                let grants = "GRANT USAGE ON SCHEMA public TO gatewright_platform;
                    GRANT SELECT ON tenants, user_tenants, audit_log TO gatewright_platform";
                server.as_owner(grants).await;
                (app, Some(server))
            }
        };
        let mut api = Api::default();
        authn::register(&mut api);
        tenancy::register(&mut api);
        platform::register(&mut api);
        more(&mut api);
        let public: Vec<String> = api
            .routes()
            .filter(|route| route.access == crate::Access::Public)
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        let routes = api.build(model, &public.join("\n"));
        let routes = routes.unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
        let password = NewPassword::parse(Password::new(PASSWORD), &Owner::default()).unwrap();
        Self {
            routes: wrap(routes.router, &app.runtime),
            password_hash: app.runtime.passwords.hash(password).await.unwrap(),
            tenants: std::sync::Mutex::default(),
            app,
            _server: server,
        }
    }

    /// A router that shares everything with the world, for tasks of their own.
    pub(crate) fn router(&self) -> Router {
        self.routes.clone()
    }

    /// An account, with a tenant that it owns if there is a slug. Answers its id.
    pub(crate) async fn account(&self, email: &str, slug: Option<&str>) -> Uuid {
        let registration = Registration {
            email: Email::parse(email).unwrap(),
            name: email.split('@').next().unwrap().to_owned(),
            password_hash: None,
            tenant: slug.map(|slug| NewTenant {
                name: slug.to_uppercase(),
                slug: slug.to_owned(),
            }),
            platform_role: None,
            verified: true,
        };
        let runtime = &self.app.runtime;
        let database = &runtime.database;
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
        let hash = Some(self.password_hash.as_str());
        let user =
            authn::create_account(&mut transaction, runtime.model, &registration, hash, None)
                .await
                .unwrap();
        transaction.commit().await.unwrap();
        if let Some(slug) = slug {
            let sql = "SELECT id FROM tenants WHERE slug = $1";
            let id = self.app.column(sql, &[slug.to_owned().into_value()]).await;
            let mut tenants = self.tenants.lock().unwrap();
            tenants.push((slug.to_owned(), *id.first().unwrap()));
        }
        user.id
    }

    pub(crate) fn tenant(&self, slug: &str) -> Uuid {
        let tenants = self.tenants.lock().unwrap();
        tenants.iter().find(|(known, _)| known == slug).unwrap().1
    }

    /// A bearer token.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD, "transport": "bearer" });
        let (status, answer) = self.send("POST", "", "/auth/login", None, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// An account that is a member of a tenant with these roles. Answers its token.
    pub(crate) async fn member(&self, slug: &str, email: &str, roles: &[&str]) -> String {
        let user = self.account(email, None).await;
        let tenant = self.tenant(slug).into_value();
        let sql = "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) \
                   SELECT id, $2, $3, created_at FROM tenants WHERE id = $1";
        let args = [tenant, Uuid::now_v7().into_value(), user.into_value()];
        self.write(slug, sql, &args).await;
        self.give(slug, email, roles).await;
        self.sign_in(email).await
    }

    /// An account with a platform role. Answers its token.
    pub(crate) async fn staff(&self, email: &str, role: &str) -> String {
        let user = self.account(email, None).await;
        let sql = "INSERT INTO platform_roles (user_id, role, created_at) SELECT id, $2, created_at FROM users WHERE id = $1";
        let args = [user.into_value(), role.to_owned().into_value()];
        self.app.write(sql, &args).await;
        self.sign_in(email).await
    }

    /// Gives a member exactly these roles.
    pub(crate) async fn give(&self, slug: &str, email: &str, roles: &[&str]) {
        let tenant = self.tenant(slug).into_value();
        let email = email.to_owned().into_value();
        let sql = "DELETE FROM user_tenant_roles WHERE tenant_id = $1 \
                   AND user_id = (SELECT id FROM users WHERE email = $2)";
        self.write(slug, sql, &[tenant.clone(), email.clone()])
            .await;
        for role in roles {
            let role = (*role).to_owned().into_value();
            let sql = "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) \
                       SELECT r.tenant_id, u.id, r.id, r.created_at FROM roles r, users u \
                       WHERE r.tenant_id = $1 AND u.email = $2 AND r.name = $3";
            let args = [tenant.clone(), email.clone(), role];
            self.write(slug, sql, &args).await;
        }
    }

    /// Runs a statement in a tenant. `$1` is its id.
    pub(crate) async fn write(&self, slug: &str, sql: &str, args: &[Value]) {
        let scope = Scope::Tenant(self.tenant(slug));
        let database = &self.app.runtime.database;
        let mut transaction = database.begin(scope, Mode::Write).await.unwrap();
        transaction.run(sql, args).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// The first column of every row of a tenant's. `$1` is its id.
    pub(crate) async fn column<T: FieldValue>(&self, slug: &str, sql: &str) -> Vec<T> {
        let id = self.tenant(slug);
        let args = [id.into_value()];
        self.app.column_in(Scope::Tenant(id), sql, &args).await
    }

    /// Asks at a tenant's host, or at the base host of slug ``.
    pub(crate) async fn send(
        &self,
        method: &str,
        slug: &str,
        path: &str,
        token: Option<&str>,
        body: Option<Json>,
    ) -> (StatusCode, Json) {
        let request = request(method, slug, path, token, body);
        read(self.routes.clone().oneshot(request).await.unwrap()).await
    }

    /// Sends a request as it is.
    pub(crate) async fn raw(&self, request: Request) -> Response {
        self.routes.clone().oneshot(request).await.unwrap()
    }

    /// Who belongs to a tenant: `address: role role`, in order.
    pub(crate) async fn members(&self, slug: &str) -> Vec<String> {
        let sql = "SELECT u.email || ': ' || COALESCE(r.name, '') \
             FROM user_tenants m JOIN users u ON u.id = m.user_id \
             LEFT JOIN user_tenant_roles a ON a.tenant_id = m.tenant_id AND a.user_id = m.user_id \
             LEFT JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             WHERE m.tenant_id = $1 ORDER BY 1";
        self.column(slug, sql).await
    }
}

pub(crate) fn request(
    method: &str,
    slug: &str,
    path: &str,
    token: Option<&str>,
    body: Option<Json>,
) -> Request {
    let host = match slug {
        "" => "localhost".to_owned(),
        slug => format!("{slug}.localhost"),
    };
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, host);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = match body {
        None => Body::empty(),
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
    };
    request.body(body).unwrap()
}

/// An answer's status and JSON; null for none.
pub(crate) async fn read(answer: Response) -> (StatusCode, Json) {
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
}

/// Runs each test on both databases, with threads enough that requests at once meet.
macro_rules! on_both {
    ($($test:ident: $on_sqlite:ident, $on_postgres:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $on_sqlite() {
                $test($crate::tenancy::testing::world::Place::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $on_postgres() {
                $test($crate::tenancy::testing::world::Place::Postgres).await;
            }
        )+
    };
}
pub(crate) use on_both;
