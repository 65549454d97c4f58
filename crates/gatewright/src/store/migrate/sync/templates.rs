//! Every tenant has a row for each role template of the schema, and for no other.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{BATCH, RoleKey, Tenants, counted, old, record};
use crate::clock;
use crate::store::database::Transaction;
use crate::store::{Row, StoreError, Value};

/// Members that one entry names: of a role that more had, there are several entries.
const NAMED: usize = 200;

/// The longest name of a tenant's own role, in characters.
const LONGEST_NAME: usize = 64;

/// Removes the roles whose template the schema has dropped, and takes them from whoever had them. An
/// entry in each tenant's log says who that was.
pub(super) async fn remove_dropped(
    transaction: &mut Transaction,
    lines: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut gone: BTreeMap<String, (usize, Tenants)> = BTreeMap::new();
    let mut last: RoleKey = (Uuid::nil(), Uuid::nil());
    loop {
        let (tenant, role) = last;
        let sql = format!(
            "SELECT r.tenant_id, r.id, r.name, r.template FROM roles r
             WHERE (r.tenant_id, r.id) > ('{tenant}', '{role}') AND r.template IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM role_templates t WHERE t.name = r.template)
             ORDER BY r.tenant_id, r.id LIMIT {BATCH}"
        );
        let mut roles = Vec::new();
        for mut row in transaction.ask(&sql).await? {
            let key: RoleKey = (row.next()?, row.next()?);
            let [name, template]: [String; 2] = [row.next()?, row.next()?];
            roles.push((key, name, template));
        }
        let Some(&(end, ..)) = roles.last() else {
            break;
        };
        last = end;
        let keys: Vec<RoleKey> = roles.iter().map(|(key, ..)| *key).collect();
        let invitations = "SELECT invitation_id FROM invitation_roles
            WHERE tenant_id = $1 AND role_id = $2 ORDER BY invitation_id";
        let invitations = transaction.for_each(invitations, &keys).await?;
        let members = transaction.for_each(&holders(None), &keys).await?;
        let mut entries = Vec::new();
        for (((key, name, template), members), invitations) in
            roles.into_iter().zip(members).zip(invitations)
        {
            let (count, tenants) = gone.entry(template).or_default();
            tenants.see(key.0);
            let removal = Removal {
                key,
                name,
                invitations: ids(invitations)?,
            };
            *count += removal
                .name_all(transaction, ids(members)?, &mut entries)
                .await?;
        }
        record(transaction, entries).await?;
        // By hand: SQLite does not cascade for whoever migrates.
        for table in ["invitation_roles", "user_tenant_roles", "role_permissions"] {
            let delete = format!("DELETE FROM {table} WHERE tenant_id = $1 AND role_id = $2");
            transaction.for_each(&delete, &keys).await?;
        }
        let delete = "DELETE FROM roles WHERE tenant_id = $1 AND id = $2";
        transaction.for_each(delete, &keys).await?;
    }
    for (name, (members, tenants)) in gone {
        let members = counted(members, "member");
        lines.push(format!(
            "role {name}: removed from {tenants}; {members} had it"
        ));
    }
    Ok(())
}

/// Who has a role, [`NAMED`] at most, by user id.
fn holders(after: Option<Uuid>) -> String {
    let after = after.unwrap_or_default();
    format!(
        "SELECT user_id FROM user_tenant_roles
         WHERE tenant_id = $1 AND role_id = $2 AND user_id > '{after}' ORDER BY user_id LIMIT {NAMED}"
    )
}

/// A role that is removed.
struct Removal {
    key: RoleKey,
    name: String,
    /// The invitations that it was to be given by.
    invitations: Vec<Json>,
}

impl Removal {
    /// Adds the entries that name its holders, the first of whom are given, and counts these all.
    async fn name_all(
        &self,
        transaction: &mut Transaction,
        first: Vec<Json>,
        entries: &mut Vec<(RoleKey, Map<String, Json>)>,
    ) -> Result<usize, StoreError> {
        let mut members = first;
        let mut count = 0;
        loop {
            count += members.len();
            let last = match members.last() {
                Some(Json::String(last)) if members.len() == NAMED => Uuid::try_parse(last).ok(),
                _ => None,
            };
            let mut changes = Map::new();
            changes.insert("name".to_owned(), old(json!(self.name)));
            changes.insert("members".to_owned(), old(Json::Array(members)));
            if !self.invitations.is_empty() {
                let invitations = Json::Array(self.invitations.clone());
                changes.insert("invitations".to_owned(), old(invitations));
            }
            entries.push((self.key, changes));
            members = match last {
                Some(_) => {
                    // So many in one role: what is known of them is written before there is more.
                    record(transaction, std::mem::take(entries)).await?;
                    let rows = transaction.for_each(&holders(last), &[self.key]).await?;
                    ids(rows.into_iter().flatten().collect())?
                }
                None => Vec::new(),
            };
            if members.is_empty() {
                return Ok(count);
            }
        }
    }
}

fn ids(rows: Vec<Row>) -> Result<Vec<Json>, StoreError> {
    rows.into_iter()
        .map(|mut row| Ok(json!(row.next::<Uuid>()?)))
        .collect()
}

/// Gives roles of a tenant's own that have the name of a template another: `reviewer (2)`. They keep
/// what they hold and who has them.
pub(super) async fn rename_namesakes(
    transaction: &mut Transaction,
    lines: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut renamed: BTreeMap<String, Tenants> = BTreeMap::new();
    let mut last: RoleKey = (Uuid::nil(), Uuid::nil());
    loop {
        let (tenant, role) = last;
        let sql = format!(
            "SELECT r.tenant_id, r.id, r.name, t.name FROM roles r JOIN role_templates t ON lower(r.name) = t.name
             WHERE (r.tenant_id, r.id) > ('{tenant}', '{role}') AND r.template IS NULL
             ORDER BY r.tenant_id, r.id LIMIT {BATCH}"
        );
        let mut roles = Vec::new();
        for mut row in transaction.ask(&sql).await? {
            let key: RoleKey = (row.next()?, row.next()?);
            let [name, template]: [String; 2] = [row.next()?, row.next()?];
            roles.push((key, name, template));
        }
        let Some(&(end, ..)) = roles.last() else {
            break;
        };
        last = end;
        rename(transaction, &roles, &mut renamed).await?;
    }
    for (name, tenants) in renamed {
        lines.push(format!(
            "role {name}: {tenants} had a role of that name, which has a number behind it now"
        ));
    }
    Ok(())
}

/// Renames these roles: key, name and the template of that name.
async fn rename(
    transaction: &mut Transaction,
    roles: &[(RoleKey, String, String)],
    renamed: &mut BTreeMap<String, Tenants>,
) -> Result<(), StoreError> {
    let mut templates = HashSet::new();
    for mut row in transaction.ask("SELECT name FROM role_templates").await? {
        templates.insert(row.next::<String>()?);
    }
    let tenants: Vec<Vec<Value>> = roles
        .iter()
        .map(|((tenant, _), ..)| vec![Value::Uuid(*tenant)])
        .collect();
    let names = "SELECT lower(name) FROM roles WHERE tenant_id = $1";
    let names = transaction.write_each(names, &tenants).await?;
    let (mut updates, mut entries) = (Vec::new(), Vec::new());
    // A tenant may have several of them, which must not come to one name.
    let mut given: HashSet<(Uuid, String)> = HashSet::new();
    for ((key, name, template), rows) in roles.iter().zip(names) {
        renamed.entry(template.clone()).or_default().see(key.0);
        let mut taken = HashSet::new();
        for mut row in rows {
            taken.insert(row.next::<String>()?);
        }
        let is_free = |it: &String| {
            let it = it.to_ascii_lowercase();
            !taken.contains(&it) && !templates.contains(&it) && !given.contains(&(key.0, it))
        };
        // More numbers than there are names.
        let most = taken.len() + templates.len() + roles.len() + 3;
        let free = (2..most)
            .map(|number| numbered(name, number))
            .find(is_free)
            .ok_or_else(|| StoreError::Other("no name is free".to_owned()))?;
        given.insert((key.0, free.to_ascii_lowercase()));
        updates.push(vec![
            Value::Uuid(key.0),
            Value::Uuid(key.1),
            Value::Text(free.clone()),
        ]);
        let mut changes = Map::new();
        changes.insert("name".to_owned(), json!({ "old": name, "new": free }));
        entries.push((*key, changes));
    }
    let sql = "UPDATE roles SET name = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2";
    transaction.write_each(sql, &updates).await?;
    record(transaction, entries).await
}

/// `reviewer (2)`, no longer than names may be.
fn numbered(name: &str, number: usize) -> String {
    let end = format!(" ({number})");
    let room = LONGEST_NAME.saturating_sub(end.len());
    let start: String = name.chars().take(room).collect();
    format!("{}{end}", start.trim_end())
}

/// Gives every tenant the templates that it lacks.
pub(super) async fn add_missing(
    transaction: &mut Transaction,
    lines: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut added: BTreeMap<String, usize> = BTreeMap::new();
    let mut last = Uuid::nil();
    loop {
        // A tenant that comes twice, because a batch ended at it, lacks less the second time. That roles
        // begin there too is said for PostgreSQL, which would read them from the first in each batch.
        let sql = format!(
            "SELECT t.id, m.name FROM tenants t CROSS JOIN role_templates m
             WHERE t.id >= '{last}'
                 AND NOT EXISTS (
                     SELECT 1 FROM roles r
                     WHERE r.tenant_id = t.id AND r.name = m.name AND r.tenant_id >= '{last}')
             ORDER BY t.id, m.name LIMIT {BATCH}"
        );
        let rows = transaction.ask(&sql).await?;
        if rows.is_empty() {
            break;
        }
        let now = Value::Timestamp(clock::now());
        let mut roles = Vec::new();
        for mut row in rows {
            let (tenant, name): (Uuid, String) = (row.next()?, row.next()?);
            last = tenant;
            let id = Value::Uuid(Uuid::now_v7());
            roles.push(vec![
                Value::Uuid(tenant),
                id,
                Value::Text(name.clone()),
                now.clone(),
            ]);
            *added.entry(name).or_default() += 1;
        }
        let insert = "INSERT INTO roles (tenant_id, id, name, template, created_at) VALUES ($1, $2, $3, $3, $4)";
        transaction.write_each(insert, &roles).await?;
    }
    for (name, tenants) in added {
        let tenants = counted(tenants, "tenant");
        lines.push(format!("role {name}: added to {tenants}"));
    }
    Ok(())
}
