//! Making and changing records.

use serde_json::{Map, json};
use uuid::Uuid;

use super::fields::Fields;
use super::input::{check_patterns, check_seen, unknown_field};
use super::record::{Record, encode, wire};
use super::statements::ResourceStatements;
use super::{Access, Constraint, FieldValue, StoreError, Unit, Value, check};
use crate::audit::{self, Action, Change};
use crate::clock;
use crate::digest;
use crate::error::{Error, FieldError, Result};
use crate::model::{FieldDef, FieldType, ResourceDef};

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

/// Any record of the caller's tenant, kept from other writers until the unit of work ends.
pub(super) async fn lock_any(
    unit: &Unit,
    def: &'static ResourceDef,
    id: Uuid,
) -> Result<Option<Record>> {
    record(unit, def, &statements(unit, def)?.lock, &key(unit, id)).await
}

async fn one(
    access: Access<'_>,
    def: &'static ResourceDef,
    (all, own): (&str, &str),
    id: Uuid,
) -> Result<Option<Record>> {
    let unit = access.unit();
    match access.own() {
        None => record(unit, def, all, &key(unit, id)).await,
        Some(user) => {
            let [tenant, id] = key(unit, id);
            record(unit, def, own, &[tenant, id, Value::Uuid(user)]).await
        }
    }
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

/// Makes a record of checked values. Those of fields that the caller does not see must be what a
/// new record has by itself.
pub(super) async fn create(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: Vec<Value>,
) -> Result<Record> {
    check_seen(access, def, &values)?;
    check_patterns(&access.unit().runtime().patterns, def, &values)?;
    let created = insert(access.unit(), def, values).await?;
    created.map_err(|error| clash(def, error, |field| access.sees(field)))
}

/// Makes a record of checked values on behalf of the system, which sees every field.
pub(crate) async fn create_unseen(
    unit: &Unit,
    def: &'static ResourceDef,
    values: Vec<Value>,
) -> Result<Record> {
    let created = insert(unit, def, values).await?;
    created.map_err(|error| clash(def, error, |_| true))
}

/// The record, or the constraint that refuses it.
async fn insert(
    unit: &Unit,
    def: &'static ResourceDef,
    values: Vec<Value>,
) -> Result<Result<Record, StoreError>> {
    let now = clock::now();
    let record = Record {
        id: Uuid::now_v7(),
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: unit.caller().actor,
        values,
    };
    check_references(unit, def, record.values.iter().map(Some)).await?;

    let mut args = Vec::from(key(unit, record.id));
    args.extend([
        Value::Integer(record.version),
        Value::Timestamp(now),
        Value::Timestamp(now),
        record.created_by.into_value(),
    ]);
    args.extend(encoded(unit, &record.values));
    if let Err(error) = unit.run(&statements(unit, def)?.insert, &args).await {
        return Ok(Err(error));
    }

    let changes = def.fields.iter().zip(&record.values);
    let changes: Map<_, _> = changes
        .map(|(field, new)| (field.name.to_owned(), json!({ "new": wire(new) })))
        .collect();
    audit::record(
        unit,
        Change {
            resource: def.name,
            action: Action::Create,
            record_id: record.id,
            changes,
        },
    )
    .await?;
    Ok(Ok(record))
}

/// Changes a record by the fields that are given.
pub(super) async fn update(
    access: Access<'_>,
    def: &'static ResourceDef,
    id: Uuid,
    patch: Fields,
) -> Result<Record> {
    let unit = access.unit();
    let patterns = &unit.runtime().patterns;
    let mut record = lock(access, def, id).await?.ok_or_else(Error::not_found)?;
    let mut changes = Map::new();
    let mut errors = Vec::new();
    let mut changed = vec![None; def.fields.len()];
    let patch = patch.into_values();
    for (index, (field, given)) in def.fields.iter().zip(patch).enumerate() {
        let (Some(value), Some(current)) = (given, record.values.get_mut(index)) else {
            continue;
        };
        if !access.sees(field) {
            errors.push(unknown_field(field.name));
            continue;
        }
        let checked = check::check(field, value);
        let checked = checked.and_then(|value| patterns.check(field, &value).map(|()| value));
        match checked {
            Ok(new) if new != *current => {
                changes.insert(
                    field.name.to_owned(),
                    json!({ "old": wire(current), "new": wire(&new) }),
                );
                changed[index] = Some(new.clone());
                *current = new;
            }
            Ok(_) => {}
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Error::invalid_input(errors));
    }
    if changes.is_empty() {
        return Ok(record);
    }
    check_references(unit, def, changed.iter().map(Option::as_ref)).await?;

    record.version += 1;
    record.updated_at = clock::now();
    let mut args = Vec::from(key(unit, id));
    args.extend([
        Value::Integer(record.version),
        Value::Timestamp(record.updated_at),
    ]);
    args.extend(encoded(unit, &record.values));
    let updated = unit.run(&statements(unit, def)?.update, &args).await;
    updated.map_err(|error| clash(def, error, |field| access.sees(field)))?;
    audit::record(
        unit,
        Change {
            resource: def.name,
            action: Action::Update,
            record_id: id,
            changes,
        },
    )
    .await?;
    Ok(record)
}

fn encoded<'a>(unit: &Unit, values: &'a [Value]) -> impl Iterator<Item = Value> + 'a {
    let dialect = unit.runtime().statements.dialect();
    values.iter().map(move |value| encode(dialect, value))
}

/// Refuses references to records that the tenant does not have, by field: another tenant's record
/// and no record at all are the same. The foreign key below says no as well, but not for which field.
async fn check_references(
    unit: &Unit,
    def: &'static ResourceDef,
    values: impl Iterator<Item = Option<&Value>>,
) -> Result<()> {
    let mut errors = Vec::new();
    for (field, value) in def.fields.iter().zip(values) {
        let (FieldType::Reference { to, .. }, Some(Value::Uuid(id))) = (field.ty, value) else {
            continue;
        };
        let target = unit.runtime().model.resource(to);
        let target =
            target.ok_or_else(|| Error::internal(format!("the model has no resource `{to}`")))?;
        if unit
            .run(&statements(unit, target)?.exists, &key(unit, *id))
            .await?
            .is_empty()
        {
            errors.push(FieldError::new(
                field.name,
                "not_found",
                "There is no such record.",
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// The refusal of a constraint as the client's error. It names the field, if the client sees it.
fn clash(def: &ResourceDef, error: StoreError, sees: impl Fn(&FieldDef) -> bool) -> Error {
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
                            *name == constraint_name(def.name, field.name, "unique")
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
                matches!(constraint, Constraint::Named(name) if *name == constraint_name(def.name, field.name, "fkey"))
            });
            Error::invalid(name_of(field), "not_found", "There is no such record.").caused_by(error)
        }
        _ => error.into(),
    }
}

/// The name that the generator gives a constraint. PostgreSQL keeps 63 bytes of a name, so a longer
/// one ends in a digest of what it was made from.
fn constraint_name(resource: &str, field: &str, suffix: &str) -> String {
    let name = format!("{resource}_{field}_{suffix}");
    if name.len() <= 63 {
        return name;
    }
    let hex = digest::sha256_hex(format!("{resource}.{field}.{suffix}").as_bytes());
    // Names of the schema are ASCII, so a byte is a character.
    let (kept, hex): (String, String) = (
        name.chars().take(54).collect(),
        hex.chars().take(8).collect(),
    );
    format!("{kept}_{hex}")
}
