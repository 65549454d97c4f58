//! What a tenant calls a field of the schema, and whether it hides it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::can_be_hidden;
use super::input::is_label;
use super::routes::RESOURCE;
use super::statements::{self, Override};
use crate::audit::{self, Action, Change};
use crate::authz::permissions::custom_fields::{Read, Update};
use crate::authz::{Grant, protect};
use crate::error::{Error, Result};
use crate::http::{Api, Json as Body, NoContent, Path};
use crate::model::{FieldDef, Model};
use crate::store::{Access, List, Unit};

const ONE: &str = "/api/custom-fields/overrides/{resource}/{field}";

pub(super) fn register(api: &mut Api) {
    api.get("/api/custom-fields/overrides", protect(Read, list));
    api.put(ONE, protect(Update, set));
    api.delete(ONE, protect(Update, reset));
}

#[derive(Serialize)]
struct View {
    resource: String,
    field: String,
    label: Option<String>,
    hidden: bool,
}

impl From<Override> for View {
    fn from(it: Override) -> Self {
        Self {
            resource: it.resource,
            field: it.field,
            label: it.label,
            hidden: it.hidden,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    label: Option<String>,
    hidden: bool,
}

/// The field of the schema; one that the caller does not see is none to them.
fn field(
    access: Access<'_>,
    model: &'static Model,
    resource: &str,
    field: &str,
) -> Option<&'static FieldDef> {
    let def = model.resource(resource)?;
    let field = def.fields.get(def.field(field)?)?;
    access.sees(field).then_some(field)
}

/// All of them: there are no more than the schema has fields.
async fn list(grant: Grant<Read>) -> Result<List<View>> {
    let access = grant.access::<Read>();
    let model = access.unit().runtime().model;
    let mut overrides = statements::overrides(access.unit()).await?;
    overrides.retain(|it| field(access, model, &it.resource, &it.field).is_some());
    let overrides = overrides.into_iter().map(View::from);
    Ok(List::new(overrides.collect(), None))
}

async fn set(
    grant: Grant<Update>,
    Path((resource, name)): Path<(String, String)>,
    Body(Wanted { label, hidden }): Body<Wanted>,
) -> Result<Body<View>> {
    let access = grant.access::<Update>();
    let unit = access.unit();
    let field = field(access, unit.runtime().model, &resource, &name);
    let field = field.ok_or_else(Error::not_found)?;
    if label.as_deref().is_some_and(|label| !is_label(label)) {
        let message = "Send one line of 1 to 100 characters.";
        return Err(Error::invalid("label", "invalid", message));
    }
    if hidden && !can_be_hidden(field) {
        let message = "Every record needs a value for it, so nobody could make one.";
        return Err(Error::invalid("hidden", "required", message));
    }
    let new = Override {
        resource,
        field: name,
        label,
        hidden,
    };
    statements::begin(unit).await?;
    let old = old(unit, &new.resource, &new.field).await?;
    if old.as_ref() != Some(&new) {
        statements::set_override(unit, &new).await?;
        record(unit, &new, old.as_ref(), Some(&new)).await?;
    }
    Ok(Body(new.into()))
}

async fn reset(
    grant: Grant<Update>,
    Path((resource, name)): Path<(String, String)>,
) -> Result<NoContent> {
    let access = grant.access::<Update>();
    let unit = access.unit();
    let field = field(access, unit.runtime().model, &resource, &name);
    field.ok_or_else(Error::not_found)?;
    statements::begin(unit).await?;
    if let Some(old) = old(unit, &resource, &name).await? {
        statements::delete_override(unit, &resource, &name).await?;
        record(unit, &old, Some(&old), None).await?;
    }
    Ok(NoContent)
}

async fn old(unit: &Unit, resource: &str, field: &str) -> Result<Option<Override>> {
    let mut overrides = statements::overrides(unit).await?.into_iter();
    Ok(overrides.find(|it| it.resource == resource && it.field == field))
}

/// Writes the entry of a change, under the tenant's own id: an override has none.
async fn record(
    unit: &Unit,
    of: &Override,
    old: Option<&Override>,
    new: Option<&Override>,
) -> Result<()> {
    let shown = |it: &Override| json!({ "label": it.label, "hidden": it.hidden });
    let mut change = Map::new();
    for (key, it) in [("old", old), ("new", new)] {
        change.extend(it.map(|it| (key.to_owned(), shown(it))));
    }
    let name = format!("{}.{}", of.resource, of.field);
    let change = Change {
        resource: RESOURCE,
        action: Action::Update,
        record_id: unit.caller().tenant_id,
        changes: Map::from_iter([(name, Json::Object(change))]),
    };
    audit::record(unit, change).await
}
