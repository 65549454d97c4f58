//! Removing records, with those that refer to them.
//!
//! The database would cascade by itself, and does if this code does not. It is done here so that
//! every record that goes or changes along has an audit entry of its own.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use serde_json::{Map, json};
use uuid::Uuid;

use super::record::wire;
use super::statements::Referrer;
use super::write::{key, lock, statements};
use super::{FieldValue, Unit, Value};
use crate::audit::{self, Change};
use crate::clock;
use crate::error::{Error, Result};
use crate::model::{Kind, OnDelete, ResourceDef};

/// Removes a record of the caller's tenant.
pub(super) async fn delete(unit: &Unit, def: &'static ResourceDef, id: Uuid) -> Result<()> {
    let mut gone = HashSet::new();
    if remove(unit, def, id, &mut gone).await? {
        Ok(())
    } else {
        Err(Error::not_found())
    }
}

/// Records can refer to each other in a circle, so those already on their way out are remembered.
type Gone = HashSet<(&'static str, Uuid)>;

fn remove<'a>(
    unit: &'a Unit,
    def: &'static ResourceDef,
    id: Uuid,
    gone: &'a mut Gone,
) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>> {
    Box::pin(async move {
        let Some(record) = lock(unit, def, id).await? else {
            return Ok(false);
        };
        gone.insert((def.name, id));
        let statements = statements(unit, def)?;
        for referrer in &statements.referrers {
            release(unit, referrer, id, gone).await?;
        }
        unit.run(&statements.delete, &key(unit, id)).await?;
        let old = def.fields.iter().zip(&record.values);
        let changes: Map<_, _> = old
            .map(|(field, old)| (field.name.to_owned(), json!({ "old": wire(old) })))
            .collect();
        audit::record(
            unit,
            Change {
                resource: def.name,
                kind: Kind::Delete,
                record_id: id,
                changes,
            },
        )
        .await?;
        Ok(true)
    })
}

/// Does with the records that refer to `id` by one field what the field says.
async fn release(unit: &Unit, referrer: &Referrer, id: Uuid, gone: &mut Gone) -> Result<()> {
    let rows = unit.run(&referrer.ids, &key(unit, id)).await?;
    let mut referring = Vec::new();
    for mut row in rows {
        let other: Uuid = row.next().map_err(Error::internal)?;
        if !gone.contains(&(referrer.resource.name, other)) {
            referring.push(other);
        }
    }
    if referring.is_empty() {
        return Ok(());
    }
    match referrer.on_delete {
        OnDelete::Restrict => {
            let field = format!("{}.{}", referrer.resource.name, referrer.field);
            Err(Error::conflict(
                field,
                "in_use",
                "Other records refer to this one.",
            ))
        }
        OnDelete::Cascade => {
            for other in referring {
                remove(unit, referrer.resource, other, gone).await?;
            }
            Ok(())
        }
        OnDelete::SetNull => {
            let [tenant, target] = key(unit, id);
            unit.run(
                &referrer.set_null,
                &[tenant, target, clock::now().into_value()],
            )
            .await?;
            for other in referring {
                let cleared = json!({ "old": wire(&Value::Uuid(id)), "new": null });
                let changes = Map::from_iter([(referrer.field.to_owned(), cleared)]);
                let change = Change {
                    resource: referrer.resource.name,
                    kind: Kind::Update,
                    record_id: other,
                    changes,
                };
                audit::record(unit, change).await?;
            }
            Ok(())
        }
    }
}
