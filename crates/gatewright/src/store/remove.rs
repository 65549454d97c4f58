//! Removing records, with those that refer to them.
//!
//! The database would cascade by itself, and does if this code does not. It is done here so that
//! every record that goes or changes along has an audit entry of its own. What will happen is
//! worked out first, so that a refusal leaves everything as it was.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, json};
use uuid::Uuid;

use super::record::{Record, wire};
use super::statements::Referrer;
use super::write::{key, lock, lock_any, statements};
use super::{Access, FieldValue, StoreError, Unit, Value};
use crate::audit::{self, Action, Change};
use crate::clock;
use crate::error::{Error, Result};
use crate::model::{OnDelete, ResourceDef};

/// The most records that may go or change along with one.
pub(super) const MOST: usize = 1_000;

/// Names a record of the tenant.
type Key = (&'static str, Uuid);

/// What removing a record comes to.
#[derive(Default)]
struct Removal<'a> {
    /// The records that go, each after the one that it was found by.
    going: Vec<(&'static ResourceDef, Record)>,
    /// References that become null: by which field, to which record, of which record.
    cleared: Vec<(&'a Referrer, Uuid, Uuid)>,
    /// References that forbid it, unless their record goes as well.
    forbidding: Vec<(&'a Referrer, Uuid)>,
    /// Which records among those that go refer to which: `(referring, referred to)`.
    edges: Vec<(Key, Key)>,
}

/// Removes a record of the caller's tenant.
pub(super) async fn delete(access: Access<'_>, def: &'static ResourceDef, id: Uuid) -> Result<()> {
    let root = lock(access, def, id).await?.ok_or_else(Error::not_found)?;
    let removal = Removal::plan(access.unit(), def, root).await?;
    removal.check(access)?;
    removal.carry_out(access.unit()).await
}

impl<'a> Removal<'a> {
    /// Follows the references from record to record, by a list and not by recursion: how long a
    /// chain is, is a client's choice.
    async fn plan(unit: &'a Unit, def: &'static ResourceDef, root: Record) -> Result<Self> {
        let mut removal = Self::default();
        let mut known: HashSet<Key> = HashSet::from([(def.name, root.id)]);
        removal.going.push((def, root));
        let mut next = 0;
        while let Some((def, record)) = removal.going.get(next) {
            let target: Key = (def.name, record.id);
            for referrer in &statements(unit, def)?.referrers {
                let resource = referrer.resource;
                for other in referring(unit, referrer, target.1).await? {
                    match referrer.on_delete {
                        OnDelete::Restrict => removal.forbidding.push((referrer, other)),
                        OnDelete::SetNull => removal.cleared.push((referrer, target.1, other)),
                        OnDelete::Cascade if known.insert((resource.name, other)) => {
                            if let Some(record) = lock_any(unit, resource, other).await? {
                                removal.going.push((resource, record));
                            }
                        }
                        OnDelete::Cascade => {}
                    }
                    removal.edges.push(((resource.name, other), target));
                }
            }
            if removal.going.len() + removal.cleared.len() > MOST {
                let message = format!("More than {MOST} other records would go or change along.");
                return Err(Error::conflict("", "too_many", message));
            }
            next += 1;
        }
        removal
            .cleared
            .retain(|(by, _, other)| !known.contains(&(by.resource.name, *other)));
        removal
            .forbidding
            .retain(|(by, other)| !known.contains(&(by.resource.name, *other)));
        removal
            .edges
            .retain(|(referring, _)| known.contains(referring));
        Ok(removal)
    }

    fn check(&self, access: Access<'_>) -> Result<()> {
        match self.forbidding.first() {
            None => Ok(()),
            Some((by, _)) => {
                let mut fields = by.resource.fields.iter();
                let field = fields.find(|field| field.name == by.field && access.sees(field));
                let field = field.map(|field| format!("{}.{}", by.resource.name, field.name));
                let field = field.unwrap_or_default();
                Err(Error::conflict(
                    field,
                    "in_use",
                    "Other records refer to this one.",
                ))
            }
        }
    }

    async fn carry_out(self, unit: &Unit) -> Result<()> {
        for (by, target, other) in &self.cleared {
            let [tenant, target_id] = key(unit, *target);
            let args = [
                tenant,
                target_id,
                clock::now().into_value(),
                other.into_value(),
            ];
            unit.run(&by.set_null, &args).await?;
            let cleared = json!({ "old": wire(&Value::Uuid(*target)), "new": null });
            let changes = Map::from_iter([(by.field.to_owned(), cleared)]);
            let (resource, record_id) = (by.resource.name, *other);
            let change = Change {
                resource,
                action: Action::Update,
                record_id,
                changes,
            };
            audit::record(unit, change).await?;
        }
        for (def, record) in self.in_order() {
            let deleted = unit
                .run(&statements(unit, def)?.delete, &key(unit, record.id))
                .await;
            deleted.map_err(still_referred_to)?;
            let old = def.fields.iter().zip(&record.values);
            let changes =
                old.map(|(field, old)| (field.name.to_owned(), json!({ "old": wire(old) })));
            let change = Change {
                resource: def.name,
                action: Action::Delete,
                record_id: record.id,
                changes: changes.collect(),
            };
            audit::record(unit, change).await?;
        }
        Ok(())
    }

    /// The records that go, each after all that refer to it. Those that refer to each other in a
    /// circle come last; the database cascades among them.
    fn in_order(&self) -> Vec<&(&'static ResourceDef, Record)> {
        let mut referred: HashMap<Key, usize> = HashMap::new();
        let mut targets: HashMap<Key, Vec<Key>> = HashMap::new();
        for (referring, target) in &self.edges {
            *referred.entry(*target).or_default() += 1;
            targets.entry(*referring).or_default().push(*target);
        }
        let by_key: HashMap<Key, _> = self
            .going
            .iter()
            .map(|entry| ((entry.0.name, entry.1.id), entry))
            .collect();
        let is_free =
            |referred: &HashMap<Key, usize>, key: &Key| referred.get(key).is_none_or(|n| *n == 0);

        let keys = self
            .going
            .iter()
            .rev()
            .map(|(def, record)| (def.name, record.id));
        let mut free: Vec<Key> = keys.clone().filter(|key| is_free(&referred, key)).collect();
        let mut order = Vec::with_capacity(self.going.len());
        let mut placed = HashSet::new();
        while let Some(key) = free.pop() {
            if !placed.insert(key) {
                continue;
            }
            order.extend(by_key.get(&key).copied());
            for target in targets.get(&key).into_iter().flatten() {
                if let Some(count) = referred.get_mut(target) {
                    *count = count.saturating_sub(1);
                }
                if is_free(&referred, target) {
                    free.push(*target);
                }
            }
        }
        let circle = keys.filter(|key| !placed.contains(key));
        order.extend(circle.filter_map(|key| by_key.get(&key).copied()));
        order
    }
}

/// Ids of the records that refer to one by this field.
async fn referring(unit: &Unit, referrer: &Referrer, id: Uuid) -> Result<Vec<Uuid>> {
    let rows = unit.run(&referrer.ids, &key(unit, id)).await?;
    let ids = rows.into_iter().map(|mut row| row.next());
    ids.collect::<std::result::Result<_, _>>()
        .map_err(Error::internal)
}

/// A reference that was made since, or one in a circle that forbids.
fn still_referred_to(error: StoreError) -> Error {
    match error {
        StoreError::ForeignKey(_) => {
            Error::conflict("", "in_use", "Other records refer to this one.").caused_by(error)
        }
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests;
