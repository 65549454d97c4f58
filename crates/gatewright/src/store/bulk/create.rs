//! Making many records.

use super::{check_references, write_each};
use crate::audit;
use crate::error::Result;
use crate::model::ResourceDef;
use crate::store::record::Record;
use crate::store::write::statements;
use crate::store::{Access, Value, change};

/// Makes records of checked values.
pub(super) async fn create(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: Vec<Vec<Value>>,
) -> Result<Vec<Record>> {
    let unit = access.unit();
    let records = values.into_iter().map(|values| change::fresh(unit, values));
    let records: Vec<Record> = records.collect();
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
