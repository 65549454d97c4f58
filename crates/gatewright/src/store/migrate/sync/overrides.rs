//! Permissions that stored roles name and the schema does not have any more.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{BATCH, RoleKey, Tenants, counted, old, record};
use crate::store::StoreError;
use crate::store::database::Transaction;

/// What the catalogue lacks.
const UNKNOWN: &str = "NOT EXISTS (SELECT 1 FROM permissions c WHERE c.slug = p.permission)";

/// Takes such permissions away, with an entry in the tenant's log for each role. They gave nothing
/// from the moment that the schema lost them; were they kept, a permission of the same name that
/// comes later would be held by whoever nobody gave it.
pub(super) async fn take_unknown(
    transaction: &mut Transaction,
    lines: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut taken: BTreeMap<String, (usize, Tenants)> = BTreeMap::new();
    let mut last: RoleKey = (Uuid::nil(), Uuid::nil());
    loop {
        let roles = roles_after(transaction, last).await?;
        let Some(&end) = roles.last() else { break };
        last = end;
        take(transaction, &roles, &mut taken).await?;
    }
    for (slug, (roles, tenants)) in taken {
        let roles = counted(roles, "role");
        lines.push(format!(
            "permission {slug}: taken from {roles} of {tenants}"
        ));
    }
    Ok(())
}

/// The next roles that name one.
async fn roles_after(
    transaction: &mut Transaction,
    (tenant, role): RoleKey,
) -> Result<Vec<RoleKey>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT p.tenant_id, p.role_id FROM role_permissions p
         WHERE (p.tenant_id, p.role_id) > ('{tenant}', '{role}') AND {UNKNOWN}
         ORDER BY p.tenant_id, p.role_id LIMIT {BATCH}"
    );
    let rows = transaction.ask(&sql).await?;
    rows.into_iter()
        .map(|mut row| Ok((row.next()?, row.next()?)))
        .collect()
}

async fn take(
    transaction: &mut Transaction,
    roles: &[RoleKey],
    taken: &mut BTreeMap<String, (usize, Tenants)>,
) -> Result<(), StoreError> {
    let named = format!(
        "SELECT r.name, p.permission, p.effect, p.extent
         FROM role_permissions p JOIN roles r ON r.tenant_id = p.tenant_id AND r.id = p.role_id
         WHERE p.tenant_id = $1 AND p.role_id = $2 AND {UNKNOWN} ORDER BY p.permission"
    );
    let mut entries = Vec::new();
    for (&key, rows) in roles.iter().zip(transaction.for_each(&named, roles).await?) {
        let mut name = String::new();
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for mut row in rows {
            name = row.next()?;
            let [permission, effect, extent]: [String; 3] = [row.next()?, row.next()?, row.next()?];
            let (count, tenants) = taken.entry(permission.clone()).or_default();
            *count += 1;
            tenants.see(key.0);
            match (effect.as_str(), extent.as_str()) {
                ("add", "own") => added.push(Json::String(format!("{permission}:own"))),
                ("add", _) => added.push(Json::String(permission)),
                _ => removed.push(Json::String(permission)),
            }
        }
        let mut changes = Map::new();
        changes.insert("name".to_owned(), old(Json::String(name)));
        for (part, slugs) in [("added", added), ("removed", removed)] {
            if !slugs.is_empty() {
                changes.insert(part.to_owned(), old(Json::Array(slugs)));
            }
        }
        entries.push((key, changes));
    }
    let delete = "DELETE FROM role_permissions AS p
        WHERE p.tenant_id = $1 AND p.role_id = $2
            AND NOT EXISTS (SELECT 1 FROM permissions c WHERE c.slug = p.permission)";
    transaction.for_each(delete, roles).await?;
    let touch = "UPDATE roles SET version = version + 1 WHERE tenant_id = $1 AND id = $2";
    transaction.for_each(touch, roles).await?;
    record(transaction, entries).await
}
