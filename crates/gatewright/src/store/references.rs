//! References to records that the tenant does not have, or that the caller may not refer to.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::write::{key, statements};
use super::{Access, FailedAt, Unit, Value};
use crate::error::{Error, FieldError, Result};
use crate::model::{FieldType, ResourceDef};

/// The values of a record's fields, in the order of the definition; `None` for what is not written.
pub(super) type Written<'a> = Vec<Option<&'a Value>>;

/// The references of these records to nothing, each with its record's place: another tenant's
/// record and no record at all are the same, and so is somebody else's to a caller who reads their own
/// records alone. The foreign key below says no as well, but not for which field. Without an access it
/// is the system that refers.
pub(super) async fn missing(
    unit: &Unit,
    access: Option<Access<'_>>,
    def: &'static ResourceDef,
    records: &[Written<'_>],
) -> Result<Vec<(usize, FieldError)>> {
    let mut errors = Vec::new();
    for (index, field) in def.fields.iter().enumerate() {
        let FieldType::Reference { to, .. } = field.ty else {
            continue;
        };
        let referred = records.iter().enumerate();
        let referred: Vec<(usize, Uuid)> = referred
            .filter_map(|(at, values)| match values.get(index) {
                Some(Some(Value::Uuid(id))) => Some((at, *id)),
                _ => None,
            })
            .collect();
        let target = unit.runtime().model.resource(to);
        let target =
            target.ok_or_else(|| Error::internal(format!("the model has no resource `{to}`")))?;
        let maker = access.and_then(|access| access.refers_as(target));
        let ids = referred.iter().map(|(_, id)| *id).collect();
        let gone = gone(unit, target, maker, ids).await?;
        let missing = referred.iter().filter(|(_, id)| gone.contains(id));
        errors.extend(missing.map(|(at, _)| {
            let error = FieldError::new(field.name, "not_found", "There is no such record.");
            (*at, error)
        }));
    }
    errors.sort_by_key(|(at, _)| *at);
    Ok(errors)
}

/// Those of the ids that are no record of the tenant, or none that this user made.
async fn gone(
    unit: &Unit,
    target: &'static ResourceDef,
    maker: Option<Uuid>,
    ids: BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>> {
    let statements = statements(unit, target)?;
    let sql = match maker {
        None => &statements.exists,
        Some(_) => &statements.exists_own,
    };
    let keys = ids.iter().map(|id| {
        let mut args = key(unit, *id).to_vec();
        args.extend(maker.map(Value::Uuid));
        args
    });
    let found = unit
        .run_each(sql, &keys.collect::<Vec<_>>())
        .await
        .map_err(|FailedAt { error, .. }| error)?;
    let ids = ids.into_iter().zip(found);
    let gone = ids.filter_map(|(id, rows)| rows.is_empty().then_some(id));
    Ok(gone.collect())
}
