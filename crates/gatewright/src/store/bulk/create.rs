//! Making many records.

use super::{check_references, place, refuse, write_custom, write_each};
use crate::audit;
use crate::error::{Error, Result};
use crate::model::ResourceDef;
use crate::store::fields::Fields;
use crate::store::record::{Record, wire};
use crate::store::write::{check_new, statements};
use crate::store::{Access, Value, change, custom, input};

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
            Ok((values, custom)) => records.push(change::fresh(unit, values, custom)),
            Err(error) => errors.extend(error.within(&place(at)).into_field_errors()?),
        }
    }
    refuse(errors)?;
    let places: Vec<usize> = (0..records.len()).collect();
    let written = records
        .iter()
        .map(|record| record.values.iter().map(Some).collect());
    check_references(access, def, &places, &written.collect::<Vec<_>>()).await?;

    let order = in_order(def, &records);
    let ordered = order.iter().filter_map(|at| records.get(*at));
    let args = ordered.map(|record| change::insert_args(unit, record));
    let args: Vec<_> = args.collect();
    write_each(access, def, &statements(unit, def)?.insert, &order, &args).await?;
    let custom = access.custom(def);
    let written = records.iter().enumerate();
    let written = written.flat_map(|(at, record)| change::custom_of_new(custom, record, at));
    write_custom(access, def, written.collect()).await?;
    let entries = records
        .iter()
        .map(|record| change::created(def, custom, record));
    audit::record_each(unit, entries.collect()).await?;
    Ok(records)
}

/// The places of the records in the order in which they are written: by their unique values. Of two
/// requests that take the same values, one waits for the other, and not each for the other. Of equal
/// values the first comes first.
fn in_order(def: &ResourceDef, records: &[Record]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_cached_key(|at| {
        let values = records.get(*at).map(|record| record.values.iter());
        let values = def.fields.iter().zip(values.into_iter().flatten());
        let unique = values.filter(|(field, _)| field.unique);
        unique
            .map(|(_, value)| wire(value).to_string())
            .collect::<Vec<_>>()
    });
    order
}

/// The checked values of one of them, and those of the tenant's own fields.
fn values(
    access: Access<'_>,
    def: &'static ResourceDef,
    mut fields: Fields,
) -> Result<(Vec<Value>, Vec<Value>)> {
    let bag = fields.take_custom_fields();
    let values = input::complete(def, fields)?;
    check_new(access, def, &values)?;
    let custom = custom::values::complete(access.custom(def), &bag);
    Ok((values, custom.map_err(Error::invalid_input)?))
}
