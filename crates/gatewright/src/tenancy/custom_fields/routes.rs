//! The fields of a tenant's own.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::input::{FieldPatch, NewField};
use super::statements::{self, Stored};
use super::{MOST_FIELDS, rules};
use crate::audit::{self, Action, Change};
use crate::authz::permissions::custom_fields::{Create, Delete, Read, Update};
use crate::authz::{Grant, protect};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Api, IfMatch, Json as Body, JsonObject, NoContent, PageQuery, Path};
use crate::model::FieldDef;
use crate::store::custom::{CustomField, Definition, values};
use crate::store::{List, StoreError, Unit};

/// What entries of the audit log are about.
pub(super) const RESOURCE: &str = "custom_fields";

pub(super) fn register(api: &mut Api) {
    api.get("/api/custom-fields", protect(Read, list));
    api.post("/api/custom-fields", protect(Create, create));
    api.patch("/api/custom-fields/{id}", protect(Update, update));
    api.delete("/api/custom-fields/{id}", protect(Delete, delete));
}

#[derive(Serialize)]
struct View {
    id: Uuid,
    resource: String,
    name: String,
    label: Option<String>,
    #[serde(flatten)]
    definition: Definition,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Stored> for View {
    fn from(field: Stored) -> Self {
        Self {
            id: field.id,
            resource: field.resource,
            name: field.name,
            label: field.label,
            definition: field.definition,
            version: field.version,
            created_at: field.created_at,
            updated_at: field.updated_at,
        }
    }
}

impl View {
    /// With its version in `ETag`, as a record's answer has it.
    fn answer(self, status: StatusCode) -> Response {
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.version));
        let mut response = (status, Body(self)).into_response();
        if let Ok(tag) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// A field as an entry has it.
fn entry(field: &Stored) -> Json {
    let definition = serde_json::to_value(&field.definition).unwrap_or_default();
    json!({
        "resource": field.resource, "name": field.name, "label": field.label, "definition": definition,
    })
}

async fn list(grant: Grant<Read>, query: PageQuery) -> Result<List<View>> {
    let unit = grant.access::<Read>().unit();
    let cursors = &unit.runtime().cursors;
    let tenant = grant.tenant_id();
    let after = query.after(cursors, tenant, RESOURCE)?;
    let mut fields = statements::page(unit, after.unwrap_or_default(), query.one_more()).await?;
    let next_cursor = query.next(cursors, tenant, RESOURCE, &mut fields, |field| field.id)?;
    Ok(List::new(
        fields.into_iter().map(View::from).collect(),
        next_cursor,
    ))
}

async fn create(grant: Grant<Create>, Body(body): Body<JsonObject>) -> Result<Response> {
    let access = grant.access::<Create>();
    let unit = access.unit();
    let sees = |field: &FieldDef| field.permission.is_none_or(|slug| access.passes(slug));
    let new = NewField::read(unit.runtime().model, sees, body)?;
    let now = clock::now();
    let field = Stored {
        id: Uuid::now_v7(),
        resource: new.def.name.to_owned(),
        name: new.name,
        label: new.label,
        definition: new.definition,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    CustomField::new(field.id, &field.name, &field.definition).map_err(Error::invalid_input)?;
    statements::begin(unit).await?;
    let (count, is_taken) = statements::names(unit, &field.resource, &field.name).await?;
    if is_taken {
        return Err(taken());
    }
    if count >= MOST_FIELDS {
        let message = format!("A resource has {MOST_FIELDS} fields of a tenant's own at most.");
        return Err(Error::conflict("resource", "too_many", message));
    }
    let inserted = statements::insert(unit, &field).await;
    inserted.map_err(|error| match error {
        StoreError::Unique(_) => taken().caused_by(error),
        error => error.into(),
    })?;
    let changes = Map::from_iter([("field".to_owned(), json!({ "new": entry(&field) }))]);
    record(unit, Action::Create, field.id, changes).await?;
    Ok(View::from(field).answer(StatusCode::CREATED))
}

fn taken() -> Error {
    Error::conflict("name", "taken", "The resource has a field of this name.")
}

async fn update(
    grant: Grant<Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body(body): Body<JsonObject>,
) -> Result<Response> {
    let unit = grant.access::<Update>().unit();
    let patch = FieldPatch::read(body)?;
    statements::begin(unit).await?;
    let old = statements::find(unit, id).await?;
    let old = old.ok_or_else(Error::not_found)?;
    version.check(old.version)?;
    let mut new = old.clone();
    new.definition = rules::changed(&old.definition, &patch)?;
    if let Some(label) = patch.label {
        new.label = label;
    }
    CustomField::new(id, &new.name, &new.definition).map_err(Error::invalid_input)?;
    if new.definition == old.definition && new.label == old.label {
        return Ok(View::from(old).answer(StatusCode::OK));
    }
    new.version += 1;
    new.updated_at = clock::now();
    statements::update(unit, &new).await?;
    let change = json!({ "old": entry(&old), "new": entry(&new) });
    let changes = Map::from_iter([("field".to_owned(), change)]);
    record(unit, Action::Update, id, changes).await?;
    Ok(View::from(new).answer(StatusCode::OK))
}

/// Removes a field with all its values.
async fn delete(grant: Grant<Delete>, Path(id): Path<Uuid>, version: IfMatch) -> Result<NoContent> {
    let unit = grant.access::<Delete>().unit();
    statements::begin(unit).await?;
    let field = statements::find(unit, id).await?;
    let field = field.ok_or_else(Error::not_found)?;
    version.check(field.version)?;
    let count = match unit.runtime().model.resource(&field.resource) {
        Some(def) => values::count(unit, def, id).await?,
        None => 0,
    };
    statements::delete(unit, id).await?;
    let changes = Map::from_iter([
        ("field".to_owned(), json!({ "old": entry(&field) })),
        ("values".to_owned(), json!({ "old": count })),
    ]);
    record(unit, Action::Delete, id, changes).await?;
    Ok(NoContent)
}

/// Writes the entry of a change.
async fn record(unit: &Unit, action: Action, id: Uuid, changes: Map<String, Json>) -> Result<()> {
    let change = Change {
        resource: RESOURCE,
        action,
        record_id: id,
        changes,
    };
    audit::record(unit, change).await
}
