//! Making many records.

use super::{check_references, place, refuse, write_each};
use crate::audit;
use crate::error::Result;
use crate::model::ResourceDef;
use crate::store::fields::Fields;
use crate::store::record::Record;
use crate::store::write::{check_new, statements};
use crate::store::{Access, Value, change, input};

/// Makes records of the fields that are given for each.
pub(in super::super) async fn create(
    access: Access<'_>,
    def: &'static ResourceDef,
    given: Vec<Fields>,
) -> Result<Vec<Record>> {
    let unit = access.unit();
    let mut records = Vec::with_capacity(given.len());
    let mut errors = Vec::new();
    for (at, fields) in given.into_iter().enumerate() {
        match values(access, def, fields) {
            Ok(values) => records.push(change::fresh(unit, values)),
            Err(error) => errors.extend(error.within(&place(at)).into_field_errors()?),
        }
    }
    refuse(errors)?;
    let places: Vec<usize> = (0..records.len()).collect();
    let written = records
        .iter()
        .map(|record| record.values.iter().map(Some).collect());
    check_references(unit, def, &places, &written.collect::<Vec<_>>()).await?;

    let args = records
        .iter()
        .map(|record| change::insert_args(unit, record));
    let args: Vec<_> = args.collect();
    write_each(access, def, &statements(unit, def)?.insert, &places, &args).await?;
    let entries = records.iter().map(|record| change::created(def, record));
    audit::record_each(unit, entries.collect()).await?;
    Ok(records)
}

/// The checked values of one of them.
fn values(access: Access<'_>, def: &'static ResourceDef, fields: Fields) -> Result<Vec<Value>> {
    let values = input::complete(def, fields)?;
    check_new(access, def, &values)?;
    Ok(values)
}
