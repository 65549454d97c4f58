//! A running application on a database of its own, and requests to it.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use uuid::Uuid;

use crate::config::Settings;
use crate::http::{Context, Host, Inner, Origin};
use crate::model::{AuthPolicy, Kind, Limits, Model, PermissionDef, RoleDef, Signup};
use crate::runtime::Runtime;
use crate::store::testing::Server;
use crate::store::{FieldValue, Mode, Scope, Value};

/// The tables of a generated application; its resources go unused here.
const SQLITE_TABLES: &str =
    include_str!("../../../../testdata/valid/minimal/expected/migrations/sqlite/0001_init.sql");
const POSTGRES_TABLES: &str =
    include_str!("../../../../testdata/valid/minimal/expected/migrations/postgres/0001_init.sql");

const PERMISSIONS: [PermissionDef; 2] = [
    PermissionDef {
        slug: "members:read",
        resource: "members",
        kind: Kind::Read,
        ..PermissionDef::DEFAULT
    },
    PermissionDef {
        slug: "tenant:read",
        resource: "tenant",
        kind: Kind::Read,
        ..PermissionDef::DEFAULT
    },
];

static ROLES: [RoleDef; 2] = [
    RoleDef {
        name: "owner",
        permissions: &["members:read", "tenant:read"],
        assigns: &["owner", "viewer"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "viewer",
        permissions: &[],
        assigns: &[],
        ..RoleDef::DEFAULT
    },
];

static VERIFYING: Model = model(true);
static AT_ONCE: Model = model(false);

const fn model(require_verified_email: bool) -> Model {
    Model {
        app: "Storefront",
        auth: AuthPolicy {
            signup: Signup::Open,
            require_verified_email,
            access_token_ttl: 600,
            refresh_token_ttl: 3_600,
            session_idle_ttl: 3_600,
            passwords: true,
            providers: &[],
        },
        row_level_security: false,
        limits: Limits::NONE,
        permissions: &PERMISSIONS,
        roles: &ROLES,
        resources: &[],
    }
}

fn directory() -> PathBuf {
    let directory = std::env::temp_dir().join(format!("gatewright-authn-{}", Uuid::new_v4()));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// The application; its files go with it.
pub(crate) struct App {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) directory: PathBuf,
}

impl App {
    pub(crate) async fn verifying() -> Self {
        Self::start(&VERIFYING, &[]).await
    }

    /// With settings of its own.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::start(&VERIFYING, settings).await
    }

    pub(crate) async fn at_once() -> Self {
        Self::start(&AT_ONCE, &[]).await
    }

    /// Of another model, whose tables `more` makes.
    pub(crate) async fn of(model: &'static Model, more: &str) -> Self {
        Self::of_with(model, more, &[]).await
    }

    /// The same with settings of its own.
    pub(crate) async fn of_with(model: &'static Model, more: &str, own: &[(&str, &str)]) -> Self {
        let app = Self::start(model, own).await;
        let file = app.directory.join("app.db");
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.execute_batch(more).unwrap();
        app
    }

    async fn start(model: &'static Model, own: &[(&str, &str)]) -> Self {
        let directory = directory();
        let file = directory.join("app.db");
        rusqlite::Connection::open(&file)
            .unwrap()
            .execute_batch(SQLITE_TABLES)
            .unwrap();
        Self::connect(
            model,
            &format!("sqlite://{}", file.display()),
            directory,
            own,
        )
        .await
    }

    /// On a database of its own in the test server.
    pub(crate) async fn on_postgres(server: &Server) -> Self {
        Self::of_on_postgres(&VERIFYING, "", server).await
    }

    /// Of another model, whose tables `more` makes, on a database of its own in the test server.
    pub(crate) async fn of_on_postgres(model: &'static Model, more: &str, server: &Server) -> Self {
        Self::of_on_postgres_with(model, more, server, &[]).await
    }

    /// The same with settings of its own.
    pub(crate) async fn of_on_postgres_with(
        model: &'static Model,
        more: &str,
        server: &Server,
        own: &[(&str, &str)],
    ) -> Self {
        server.as_owner(&format!("{POSTGRES_TABLES} {more}")).await;
        server.grant_to_app("ALL TABLES IN SCHEMA public").await;
        let platforms = "GRANT SELECT ON tenants, user_tenants TO gatewright_platform;
            GRANT SELECT (tenant_id, id, kind, due_at, done_at, failed_at) ON outbox TO gatewright_platform";
        server.as_owner(platforms).await;
        Self::connect(model, &server.app_url(), directory(), own).await
    }

    async fn connect(
        model: &'static Model,
        database: &str,
        directory: PathBuf,
        own: &[(&str, &str)],
    ) -> Self {
        let owned = |name: &str| {
            let own = own.iter().find(|(known, _)| *known == name);
            own.map(|(_, value)| (*value).to_owned())
        };
        let get = |name: &str| match name {
            _ if owned(name).is_some() => owned(name),
            "APP_ENV" => Some("development".to_owned()),
            "DATABASE_URL" => Some(database.to_owned()),
            "MAIL_URL" => Some(format!("file:{}", directory.join("mail").display())),
            "SECRET_KEY" => Some("0123456789abcdefghijklmnopqrstuvwxyz".to_owned()),
            _ => None,
        };
        let settings = Settings::read(&get, &model.auth).unwrap();
        let runtime = Runtime::start(model, settings).await.unwrap();
        runtime
            .access_tokens
            .start(&runtime.database)
            .await
            .unwrap();
        Self {
            runtime: Arc::new(runtime),
            directory,
        }
    }

    /// A request from a page of the application's own, at `BASE_URL`.
    pub(crate) fn request(&self) -> Context {
        self.request_to(Host::Base, Origin::Same)
    }

    pub(crate) fn request_to(&self, host: Host, origin: Origin) -> Context {
        Context::new(Inner {
            runtime: Arc::clone(&self.runtime),
            request_id: Uuid::now_v7(),
            host,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: None,
            origin,
        })
    }

    /// The first column of every row; of no tenant's.
    pub(crate) async fn column<T: FieldValue>(&self, sql: &str, args: &[Value]) -> Vec<T> {
        self.column_in(Scope::Accounts, sql, args).await
    }

    pub(crate) async fn column_in<T: FieldValue>(
        &self,
        scope: Scope,
        sql: &str,
        args: &[Value],
    ) -> Vec<T> {
        let mut transaction = self
            .runtime
            .database
            .begin(scope, Mode::Read)
            .await
            .unwrap();
        let rows = transaction.run(sql, args).await.unwrap();
        rows.into_iter()
            .map(|mut row| row.next().unwrap())
            .collect()
    }

    pub(crate) async fn write(&self, sql: &str, args: &[Value]) {
        let mut transaction = self
            .runtime
            .database
            .begin(Scope::Accounts, Mode::Write)
            .await
            .unwrap();
        transaction.run(sql, args).await.unwrap();
        transaction.commit().await.unwrap();
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.column(&format!("SELECT COUNT(*) FROM {table}"), &[])
            .await
            .remove(0)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
