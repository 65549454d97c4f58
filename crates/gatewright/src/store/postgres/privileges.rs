//! What the application's role and the platform's may do. Run by the tables' owner.

use super::Transaction;
use crate::store::{StoreError, Value, one};

/// Entries are written and read, never changed.
const APPEND_ONLY: [&str; 2] = ["audit_log", "platform_audit_log"];

/// The application may ask how far migrations went, and what `migrate` last took from the schema.
const READ_ONLY: [&str; 3] = ["gatewright_migrations", "permissions", "role_templates"];

/// What the platform reads across tenants.
const PLATFORM: [&str; 3] = ["audit_log", "tenants", "user_tenants"];

/// What it reads of the outbox, to find what is due: not what jobs were enqueued with.
const PLATFORM_OUTBOX: &str = "tenant_id, id, kind, due_at, done_at, failed_at";

/// Makes the platform's role where it is missing: policies are written for it.
pub(in crate::store) async fn ensure_platform_role(
    owner: &mut Transaction,
) -> Result<(), StoreError> {
    let exists = owner
        .run(
            "SELECT 1 FROM pg_roles WHERE rolname = 'gatewright_platform'",
            &[],
        )
        .await?;
    if !exists.is_empty() {
        return Ok(());
    }
    // Roles belong to the whole server, so another database's migration may make it meanwhile.
    let create = "DO $$ BEGIN CREATE ROLE gatewright_platform NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
    owner.batch(create).await.map_err(|error| match error {
        StoreError::Unavailable(_) => error,
        error => StoreError::Other(format!(
            "the role gatewright_platform is missing, and the migrating role cannot make it ({error}); run as a \
             superuser: CREATE ROLE gatewright_platform NOLOGIN;"
        )),
    })
}

/// Gives `app_role` the privileges that the application needs, and takes all others away.
pub(in crate::store) async fn grant(
    owner: &mut Transaction,
    app_role: &str,
) -> Result<(), StoreError> {
    let app = quoted(app_role);
    let args = [Value::Text(app_role.to_owned())];
    let role = "SELECT rolname = current_user FROM pg_roles WHERE rolname = $1";
    let Some(mut is_owner) = owner.run(role, &args).await?.pop() else {
        return Err(StoreError::Other(format!(
            "the application's role does not exist; run as a superuser: CREATE ROLE {app} LOGIN NOINHERIT PASSWORD \
             '…'; GRANT gatewright_platform TO {app};"
        )));
    };
    if is_owner.next()? {
        return Err(StoreError::Other(format!(
            "the application must not connect as the owner of the tables, {app}: row-level security would not bind \
             it; give DATABASE_URL a role of its own, and MIGRATE_DATABASE_URL this one"
        )));
    }

    // Partitions are reached through their parent, whose policies bind.
    let tables = "SELECT relname FROM pg_class
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            AND relkind IN ('r', 'p') AND NOT relispartition AND pg_has_role(relowner, 'USAGE')
        ORDER BY relname";
    let schema: Option<String> = one(owner.run("SELECT current_schema()", &[]).await?)?.next()?;
    let schema = schema.ok_or_else(|| {
        StoreError::Other("PostgreSQL: the search path names no schema".to_owned())
    })?;
    let mut statements = vec![format!(
        "GRANT USAGE ON SCHEMA {} TO {app}, gatewright_platform",
        quoted(&schema)
    )];
    for mut row in owner.run(tables, &[]).await? {
        let name: String = row.next()?;
        let table = quoted(&name);
        let privileges = match &*name {
            name if APPEND_ONLY.contains(&name) => "SELECT, INSERT",
            name if READ_ONLY.contains(&name) => "SELECT",
            _ => "SELECT, INSERT, UPDATE, DELETE",
        };
        statements.push(format!(
            "REVOKE ALL ON {table} FROM {app}; GRANT {privileges} ON {table} TO {app}"
        ));
        statements.push(format!("REVOKE ALL ON {table} FROM gatewright_platform"));
        if PLATFORM.contains(&&*name) {
            statements.push(format!("GRANT SELECT ON {table} TO gatewright_platform"));
        }
        if name == "outbox" {
            statements.push(format!(
                "GRANT SELECT ({PLATFORM_OUTBOX}) ON {table} TO gatewright_platform"
            ));
        }
    }
    owner.batch(&statements.join(";\n")).await?;

    // Only somebody who may administer the role can do this; the check at the start asks for it.
    // The name goes in as a value: a block's text is no place for it.
    owner
        .run("SELECT set_config('gatewright.app_role', $1, true)", &args)
        .await?;
    let membership = "DO $$ BEGIN
            IF NOT pg_has_role(current_setting('gatewright.app_role'), 'gatewright_platform', 'MEMBER') THEN
                EXECUTE format('GRANT gatewright_platform TO %I', current_setting('gatewright.app_role'));
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";
    owner.batch(membership).await
}

/// An identifier as SQL writes it.
fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
