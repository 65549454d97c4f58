//! Removing records, with those that refer to them.
//!
//! The database would cascade by itself, and does if this code does not. It is done here so that
//! every record that goes or changes along has an audit entry of its own. What will happen is
//! worked out first, so that a refusal leaves everything as it was.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_json::{Map, json};
use uuid::Uuid;

use super::change;
use super::custom::values;
use super::record::{Record, wire};
use super::statements::Referrer;
use super::write::{key, lock, lock_any, lock_each, statements};
use super::{Access, FailedAt, FieldValue, Row, StoreError, Unit, Value};
use crate::audit::{self, Action, Change};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::IfMatch;
use crate::model::{OnDelete, ResourceDef};

/// The most records that may go or change along with those that were named.
pub(super) const MOST: usize = 1_000;

/// The most references that are looked at for one removal. Those that forbid it count here alone.
const MOST_REFERENCES: usize = 16 * MOST;

/// How many records are followed at once. They read no more ids than [`MOST_REFERENCES`] or so.
const AT_ONCE: usize = 16;

/// Names a record of the tenant.
type Key = (&'static str, Uuid);

/// What removing a record comes to.
#[derive(Default)]
struct Removal<'a> {
    /// How many were named: the first of those that go.
    named: usize,
    /// The records that go, each after the one that it was found by.
    going: Vec<(&'static ResourceDef, Record)>,
    /// References that become null: by which field, to which record, of which record.
    cleared: Vec<(&'a Referrer, Uuid, Uuid)>,
    /// References that forbid it, unless their record goes as well.
    forbidding: Vec<(&'a Referrer, Uuid)>,
    /// Which records among those that go refer to which: `(referring, referred to)`.
    edges: Vec<(Key, Key)>,
}

/// Removes a record of the caller's tenant, if it has the version that is meant.
pub(super) async fn delete(
    access: Access<'_>,
    def: &'static ResourceDef,
    id: Uuid,
    version: &IfMatch,
) -> Result<()> {
    let root = lock(access, def, id).await?.ok_or_else(Error::not_found)?;
    version.check(root.version)?;
    remove(access, def, vec![root]).await
}

/// Removes records of the caller's tenant, all of which must be there. The ids are in order.
pub(super) async fn delete_each(
    access: Access<'_>,
    def: &'static ResourceDef,
    ids: &[Uuid],
) -> Result<()> {
    let roots = lock_each(access, def, ids).await?.into_iter();
    let roots: Option<Vec<Record>> = roots.collect();
    remove(access, def, roots.ok_or_else(Error::not_found)?).await
}

async fn remove(access: Access<'_>, def: &'static ResourceDef, roots: Vec<Record>) -> Result<()> {
    let unit = access.unit();
    let mut removal = Removal::plan(unit, def, roots).await?;
    removal.check(access)?;
    // For the entries. The values themselves go with their records, in the database.
    for alike in removal
        .going
        .chunk_by_mut(|(a, _), (b, _)| std::ptr::eq(*a, *b))
    {
        custom_of(access, alike).await?;
    }
    removal.carry_out(access).await
}

impl<'a> Removal<'a> {
    /// Follows the references from record to record, by a list and not by recursion: how long a
    /// chain is, is a client's choice.
    async fn plan(unit: &'a Unit, def: &'static ResourceDef, roots: Vec<Record>) -> Result<Self> {
        let mut removal = Self {
            named: roots.len(),
            ..Self::default()
        };
        let mut known: HashSet<Key> = roots.iter().map(|root| (def.name, root.id)).collect();
        removal
            .going
            .extend(roots.into_iter().map(|root| (def, root)));
        let mut next = 0;
        while let Some((def, _)) = removal.going.get(next) {
            let def = *def;
            let alike = removal.going.iter().skip(next).take(AT_ONCE);
            let alike = alike.take_while(|(other, _)| std::ptr::eq(*other, def));
            let batch = next..next + alike.count();
            next = batch.end;
            removal.follow(unit, def, batch, &mut known).await?;
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

    /// Finds what refers to a few records of one resource.
    async fn follow(
        &mut self,
        unit: &'a Unit,
        def: &'static ResourceDef,
        batch: Range<usize>,
        known: &mut HashSet<Key>,
    ) -> Result<()> {
        let batch = self.going.get(batch).unwrap_or_default();
        let targets: Vec<Uuid> = batch.iter().map(|(_, record)| record.id).collect();
        let keys: Vec<_> = targets.iter().map(|id| key(unit, *id).to_vec()).collect();
        for referrer in &statements(unit, def)?.referrers {
            let resource = referrer.resource;
            let mut found = Vec::new();
            let referring = unit.run_each(&referrer.ids, &keys).await;
            let referring = referring.map_err(|FailedAt { error, .. }| error)?;
            for (target, rows) in targets.iter().zip(referring) {
                for other in ids(rows)? {
                    match referrer.on_delete {
                        OnDelete::Restrict => self.forbidding.push((referrer, other)),
                        OnDelete::SetNull => self.cleared.push((referrer, *target, other)),
                        OnDelete::Cascade if known.insert((resource.name, other)) => {
                            found.push(other);
                        }
                        OnDelete::Cascade => {}
                    }
                    self.edges
                        .push(((resource.name, other), (def.name, *target)));
                }
            }
            // Before the records are read: until here there are ids alone.
            self.check_count(found.len())?;
            let records = lock_any(unit, resource, &found).await?.into_iter();
            self.going
                .extend(records.flatten().map(|record| (resource, record)));
        }
        Ok(())
    }

    /// Refuses more than may go or change along, with `found` that are about to.
    fn check_count(&self, found: usize) -> Result<()> {
        let going = self.going.len().saturating_sub(self.named);
        let others = going + found + self.cleared.len();
        if others > MOST || self.edges.len() > MOST_REFERENCES {
            let message = format!("More than {MOST} other records would go or change along.");
            return Err(Error::conflict("", "too_many", message));
        }
        Ok(())
    }

    fn check(&self, access: Access<'_>) -> Result<()> {
        match self.forbidding.first() {
            None => Ok(()),
            Some((by, _)) => {
                let mut fields = by.resource.fields.iter();
                let field = fields.find(|field| field.name == by.field && access.shows(field));
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

    async fn carry_out(self, access: Access<'_>) -> Result<()> {
        let unit = access.unit();
        let mut changes = Vec::new();
        for cleared in self
            .cleared
            .chunk_by(|(a, ..), (b, ..)| std::ptr::eq(*a, *b))
        {
            let Some((by, ..)) = cleared.first() else {
                continue;
            };
            let args = cleared.iter().map(|(_, target, other)| {
                let [tenant, target] = key(unit, *target);
                let now = clock::now().into_value();
                vec![tenant, target, now, other.into_value()]
            });
            let done = unit.run_each(&by.set_null, &args.collect::<Vec<_>>()).await;
            done.map_err(|FailedAt { error, .. }| error)?;
            changes.extend(cleared.iter().map(|(by, target, other)| {
                let cleared = json!({ "old": wire(&Value::Uuid(*target)), "new": null });
                Change {
                    resource: by.resource.name,
                    action: Action::Update,
                    record_id: *other,
                    changes: Map::from_iter([(by.field.to_owned(), cleared)]),
                }
            }));
        }
        let order = self.in_order();
        for alike in order.chunk_by(|(a, _), (b, _)| std::ptr::eq(*a, *b)) {
            let Some((def, _)) = alike.first() else {
                continue;
            };
            let keys = alike
                .iter()
                .map(|(_, record)| key(unit, record.id).to_vec());
            let sql = &statements(unit, def)?.delete;
            let deleted = unit.run_each(sql, &keys.collect::<Vec<_>>()).await;
            deleted.map_err(|FailedAt { error, .. }| still_referred_to(error))?;
            changes.extend(
                alike
                    .iter()
                    .map(|(def, record)| change::deleted(def, access.custom(def), record)),
            );
        }
        audit::record_each(unit, changes).await
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
        while !free.is_empty() {
            // Those of one resource together: they are sent together.
            free.sort_by_key(|(resource, _)| *resource);
            let mut freed = Vec::new();
            for key in free {
                if !placed.insert(key) {
                    continue;
                }
                order.extend(by_key.get(&key).copied());
                for target in targets.get(&key).into_iter().flatten() {
                    if let Some(count) = referred.get_mut(target) {
                        *count = count.saturating_sub(1);
                    }
                    if is_free(&referred, target) {
                        freed.push(*target);
                    }
                }
            }
            free = freed;
        }
        let circle = keys.filter(|key| !placed.contains(key));
        order.extend(circle.filter_map(|key| by_key.get(&key).copied()));
        order
    }
}

/// Reads the values that a tenant has added to records of one resource.
async fn custom_of(access: Access<'_>, alike: &mut [(&'static ResourceDef, Record)]) -> Result<()> {
    let Some((def, _)) = alike.first() else {
        return Ok(());
    };
    let def = *def;
    let mut records: Vec<Record> = alike.iter().map(|(_, record)| record.clone()).collect();
    if !access.custom(def).is_empty() {
        values::attach(access, def, &mut records).await?;
        for ((_, slot), record) in alike.iter_mut().zip(records) {
            *slot = record;
        }
    }
    Ok(())
}

/// The ids in rows of nothing else.
fn ids(rows: Vec<Row>) -> Result<Vec<Uuid>> {
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
