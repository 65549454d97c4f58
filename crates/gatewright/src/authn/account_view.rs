//! An account as `/auth/login` and `/auth/me` show it: the user and where they belong.

use serde::Serialize;
use uuid::Uuid;

use super::session::User;
use crate::store::{Database, Mode, Scope, StoreError, Value};

/// A user with their active memberships.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AccountView {
    pub(super) user: User,
    pub(super) tenants: Vec<MembershipView>,
}

/// An active membership. The tenant itself may be suspended.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MembershipView {
    pub(super) id: Uuid,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) roles: Vec<String>,
}

impl AccountView {
    /// Reads the memberships as the user's own, then the roles of each as its tenant's.
    pub(super) async fn read(database: &Database, user: User) -> Result<Self, StoreError> {
        let mut transaction = database.begin(Scope::User(user.id), Mode::Read).await?;
        let rows = transaction
            .run(
                "SELECT t.id, t.slug, t.name FROM user_tenants m JOIN tenants t ON t.id = m.tenant_id \
                 WHERE m.user_id = $1 AND m.status = 'active' ORDER BY t.slug",
                &[Value::Uuid(user.id)],
            )
            .await?;
        let mut tenants = Vec::with_capacity(rows.len());
        for mut row in rows {
            let (id, slug, name) = (row.next()?, row.next()?, row.next()?);
            tenants.push(MembershipView {
                id,
                slug,
                name,
                roles: Vec::new(),
            });
        }
        // One statement a tenant: under row-level security a transaction sees one tenant's roles at a
        // time, and a policy that showed a user all of theirs at once would be a second way past it.
        for tenant in &mut tenants {
            transaction.rescope(Scope::Tenant(tenant.id)).await?;
            let rows = transaction
                .run(
                    "SELECT r.name FROM user_tenant_roles a \
                     JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
                     WHERE a.tenant_id = $1 AND a.user_id = $2 ORDER BY r.name",
                    &[Value::Uuid(tenant.id), Value::Uuid(user.id)],
                )
                .await?;
            tenant.roles = rows
                .into_iter()
                .map(|mut row| row.next())
                .collect::<Result<_, _>>()?;
        }
        transaction.commit().await?;
        Ok(Self { user, tenants })
    }
}
