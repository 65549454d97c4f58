//! An account that ends leaves every tenant that it belongs to.
//!
//! Nobody has a grant for all of them, so the departure works in the transaction of whoever calls: in the scope of its
//! user to see which tenants there are, and in each tenant's own scope, and under its lock, to leave it.

use serde_json::Value as Json;
use uuid::Uuid;

use super::change::old_of;
use super::statements::{BY_USER, OWNER, REMOVE, ROLES_OF, StoredMember};
use crate::audit::{self, Action, Author, Change};
use crate::authz::Role;
use crate::error::{Error, Result};
use crate::store::{FieldValue, Scope, Transaction};
use crate::tenancy::lock_in;

/// The tenants of a user, all of them locked.
#[derive(Debug)]
pub(crate) struct Departure {
    user_id: Uuid,
    tenants: Vec<Membership>,
}

#[derive(Debug, PartialEq, Eq)]
struct Membership {
    tenant_id: Uuid,
    slug: String,
}

/// In one order for everybody, so that two departures never wait for each other.
const TENANTS: &str = "
    SELECT t.id, t.slug FROM user_tenants m JOIN tenants t ON t.id = m.tenant_id
    WHERE m.user_id = $1 ORDER BY t.id";

impl Departure {
    /// Finds the tenants of a user, and takes the lock of each.
    ///
    /// The transaction is in the user's scope afterwards.
    pub(crate) async fn prepare(transaction: &mut Transaction, user_id: Uuid) -> Result<Self> {
        let tenants = memberships(transaction, user_id).await?;
        for tenant in &tenants {
            lock_in(transaction, tenant.tenant_id).await?;
        }
        Ok(Self { user_id, tenants })
    }

    /// Leaves all of them. Whoever calls holds the account's row by now, so nobody can make a further membership of it.
    ///
    /// The transaction is in some tenant's scope afterwards.
    ///
    /// # Errors
    /// 409 `last_owner` with all tenants that would be left without an active owner. 503 when the user joined a tenant
    /// while the locks were taken.
    pub(crate) async fn leave(self, transaction: &mut Transaction, author: Author) -> Result<()> {
        if memberships(transaction, self.user_id).await? != self.tenants {
            return Err(
                Error::unavailable().caused_by("the account joined or left a tenant meanwhile")
            );
        }
        let mut unowned = Vec::new();
        for tenant in self.tenants {
            transaction.rescope(Scope::Tenant(tenant.tenant_id)).await?;
            if !leave(transaction, tenant.tenant_id, self.user_id, author).await? {
                unowned.push(tenant.slug);
            }
        }
        if unowned.is_empty() {
            return Ok(());
        }
        unowned.sort_unstable();
        Err(Error::last_owner_of(unowned))
    }
}

async fn memberships(transaction: &mut Transaction, user_id: Uuid) -> Result<Vec<Membership>> {
    transaction.rescope(Scope::User(user_id)).await?;
    let rows = transaction.run(TENANTS, &[user_id.into_value()]).await?;
    let tenants = rows.into_iter().map(|mut row| {
        let (tenant_id, slug) = (row.next()?, row.next()?);
        Ok(Membership { tenant_id, slug })
    });
    let tenants: Result<_, crate::store::UnexpectedValue> = tenants.collect();
    tenants.map_err(Error::internal)
}

/// Leaves one tenant, as `DELETE /api/me/membership` does. Answers whether somebody active owns it still, if it was
/// theirs.
async fn leave(
    transaction: &mut Transaction,
    tenant_id: Uuid,
    user_id: Uuid,
    author: Author,
) -> Result<bool> {
    let key = [tenant_id.into_value(), user_id.into_value()];
    let rows = transaction.run(BY_USER, &key).await?;
    let row = rows.into_iter().next();
    let row = row.ok_or_else(|| Error::internal("a membership is gone under its tenant's lock"))?;
    let mut member = StoredMember::read(row).map_err(Error::internal)?;
    let rows = transaction.run(ROLES_OF, &key).await?;
    member.roles = Role::collect(rows).map_err(Error::internal)?;
    let args = [tenant_id.into_value(), member.id.into_value()];
    transaction.run(REMOVE, &args).await?;
    if member.is_owner() {
        let owners = transaction.run(OWNER, &[tenant_id.into_value()]).await?;
        if owners.is_empty() {
            return Ok(false);
        }
    }
    let changes = match old_of(&member) {
        Json::Object(changes) => changes,
        _ => serde_json::Map::new(),
    };
    let change = Change {
        resource: "members",
        action: Action::Other("leave"),
        record_id: member.id,
        changes,
    };
    audit::record_in(transaction, tenant_id, author, change).await?;
    Ok(true)
}
