//! The tables `<resource>_custom_values`: all statements on them.
//!
//! `$1` is the tenant, as everywhere. Names come from the schema; which field is meant is a parameter.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::CustomField;
use crate::error::{Error, FieldError, Result};
use crate::model::ResourceDef;
use crate::store::record::Record;
use crate::store::{Access, FailedAt, FieldValue, Row, StoreError, Unit, Value, scope};

/// The most records whose values one statement reads.
const AT_ONCE: usize = 1_000;

/// What the table's name ends in.
const SUFFIX: &str = "_custom_values";

/// The value of the field in `$field` of a record of `resource`, as an expression.
pub(in crate::store) fn expression(resource: &str, field: &CustomField, place: usize) -> String {
    let table = format!("{resource}{SUFFIX}");
    let column = if field.is_number() {
        "number_value"
    } else {
        "text_value"
    };
    format!(
        r#"(SELECT "{table}"."{column}" FROM "{table}" WHERE {} AND "{table}"."record_id" = "{resource}"."id" AND "{table}"."field_id" = ${place})"#,
        scope::tenant(&table)
    )
}

/// The statement that reads the values of some records.
pub(in crate::store) fn select(
    def: &ResourceDef,
    tenant: Uuid,
    records: &[Record],
) -> (String, Vec<Value>) {
    let table = format!("{}{SUFFIX}", def.name);
    let mut args = vec![Value::Uuid(tenant)];
    args.extend(records.iter().map(|record| Value::Uuid(record.id)));
    // The last one again, up to a power of two: so many lengths, so few statements to prepare.
    if let Some(last) = records.last() {
        let more = records.len().next_power_of_two() - records.len();
        args.extend((0..more).map(|_| Value::Uuid(last.id)));
    }
    let places: Vec<String> = (2..=args.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        r#"SELECT "record_id", "field_id", "text_value", "number_value" FROM "{table}" WHERE {} AND "{table}"."record_id" IN ({})"#,
        scope::tenant(&table),
        places.join(", ")
    );
    (sql, args)
}

/// Gives records the values that were read: one for each of the tenant's fields, null without one. A
/// value of a field that was added since is passed over.
pub(in crate::store) fn fill(
    fields: &[Arc<CustomField>],
    records: &mut [Record],
    rows: Vec<Row>,
) -> Result<()> {
    let mut by_id = HashMap::with_capacity(records.len());
    for record in records {
        record.custom = vec![Value::Null; fields.len()];
        by_id.insert(record.id, &mut record.custom);
    }
    let mut take = |mut row: Row| {
        let (record, field): (Uuid, Uuid) = (row.next()?, row.next()?);
        let at = fields.iter().position(|it| it.id == field);
        let slot = at.and_then(|at| by_id.get_mut(&record)?.get_mut(at));
        if let (Some(slot), Some(field)) = (slot, at.and_then(|at| fields.get(at))) {
            *slot = field.read(row.next_value()?, row.next_value()?)?;
        }
        Ok(())
    };
    rows.into_iter()
        .try_for_each(&mut take)
        .map_err(|error: crate::store::UnexpectedValue| Error::internal(error))
}

/// Reads the values of records, if the tenant has fields of its own here.
pub(in crate::store) async fn attach(
    access: Access<'_>,
    def: &ResourceDef,
    records: &mut [Record],
) -> Result<()> {
    let fields = access.custom(def);
    if fields.is_empty() {
        return Ok(());
    }
    let unit = access.unit();
    for records in records.chunks_mut(AT_ONCE) {
        let (sql, args) = select(def, unit.caller().tenant_id, records);
        let rows = unit.run(&sql, &args).await?;
        fill(fields, records, rows)?;
    }
    Ok(())
}

/// A value that is to be written.
#[derive(Debug)]
pub(in crate::store) struct Written<'a> {
    /// The record's place among those of the request.
    pub(in crate::store) at: usize,
    pub(in crate::store) record: Uuid,
    pub(in crate::store) field: &'a CustomField,
    pub(in crate::store) value: &'a Value,
}

/// Writes values of records that are kept from other writers; null removes one.
///
/// They are written by field and value: of two requests that take the same unique values, one waits
/// for the other, and not each for the other.
///
/// # Errors
/// With the place of the record that it is about: 409 for a value that another record has, 422 for a
/// field that was removed since.
pub(in crate::store) async fn write(
    unit: &Unit,
    def: &ResourceDef,
    mut written: Vec<Written<'_>>,
) -> Result<(), (usize, Error)> {
    if written.is_empty() {
        return Ok(());
    }
    let table = format!("{}{SUFFIX}", def.name);
    let tenant = scope::tenant(&table);
    written.sort_by_cached_key(|it| {
        (
            it.field.id,
            crate::store::record::wire(it.value).to_string(),
        )
    });
    let (gone, kept): (Vec<_>, Vec<_>) =
        written.into_iter().partition(|it| *it.value == Value::Null);

    let key = |it: &Written<'_>| {
        let tenant = unit.caller().tenant_id;
        [tenant, it.record, it.field.id].map(FieldValue::into_value)
    };
    let sql = format!(
        r#"DELETE FROM "{table}" WHERE {tenant} AND "{table}"."record_id" = $2 AND "{table}"."field_id" = $3"#
    );
    let args: Vec<_> = gone.iter().map(|it| key(it).to_vec()).collect();
    let done = unit.run_each(&sql, &args).await;
    done.map_err(|failed| refusal(&gone, failed))?;

    let sql = format!(
        r#"INSERT INTO "{table}" ("tenant_id", "record_id", "field_id", "text_value", "number_value", "unique_value") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ("tenant_id", "record_id", "field_id") DO UPDATE SET "text_value" = excluded."text_value", "number_value" = excluded."number_value", "unique_value" = excluded."unique_value" WHERE {tenant}"#
    );
    let args = kept.iter().map(|it| {
        let stored = it.field.stored(it.value);
        let unique = it.field.unique(&stored);
        let mut args = Vec::from(key(it));
        args.extend(if it.field.is_number() {
            [Value::Null, stored]
        } else {
            [stored, Value::Null]
        });
        args.push(unique);
        args
    });
    let args: Vec<_> = args.collect();
    let done = unit.run_each(&sql, &args).await;
    done.map(drop).map_err(|failed| refusal(&kept, failed))
}

fn refusal(written: &[Written<'_>], failed: FailedAt) -> (usize, Error) {
    let FailedAt { at, error } = failed;
    let Some(it) = written.get(at) else {
        return (0, error.into());
    };
    let path = &it.field.path;
    let refused = match error {
        StoreError::Unique(_) => {
            Error::conflict(path, "taken", "Another record has this value.").caused_by(error)
        }
        // The tenant has removed the field since its definition was read.
        StoreError::ForeignKey(_) => {
            let gone = crate::store::input::unknown_field(path);
            Error::invalid_input(vec![gone]).caused_by(error)
        }
        error => error.into(),
    };
    (it.at, refused)
}

/// How many values a field has.
pub(crate) async fn count(unit: &Unit, def: &ResourceDef, field: Uuid) -> Result<i64> {
    let table = format!("{}{SUFFIX}", def.name);
    let sql = format!(
        r#"SELECT COUNT(*) FROM "{table}" WHERE {} AND "{table}"."field_id" = $2"#,
        scope::tenant(&table)
    );
    let args = [unit.caller().tenant_id, field].map(FieldValue::into_value);
    let rows = unit.run(&sql, &args).await?;
    let mut row = crate::store::one(rows)?;
    row.next().map_err(Error::internal)
}

/// The values that a bag gives to a new record: a value for each of the tenant's fields.
///
/// # Errors
/// Every value that is wrong or missing, and every name that is no field.
pub(in crate::store) fn complete(
    fields: &[Arc<CustomField>],
    bag: &super::CustomFields,
) -> Result<Vec<Value>, Vec<FieldError>> {
    let mut errors = unknown(fields, bag);
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        let value = match bag.get(&field.name) {
            Some(json) => field.parse(json),
            None => field.default(),
        };
        match value {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(values)
    } else {
        Err(errors)
    }
}

/// The names in a bag that are no field of the tenant's.
pub(in crate::store) fn unknown(
    fields: &[Arc<CustomField>],
    bag: &super::CustomFields,
) -> Vec<FieldError> {
    let is_unknown = |name: &&str| fields.iter().all(|field| field.name != *name);
    let names = bag.iter().map(|(name, _)| name).filter(is_unknown);
    let path = |name: &str| format!("{}.{name}", super::BAG);
    names
        .map(|name| crate::store::input::unknown_field(path(name)))
        .collect()
}
