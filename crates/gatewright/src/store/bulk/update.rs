//! Changing many records.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{check_references, place, refuse, write_custom, write_each};
use crate::audit;
use crate::error::{Error, FieldError, Result};
use crate::model::ResourceDef;
use crate::store::Access;
use crate::store::change::{self, Patched};
use crate::store::custom::values;
use crate::store::fields::Fields;
use crate::store::record::Record;
use crate::store::write::{lock_each, statements};

/// Changes records by the fields that are given for each: its id, the version that is meant, if one
/// is, and the fields. No id stands twice.
pub(in super::super) async fn update(
    access: Access<'_>,
    def: &'static ResourceDef,
    changes: Vec<(Uuid, Option<i64>, Fields)>,
) -> Result<Vec<Record>> {
    let unit = access.unit();
    let mut locked = lock_all(access, def, &changes).await?;
    check_versions(&locked, &changes)?;

    let mut patched = Vec::with_capacity(changes.len());
    let mut errors = Vec::new();
    for (at, (id, _, patch)) in changes.into_iter().enumerate() {
        let record = locked.remove(&id).ok_or_else(Error::not_found)?;
        match Patched::new(access, def, record, patch) {
            Ok(record) => patched.push(record),
            Err(wrong) => errors.extend(wrong.into_iter().map(|error| FieldError {
                field: format!("{}.{}", place(at), error.field),
                ..error
            })),
        }
    }
    refuse(errors)?;

    let changed = patched.iter().enumerate();
    let changed = changed.filter(|(_, patched)| !patched.is_unchanged());
    let (places, changed): (Vec<usize>, Vec<&Patched>) = changed.unzip();
    let written: Vec<_> = changed.iter().map(|patched| patched.written()).collect();
    check_references(access, def, &places, &written).await?;
    let args = changed
        .iter()
        .map(|patched| change::update_args(unit, &patched.record));
    let args: Vec<_> = args.collect();
    write_each(access, def, &statements(unit, def)?.update, &places, &args).await?;
    let custom = access.custom(def);
    let written = places.iter().zip(&changed);
    let written = written.flat_map(|(at, patched)| patched.custom_written(custom, *at));
    write_custom(access, def, written.collect()).await?;

    let mut entries = Vec::new();
    let mut records = Vec::with_capacity(patched.len());
    for patched in patched {
        let is_unchanged = patched.is_unchanged();
        let (entry, record) = patched.into_change(def);
        entries.extend((!is_unchanged).then_some(entry));
        records.push(record);
    }
    audit::record_each(unit, entries).await?;
    Ok(records)
}

/// The records by id; all of them, or 404.
async fn lock_all(
    access: Access<'_>,
    def: &'static ResourceDef,
    changes: &[(Uuid, Option<i64>, Fields)],
) -> Result<BTreeMap<Uuid, Record>> {
    let mut ids: Vec<Uuid> = changes.iter().map(|(id, ..)| *id).collect();
    ids.sort_unstable();
    let records = lock_each(access, def, &ids).await?.into_iter();
    let records: Option<Vec<Record>> = records.collect();
    let mut records = records.ok_or_else(Error::not_found)?;
    values::attach(access, def, &mut records).await?;
    Ok(ids.into_iter().zip(records).collect())
}

/// Refuses the change of records that have another version by now.
fn check_versions(
    locked: &BTreeMap<Uuid, Record>,
    changes: &[(Uuid, Option<i64>, Fields)],
) -> Result<()> {
    let stale = changes.iter().enumerate().filter(|(_, (id, version, _))| {
        let record = locked.get(id);
        version.is_some() && record.map(|record| record.version) != *version
    });
    let errors: Vec<FieldError> = stale
        .map(|(at, _)| {
            let field = format!("{}.version", place(at));
            let message = "The record is not what it was when you read it. Read it again.";
            FieldError::new(field, "stale", message)
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::conflicts(errors))
    }
}
