//! Making and changing records.

use uuid::Uuid;

use super::change::{self, Patched};
use super::custom::{self, CustomFields};
use super::fields::Fields;
use super::input::{check_patterns, check_seen};
use super::record::Record;
use super::references::{self, Written};
use super::statements::ResourceStatements;
use super::{Access, Constraint, FailedAt, StoreError, Unit, Value};
use crate::audit;
use crate::digest;
use crate::error::{Error, Result};
use crate::http::IfMatch;
use crate::model::{FieldDef, ResourceDef};

/// The statements of a resource.
pub(super) fn statements<'a>(
    unit: &'a Unit,
    def: &'static ResourceDef,
) -> Result<&'a ResourceStatements> {
    let statements = unit.runtime().statements.of(def);
    statements
        .ok_or_else(|| Error::internal(format!("`{}` is not a resource of the model", def.name)))
}

/// The parameters that scope a statement to one record of the caller's tenant.
pub(super) fn key(unit: &Unit, id: Uuid) -> [Value; 2] {
    [Value::Uuid(unit.caller().tenant_id), Value::Uuid(id)]
}

/// A record of the caller's tenant, as far as the access reaches.
pub(super) async fn find(
    access: Access<'_>,
    def: &'static ResourceDef,
    id: Uuid,
) -> Result<Option<Record>> {
    let statements = statements(access.unit(), def)?;
    one(access, def, (&statements.read, &statements.read_own), id).await
}

/// The same, kept from other writers until the unit of work ends.
pub(super) async fn lock(
    access: Access<'_>,
    def: &'static ResourceDef,
    id: Uuid,
) -> Result<Option<Record>> {
    let statements = statements(access.unit(), def)?;
    one(access, def, (&statements.lock, &statements.lock_own), id).await
}

/// Records of the caller's tenant as far as the access reaches, kept from other writers: `None` where
/// there is none. Ids in order keep two writers from waiting for each other.
pub(super) async fn lock_each(
    access: Access<'_>,
    def: &'static ResourceDef,
    ids: &[Uuid],
) -> Result<Vec<Option<Record>>> {
    let unit = access.unit();
    let Some(user) = access.own() else {
        return lock_any(unit, def, ids).await;
    };
    let args = ids.iter().map(|id| {
        let [tenant, id] = key(unit, *id);
        vec![tenant, id, Value::Uuid(user)]
    });
    let args: Vec<_> = args.collect();
    records(unit, def, &statements(unit, def)?.lock_own, &args).await
}

/// The same for any records of the tenant.
pub(super) async fn lock_any(
    unit: &Unit,
    def: &'static ResourceDef,
    ids: &[Uuid],
) -> Result<Vec<Option<Record>>> {
    let keys: Vec<_> = ids.iter().map(|id| key(unit, *id).to_vec()).collect();
    records(unit, def, &statements(unit, def)?.lock, &keys).await
}

async fn records(
    unit: &Unit,
    def: &'static ResourceDef,
    sql: &str,
    args: &[Vec<Value>],
) -> Result<Vec<Option<Record>>> {
    let found = unit.run_each(sql, args).await;
    let found = found.map_err(|FailedAt { error, .. }| error)?;
    let records = found.into_iter().map(|rows| {
        let row = rows.into_iter().next();
        row.map(|row| Record::from_row(def, row)).transpose()
    });
    records
        .collect::<std::result::Result<_, _>>()
        .map_err(Error::internal)
}

async fn one(
    access: Access<'_>,
    def: &'static ResourceDef,
    (all, own): (&str, &str),
    id: Uuid,
) -> Result<Option<Record>> {
    let unit = access.unit();
    let mut found = match access.own() {
        None => record(unit, def, all, &key(unit, id)).await?,
        Some(user) => {
            let [tenant, id] = key(unit, id);
            record(unit, def, own, &[tenant, id, Value::Uuid(user)]).await?
        }
    };
    if let Some(record) = &mut found {
        custom::values::attach(access, def, std::slice::from_mut(record)).await?;
    }
    Ok(found)
}

async fn record(
    unit: &Unit,
    def: &'static ResourceDef,
    sql: &str,
    args: &[Value],
) -> Result<Option<Record>> {
    let row = unit.run(sql, args).await?.into_iter().next();
    row.map(|row| Record::from_row(def, row).map_err(Error::internal))
        .transpose()
}

/// Makes a record of checked values, in a tenant that has no fields of its own, or none that must be
/// given.
#[cfg(test)]
pub(super) async fn create(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: Vec<Value>,
) -> Result<Record> {
    create_with(access, def, values, &CustomFields::default()).await
}

/// Makes a record of checked values, and of values of the tenant's own fields. Those of fields that the
/// caller does not see must be what a new record has by itself.
pub(super) async fn create_with(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: Vec<Value>,
    bag: &CustomFields,
) -> Result<Record> {
    check_new(access, def, &values)?;
    let custom = custom::values::complete(access.custom(def), bag);
    let custom = custom.map_err(Error::invalid_input)?;
    let created = insert(access.unit(), Some(access), def, values, custom).await?;
    created.map_err(|error| clash(def, error, |field| access.shows(field)))
}

/// Refuses values of a new record that the caller may not give, or that match no pattern.
pub(super) fn check_new(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: &[Value],
) -> Result<()> {
    check_seen(access, def, values)?;
    check_patterns(&access.unit().runtime().patterns, def, values)
}

/// Makes a record of checked values on behalf of the system, which sees every field.
pub(crate) async fn create_unseen(
    unit: &Unit,
    def: &'static ResourceDef,
    values: Vec<Value>,
) -> Result<Record> {
    let created = insert(unit, None, def, values, Vec::new()).await?;
    created.map_err(|error| clash(def, error, |_| true))
}

/// The record, or the constraint that refuses it.
async fn insert(
    unit: &Unit,
    access: Option<Access<'_>>,
    def: &'static ResourceDef,
    values: Vec<Value>,
    custom: Vec<Value>,
) -> Result<Result<Record, StoreError>> {
    let record = change::fresh(unit, values, custom);
    check_references(unit, access, def, record.values.iter().map(Some).collect()).await?;
    let args = change::insert_args(unit, &record);
    if let Err(error) = unit.run(&statements(unit, def)?.insert, &args).await {
        return Ok(Err(error));
    }
    let custom = access.map_or(&[][..], |access| access.custom(def));
    let written = change::custom_of_new(custom, &record, 0);
    let written = custom::values::write(unit, def, written.collect()).await;
    written.map_err(|(_, error)| error)?;
    audit::record(unit, change::created(def, custom, &record)).await?;
    Ok(Ok(record))
}

/// Changes a record of the version that is meant, by the fields that are given.
pub(super) async fn update(
    access: Access<'_>,
    def: &'static ResourceDef,
    id: Uuid,
    version: &IfMatch,
    patch: Fields,
) -> Result<Record> {
    let unit = access.unit();
    let record = lock(access, def, id).await?.ok_or_else(Error::not_found)?;
    version.check(record.version)?;
    let patched = Patched::new(access, def, record, patch).map_err(Error::invalid_input)?;
    if patched.is_unchanged() {
        return Ok(patched.record);
    }
    check_references(unit, Some(access), def, patched.written()).await?;
    let args = change::update_args(unit, &patched.record);
    let updated = unit.run(&statements(unit, def)?.update, &args).await;
    updated.map_err(|error| clash(def, error, |field| access.shows(field)))?;
    let written = patched.custom_written(access.custom(def), 0);
    let written = custom::values::write(unit, def, written.collect()).await;
    written.map_err(|(_, error)| error)?;
    let (change, record) = patched.into_change(def);
    audit::record(unit, change).await?;
    Ok(record)
}

/// Refuses references to records that the tenant does not have, by field.
async fn check_references(
    unit: &Unit,
    access: Option<Access<'_>>,
    def: &'static ResourceDef,
    written: Written<'_>,
) -> Result<()> {
    let missing = references::missing(unit, access, def, &[written]).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let errors = missing.into_iter().map(|(_, error)| error);
    Err(Error::invalid_input(errors.collect()))
}

/// The refusal of a constraint as the client's error. It names the field, if the client sees it.
pub(super) fn clash(
    def: &ResourceDef,
    error: StoreError,
    sees: impl Fn(&FieldDef) -> bool,
) -> Error {
    let name_of = |field: Option<&FieldDef>| {
        let field = field.filter(|field| sees(field));
        field.map_or("", |field| field.name)
    };
    match &error {
        StoreError::Unique(constraint) => {
            let field =
                def.fields
                    .iter()
                    .filter(|field| field.unique)
                    .find(|field| match constraint {
                        Constraint::Named(name) => {
                            is_constraint(name, def.name, field.name, "unique")
                        }
                        Constraint::Columns(columns) => {
                            columns.iter().any(|column| column == field.name)
                        }
                        Constraint::Unknown => false,
                    });
            Error::conflict(name_of(field), "taken", "Another record has this value.")
                .caused_by(error)
        }
        StoreError::ForeignKey(constraint) => {
            let field = def.fields.iter().find(|field| {
                matches!(constraint, Constraint::Named(name) if is_constraint(name, def.name, field.name, "fkey"))
            });
            Error::invalid(name_of(field), "not_found", "There is no such record.").caused_by(error)
        }
        _ => error.into(),
    }
}

/// Whether the generator gives a constraint this name. PostgreSQL keeps 63 bytes of a name, so a
/// longer one, or one that another has, ends in a digest of what it was made from.
fn is_constraint(name: &str, resource: &str, field: &str, suffix: &str) -> bool {
    let plain = format!("{resource}_{field}_{suffix}");
    if plain.len() <= 63 && name == plain {
        return true;
    }
    let hex = digest::sha256_hex(format!("{resource}.{field}.{suffix}").as_bytes());
    // Names of the schema are ASCII, so a byte is a character.
    let (kept, hex): (String, String) = (
        plain.chars().take(54).collect(),
        hex.chars().take(8).collect(),
    );
    name == format!("{kept}_{hex}")
}
