//! All statements on `custom_fields` and `field_overrides`. `$1` is the tenant.

use std::error::Error as StdError;

use jiff::Timestamp;
use uuid::Uuid;

use super::can_be_hidden;
use crate::clock;
use crate::error::{Error, Result};
use crate::model::{FieldDef, Model};
use crate::store::custom::{CustomField, Definition, TenantFields};
use crate::store::{FieldValue, Row, StoreError, Transaction, UnexpectedValue, Unit, Value};

/// A field as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) resource: String,
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) definition: Definition,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// What a tenant makes of a field of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Override {
    pub(super) resource: String,
    pub(super) field: String,
    pub(super) label: Option<String>,
    pub(super) hidden: bool,
}

type Unreadable = Box<dyn StdError + Send + Sync>;

const LOAD: &str = "
    SELECT id, resource, name, definition FROM custom_fields WHERE tenant_id = $1 ORDER BY id";

const LOAD_HIDDEN: &str = "
    SELECT resource, field, hidden FROM field_overrides WHERE tenant_id = $1";

/// Everything of a tenant. What belongs to no resource or field of the model is passed over.
pub(super) async fn load(
    transaction: &mut Transaction,
    model: &'static Model,
    tenant: Uuid,
) -> Result<TenantFields, Unreadable> {
    let mut added = Vec::new();
    for mut row in transaction.run(LOAD, &[tenant.into_value()]).await? {
        let (id, resource, name): (Uuid, String, String) = (row.next()?, row.next()?, row.next()?);
        let Some(def) = model.resource(&resource) else {
            continue;
        };
        let definition = row.next::<String>()?;
        let definition: Definition = serde_json::from_str(&definition)?;
        let field = CustomField::new(id, &name, &definition);
        let field = field.map_err(|_| format!("the custom field {id} makes no sense"))?;
        added.push((def.name, field));
    }
    let mut hidden: Vec<&'static FieldDef> = Vec::new();
    for mut row in transaction.run(LOAD_HIDDEN, &[tenant.into_value()]).await? {
        let (resource, field): (String, String) = (row.next()?, row.next()?);
        let is_hidden: bool = row.next()?;
        let def = model.resource(&resource);
        let field = def.and_then(|def| def.fields.get(def.field(&field)?));
        // The schema may have made the field required since.
        hidden.extend(field.filter(|field| is_hidden && can_be_hidden(field)));
    }
    Ok(TenantFields::new(added, hidden))
}

/// Begins a change: nobody else's runs until it ends, and what is remembered of the tenant is over.
pub(super) async fn begin(unit: &Unit) -> Result<()> {
    let sql = "UPDATE tenants SET custom_fields_version = custom_fields_version + 1 WHERE id = $1";
    unit.run(sql, &[tenant(unit)]).await?;
    Ok(())
}

fn tenant(unit: &Unit) -> Value {
    unit.caller().tenant_id.into_value()
}

const PAGE: &str = "
    SELECT id, resource, name, label, definition, version, created_at, updated_at
    FROM custom_fields
    WHERE tenant_id = $1 AND id > $2
    ORDER BY id LIMIT $3";

/// At most `rows` fields after one.
pub(super) async fn page(unit: &Unit, after: Uuid, rows: i64) -> Result<Vec<Stored>> {
    let args = [tenant(unit), after.into_value(), rows.into_value()];
    stored(unit.run(PAGE, &args).await?)
}

const FIND: &str = "
    SELECT id, resource, name, label, definition, version, created_at, updated_at
    FROM custom_fields
    WHERE tenant_id = $1 AND id = $2";

/// A field by id.
pub(super) async fn find(unit: &Unit, id: Uuid) -> Result<Option<Stored>> {
    let rows = unit.run(FIND, &[tenant(unit), id.into_value()]).await?;
    Ok(stored(rows)?.pop())
}

fn stored(rows: Vec<Row>) -> Result<Vec<Stored>> {
    let read = |mut row: Row| -> Result<Stored, Unreadable> {
        Ok(Stored {
            id: row.next()?,
            resource: row.next()?,
            name: row.next()?,
            label: row.next()?,
            definition: serde_json::from_str(&row.next::<String>()?)?,
            version: row.next()?,
            created_at: row.next()?,
            updated_at: row.next()?,
        })
    };
    let stored = rows.into_iter().map(read).collect::<Result<_, _>>();
    stored.map_err(Error::internal)
}

/// How many fields a resource has, and whether one has this name.
pub(super) async fn names(unit: &Unit, resource: &str, name: &str) -> Result<(usize, bool)> {
    let sql = "SELECT name FROM custom_fields WHERE tenant_id = $1 AND resource = $2";
    let args = [tenant(unit), resource.to_owned().into_value()];
    let rows = unit.run(sql, &args).await?;
    let names = rows.into_iter().map(|mut row| row.next::<String>());
    let names: Vec<String> = names
        .collect::<Result<_, UnexpectedValue>>()
        .map_err(Error::internal)?;
    Ok((names.len(), names.iter().any(|known| known == name)))
}

const INSERT: &str = "
    INSERT INTO custom_fields (tenant_id, id, resource, name, label, definition, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)";

pub(super) async fn insert(unit: &Unit, field: &Stored) -> Result<(), StoreError> {
    let args = [
        tenant(unit),
        field.id.into_value(),
        field.resource.clone().into_value(),
        field.name.clone().into_value(),
        field.label.clone().into_value(),
        text(&field.definition).into_value(),
        field.created_at.into_value(),
    ];
    unit.run(INSERT, &args).await.map(drop)
}

const UPDATE: &str = "
    UPDATE custom_fields SET label = $3, definition = $4, version = $5, updated_at = $6
    WHERE tenant_id = $1 AND id = $2";

pub(super) async fn update(unit: &Unit, field: &Stored) -> Result<()> {
    let args = [
        tenant(unit),
        field.id.into_value(),
        field.label.clone().into_value(),
        text(&field.definition).into_value(),
        field.version.into_value(),
        field.updated_at.into_value(),
    ];
    unit.run(UPDATE, &args).await?;
    Ok(())
}

/// Removes a field. Its values go with it, in the database.
pub(super) async fn delete(unit: &Unit, id: Uuid) -> Result<()> {
    let sql = "DELETE FROM custom_fields WHERE tenant_id = $1 AND id = $2";
    unit.run(sql, &[tenant(unit), id.into_value()]).await?;
    Ok(())
}

fn text(definition: &Definition) -> String {
    // Its keys are text and its values JSON: there is nothing that could have no form.
    serde_json::to_string(definition).unwrap_or_default()
}

const OVERRIDES: &str = "
    SELECT resource, field, label, hidden FROM field_overrides
    WHERE tenant_id = $1 ORDER BY resource, field";

/// All overrides, by resource and field.
pub(super) async fn overrides(unit: &Unit) -> Result<Vec<Override>> {
    let rows = unit.run(OVERRIDES, &[tenant(unit)]).await?;
    let read = |mut row: Row| -> Result<Override, UnexpectedValue> {
        Ok(Override {
            resource: row.next()?,
            field: row.next()?,
            label: row.next()?,
            hidden: row.next()?,
        })
    };
    let overrides = rows.into_iter().map(read).collect::<Result<_, _>>();
    overrides.map_err(Error::internal)
}

const SET_OVERRIDE: &str = "
    INSERT INTO field_overrides (tenant_id, resource, field, label, hidden, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant_id, resource, field)
    DO UPDATE SET label = excluded.label, hidden = excluded.hidden, updated_at = excluded.updated_at
    WHERE field_overrides.tenant_id = $1";

pub(super) async fn set_override(unit: &Unit, it: &Override) -> Result<()> {
    let args = [
        tenant(unit),
        it.resource.clone().into_value(),
        it.field.clone().into_value(),
        it.label.clone().into_value(),
        it.hidden.into_value(),
        clock::now().into_value(),
    ];
    unit.run(SET_OVERRIDE, &args).await?;
    Ok(())
}

pub(super) async fn delete_override(unit: &Unit, resource: &str, field: &str) -> Result<()> {
    let sql = "DELETE FROM field_overrides WHERE tenant_id = $1 AND resource = $2 AND field = $3";
    let args = [
        tenant(unit),
        resource.to_owned().into_value(),
        field.to_owned().into_value(),
    ];
    unit.run(sql, &args).await?;
    Ok(())
}
