//! Two tenants, their members, and jobs in them.

use std::sync::Arc;

use uuid::Uuid;

use crate::audit::{self, Action, Change};
use crate::authn::testing::App;
use crate::authn::{self, Email, Registration};
use crate::authz::permissions::{describe, members};
use crate::authz::{Access, Gate, Grant, Need, Needs};
use crate::error::Result;
use crate::jobs::{Cause, Jobs, Payload, Queue, TenantContext, job, worker};
use crate::model::{AuthPolicy, Limits, Model, PermissionDef, RoleDef, Signup};
use crate::store::testing::Server;
use crate::store::{CloseOnDrop, FieldValue, Mode, Scope, Value};
use crate::tenancy::onboarding::NewTenant;

static PERMISSIONS: [PermissionDef; 2] =
    [describe::<members::Read>(), describe::<members::Update>()];

static ROLES: [RoleDef; 3] = [
    RoleDef {
        name: "owner",
        permissions: &["members:read", "members:update"],
        assigns: &["owner", "viewer", "own"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "viewer",
        permissions: &["members:read"],
        ..RoleDef::DEFAULT
    },
    RoleDef {
        name: "own",
        permissions: &["members:read"],
        own: &["members:update"],
        ..RoleDef::DEFAULT
    },
];

pub(super) static MODEL: Model = Model {
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
    resources: &[],
};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Sqlite,
    Postgres,
}

pub(super) struct Stage {
    pub(super) app: App,
    pub(super) acme: Uuid,
    pub(super) ada: Uuid,
    pub(super) globex: Uuid,
    pub(super) gus: Uuid,
    _server: Option<Server>,
}

/// A handler that leaves a mark in the audit log: its effect.
pub(super) async fn tick(
    grant: Grant<members::Update>,
    Payload(word): Payload<String>,
) -> Result<()> {
    mark(&grant, &word).await
}

pub(super) async fn mark(grant: &Grant<members::Update>, word: &str) -> Result<()> {
    let mut changes = serde_json::Map::new();
    changes.insert("word".to_owned(), word.into());
    let change = Change {
        resource: "members",
        action: Action::Other("tick"),
        record_id: Uuid::now_v7(),
        changes,
    };
    let access = grant.access::<members::Update>();
    audit::record(access.unit(), change).await
}

impl Stage {
    /// With the job `tick`.
    pub(super) async fn start(place: Place) -> Self {
        Self::with(place, |jobs| jobs.on("tick", job(members::Update, tick))).await
    }

    pub(super) async fn with(place: Place, register: impl FnOnce(&mut Jobs)) -> Self {
        let (mut app, server) = match place {
            Place::Sqlite => (App::of(&MODEL, "").await, None),
            Place::Postgres => {
                let server = Server::new().await;
                let app = App::of_on_postgres(&MODEL, "", &server).await;
                (app, Some(server))
            }
        };
        let mut jobs = Jobs::default();
        register(&mut jobs);
        let registry = jobs.build(&MODEL).unwrap();
        Arc::get_mut(&mut app.runtime).unwrap().jobs = Queue::new(registry);
        let (acme, ada) = owner(&app, "acme", "ada@example.com").await;
        let (globex, gus) = owner(&app, "globex", "gus@example.com").await;
        Self {
            app,
            acme,
            ada,
            globex,
            gus,
            _server: server,
        }
    }

    /// A grant of somebody's, and the unit of work behind it, as a request would have them.
    pub(super) async fn grant<P: crate::Permission + Needs<Leads = (Grant<P>,)>>(
        &self,
        tenant_id: Uuid,
        user_id: Uuid,
    ) -> (Grant<P>, CloseOnDrop) {
        let gate = Gate::new(&MODEL, &P::need(Need::of(Access::Protect))).unwrap();
        let context = TenantContext::new(tenant_id, Cause::User(user_id));
        let admitted = gate.admit_job(&self.app.runtime, &context).await;
        let admission = admitted.unwrap();
        let (grant,) = P::issue(&admission).unwrap();
        (grant, CloseOnDrop(admission.unit().unwrap()))
    }

    /// Has Ada, who owns acme, enqueue a job.
    pub(super) async fn enqueue(&self, name: &str, word: &str) {
        let (grant, unit) = self.grant::<members::Update>(self.acme, self.ada).await;
        grant.enqueue(name, word).await.unwrap();
        unit.0.commit().await.unwrap();
    }

    pub(super) async fn enqueue_as_system(&self, name: &str, word: &str) {
        let (grant, unit) = self.grant::<members::Update>(self.acme, self.ada).await;
        grant.enqueue_as_system(name, word).await.unwrap();
        unit.0.commit().await.unwrap();
    }

    /// Runs what is due, and answers how many jobs that were.
    pub(super) async fn work(&self) -> usize {
        let mut ran = 0;
        while worker::one(&self.app.runtime).await.unwrap() > 0 {
            ran += 1;
        }
        ran
    }

    /// Lets all leases and all waiting pass.
    pub(super) async fn pass_time(&self) {
        self.write(
            self.acme,
            "UPDATE outbox SET due_at = created_at WHERE tenant_id = $1",
        )
        .await;
    }

    /// A statement in a tenant, whose id is `$1`.
    pub(super) async fn write(&self, tenant_id: Uuid, sql: &str) {
        self.write_with(tenant_id, sql, &[]).await;
    }

    pub(super) async fn write_with(&self, tenant_id: Uuid, sql: &str, more: &[Value]) {
        let database = &self.app.runtime.database;
        let scope = Scope::Tenant(tenant_id);
        let mut transaction = database.begin(scope, Mode::Write).await.unwrap();
        let mut args = vec![tenant_id.into_value()];
        args.extend_from_slice(more);
        transaction.run(sql, &args).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// The first column of every row in a tenant.
    pub(super) async fn column<T: FieldValue>(&self, tenant_id: Uuid, sql: &str) -> Vec<T> {
        let args = [tenant_id.into_value()];
        let scope = Scope::Tenant(tenant_id);
        self.app.column_in(scope, sql, &args).await
    }

    /// The audit log of acme, but for how it came to be: `action outcome actor_kind`.
    pub(super) async fn log(&self) -> Vec<String> {
        let sql = "SELECT action || ' ' || outcome || ' ' || actor_kind FROM audit_log \
             WHERE tenant_id = $1 AND action <> 'tenant:create' ORDER BY at, id";
        self.column(self.acme, sql).await
    }

    /// How acme's jobs stand: `attempts done failed error`.
    pub(super) async fn jobs(&self) -> Vec<String> {
        let sql = "SELECT CAST(attempts AS TEXT) \
             || CASE WHEN done_at IS NULL THEN '' ELSE ' done' END \
             || CASE WHEN failed_at IS NULL THEN '' ELSE ' failed' END \
             || COALESCE(' ' || error, '') FROM outbox WHERE tenant_id = $1 ORDER BY id";
        self.column(self.acme, sql).await
    }

    /// Gives a member exactly this role.
    pub(super) async fn give(&self, user_id: Uuid, role: &str) {
        let user = user_id.into_value();
        let take = "DELETE FROM user_tenant_roles WHERE tenant_id = $1 AND user_id = $2";
        self.write_with(self.acme, take, std::slice::from_ref(&user))
            .await;
        let give = "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) \
             SELECT tenant_id, $2, id, created_at FROM roles WHERE tenant_id = $1 AND name = $3";
        let args = [user, role.to_owned().into_value()];
        self.write_with(self.acme, give, &args).await;
    }
}

async fn owner(app: &App, slug: &str, email: &str) -> (Uuid, Uuid) {
    let registration = Registration {
        email: Email::parse(email).unwrap(),
        name: "Somebody".to_owned(),
        password_hash: None,
        tenant: Some(NewTenant {
            name: slug.to_uppercase(),
            slug: slug.to_owned(),
        }),
        platform_role: None,
        verified: true,
    };
    let database = &app.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await.unwrap();
    let user = authn::create_account(&mut transaction, &MODEL, &registration, Some("hash"), None)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let sql = "SELECT id FROM tenants WHERE slug = $1";
    let tenants = app.column(sql, &[slug.to_owned().into_value()]).await;
    (tenants[0], user.id)
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($($test:ident: $on_sqlite:ident, $on_postgres:ident;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $on_sqlite() {
                $test($crate::jobs::tests::stage::Place::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $on_postgres() {
                $test($crate::jobs::tests::stage::Place::Postgres).await;
            }
        )+
    };
}
pub(super) use on_both;
