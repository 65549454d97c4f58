//! `/api/roles`

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value as JsonValue, json};
use uuid::Uuid;

use super::slugs::{self, Named};
use super::statements::{self, StoredRole, find};
use super::view::RoleView;
use super::{rules, statements::name_taken};
use crate::audit::{self, Action, Change};
use crate::authz::permissions::roles;
use crate::authz::{Grant, Override, Permission, Role, protect};
use crate::error::{Error, FieldError, Result};
use crate::http::{Api, IfMatch, Json, NoContent, PageQuery, Path, created, given, versioned};
use crate::store::{List, Unit};
use crate::tenancy::Authority;

pub(crate) fn register(api: &mut Api) {
    api.get("/api/roles", protect(roles::Read, list));
    api.post("/api/roles", protect(roles::Create, create));
    api.get("/api/roles/{id}", protect(roles::Read, show));
    api.patch("/api/roles/{id}", protect(roles::Update, update));
    api.delete("/api/roles/{id}", protect(roles::Delete, delete));
}

async fn list(grant: Grant<roles::Read>, query: PageQuery) -> Result<List<RoleView>> {
    let unit = grant.access::<roles::Read>().unit();
    let runtime = unit.runtime();
    let (cursors, tenant) = (&runtime.cursors, grant.tenant_id());
    let after = query.after(cursors, tenant, "roles")?;
    let mut ids = statements::page(unit, after.unwrap_or(Uuid::nil()), query.one_more()).await?;
    let next_cursor = query.next(cursors, tenant, "roles", &mut ids, |id| *id)?;
    let stored = match (ids.first(), ids.last()) {
        (Some(first), Some(last)) => statements::between(unit, *first, *last).await?,
        _ => Vec::new(),
    };
    let view = |stored| RoleView::new(runtime, grant.standing(), stored);
    Ok(List::new(stored.iter().map(view).collect(), next_cursor))
}

async fn show(grant: Grant<roles::Read>, Path(id): Path<Uuid>) -> Result<Response> {
    let unit = grant.access::<roles::Read>().unit();
    let stored = find(unit, id).await?;
    let view = RoleView::new(unit.runtime(), grant.standing(), &stored);
    Ok(versioned(view, stored.version))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRole {
    name: String,
    permissions: Vec<String>,
}

async fn create(grant: Grant<roles::Create>, Json(body): Json<NewRole>) -> Result<Response> {
    let unit = grant.access::<roles::Create>().unit();
    let model = unit.runtime().model;
    let mut errors = Vec::new();
    let name = kept(
        &mut errors,
        rules::parse_name(&body.name).map_err(|one| vec![one]),
    );
    let wanted = slugs::parse_all(model, "permissions", &body.permissions);
    let wanted = kept(&mut errors, wanted);
    let (Some(name), Some(wanted)) = (name, wanted) else {
        return Err(Error::invalid_input(errors));
    };
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(roles::Create::SLUG)?;
    authority.require_held(&slugs::held(&wanted))?;
    require_free(unit, &name, None).await?;

    let id = statements::insert(unit, &name).await?;
    let overrides = slugs::additions(&wanted);
    statements::replace_overrides(unit, id, &overrides).await?;
    let changes =
        json!({ "name": { "new": name }, "permissions": { "new": slugs::added(&overrides) } });
    record(unit, Action::Create, id, changes).await?;
    let stored = find(unit, id).await?;
    let view = RoleView::new(unit.runtime(), authority.standing(), &stored);
    Ok(created(view, &format!("/api/roles/{id}"), stored.version))
}

/// What parsed; what did not is put to the other errors.
fn kept<T>(errors: &mut Vec<FieldError>, parsed: Result<T, Vec<FieldError>>) -> Option<T> {
    parsed.map_err(|more| errors.extend(more)).ok()
}

/// Refuses a name that a template has, or another role of the tenant.
async fn require_free(unit: &Unit, name: &str, own: Option<Uuid>) -> Result<()> {
    let others = statements::all(unit).await?;
    if rules::is_taken(unit.runtime(), &others, name, own) {
        return Err(name_taken());
    }
    Ok(())
}

/// A merge patch of a role. `name` and `permissions` are for a role of the tenant's own, `add` and
/// `remove` for a template; each list is the whole new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RolePatch {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    permissions: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    add: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    remove: Option<Vec<String>>,
}

impl RolePatch {
    /// The keys that are given but mean nothing for this role.
    fn strange(&self, role: &Role) -> Vec<FieldError> {
        let keys = match role.template {
            Some(_) => [
                ("name", self.name.is_some()),
                ("permissions", self.permissions.is_some()),
            ],
            None => [
                ("add", self.add.is_some()),
                ("remove", self.remove.is_some()),
            ],
        };
        let strange = keys.into_iter().filter(|(_, is_given)| *is_given);
        let message = "A role of this kind has no such field.";
        strange
            .map(|(key, _)| FieldError::new(key, "unknown_field", message))
            .collect()
    }

    /// The role as it is to be.
    fn apply(&self, unit: &Unit, role: &Role) -> Result<Role> {
        let model = unit.runtime().model;
        let mut errors = self.strange(role);
        let name = self.name.as_deref().map(rules::parse_name).transpose();
        let name = kept(&mut errors, name.map_err(|one| vec![one]));
        let mut list = |field, texts: &Option<Vec<String>>| -> Option<Vec<Named>> {
            let texts = texts.as_ref()?;
            kept(&mut errors, slugs::parse_all(model, field, texts))
        };
        let permissions = list("permissions", &self.permissions);
        let (add, remove) = (list("add", &self.add), list("remove", &self.remove));
        if !errors.is_empty() {
            return Err(Error::invalid_input(errors));
        }
        let overrides = match (&role.template, permissions) {
            (Some(_), _) => {
                rules::of_template(unit.runtime(), role, add.as_deref(), remove.as_deref())
                    .map_err(Error::invalid_input)?
            }
            (None, Some(all)) => slugs::additions(&all),
            (None, None) => role.overrides.clone(),
        };
        Ok(Role {
            name: name.flatten().unwrap_or_else(|| role.name.clone()),
            overrides,
            ..role.clone()
        })
    }
}

async fn update(
    grant: Grant<roles::Update>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<RolePatch>,
) -> Result<Response> {
    let unit = grant.access::<roles::Update>().unit();
    let runtime = unit.runtime();
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(roles::Update::SLUG)?;
    let stored = find(unit, id).await?;
    if_match.check(stored.version)?;
    if stored.role.is_owner() {
        return Err(Error::against_the_rules(
            "owner_role",
            "The role owner is what the schema says. It cannot be changed.",
        ));
    }
    let old = &stored.role;
    authority.require_held(&old.held(runtime.model, &runtime.roles))?;
    let new = patch.apply(unit, old)?;
    authority.require_held(&new.held(runtime.model, &runtime.roles))?;
    authority.require_held(&what_is_added(unit, &patch))?;

    let changes = differences(old, &new);
    if changes.is_empty() {
        let view = RoleView::new(runtime, authority.standing(), &stored);
        return Ok(versioned(view, stored.version));
    }
    if new.name != old.name {
        require_free(unit, &new.name, Some(id)).await?;
    }
    let version = stored.version + 1;
    statements::update(unit, id, &new.name, version).await?;
    statements::replace_overrides(unit, id, &new.overrides).await?;
    record(unit, Action::Update, id, JsonValue::Object(changes)).await?;
    let stored = find(unit, id).await?;
    let view = RoleView::new(runtime, authority.standing(), &stored);
    Ok(versioned(view, version))
}

/// What a patch adds to a template, whether or not it counts: what is added today may count tomorrow.
fn what_is_added(unit: &Unit, patch: &RolePatch) -> crate::authz::Held {
    let add = patch.add.as_deref().unwrap_or_default();
    let add = slugs::parse_all(unit.runtime().model, "add", add);
    slugs::held(&add.unwrap_or_default())
}

/// By field, what was and what is to be.
fn differences(old: &Role, new: &Role) -> Map<String, JsonValue> {
    let mut changes = Map::new();
    let mut differ = |field: &str, old: JsonValue, new: JsonValue| {
        if old != new {
            changes.insert(field.to_owned(), json!({ "old": old, "new": new }));
        }
    };
    let lists = |of: fn(&[Override]) -> Vec<String>| {
        let list = |role: &Role| JsonValue::from(of(&role.overrides));
        (list(old), list(new))
    };
    let (old_added, new_added) = lists(slugs::added);
    let (old_removed, new_removed) = lists(slugs::removed);
    differ("name", old.name.as_str().into(), new.name.as_str().into());
    match old.template {
        None => differ("permissions", old_added, new_added),
        Some(_) => {
            differ("added", old_added, new_added);
            differ("removed", old_removed, new_removed);
        }
    }
    changes
}

async fn delete(
    grant: Grant<roles::Delete>,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let unit = grant.access::<roles::Delete>().unit();
    let runtime = unit.runtime();
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(roles::Delete::SLUG)?;
    let StoredRole { role, version, .. } = find(unit, id).await?;
    if_match.check(version)?;
    if role.template.is_some() {
        return Err(Error::against_the_rules(
            "template_role",
            "This role comes from the schema. It cannot be deleted.",
        ));
    }
    authority.require_held(&role.held(runtime.model, &runtime.roles))?;
    if statements::is_used(unit, id).await? {
        return Err(Error::against_the_rules(
            "role_in_use",
            "Members have this role, or invitations offer it. Take it from them first.",
        ));
    }
    statements::delete(unit, id).await?;
    let changes = json!({ "name": { "old": role.name }, "permissions": { "old": slugs::added(&role.overrides) } });
    record(unit, Action::Delete, id, changes).await?;
    Ok(NoContent)
}

/// Writes the audit entry of a change of a role. `changes` is an object.
async fn record(unit: &Unit, action: Action, id: Uuid, changes: JsonValue) -> Result<()> {
    let changes = match changes {
        JsonValue::Object(changes) => changes,
        _ => Map::new(),
    };
    let change = Change {
        resource: "roles",
        action,
        record_id: id,
        changes,
    };
    audit::record(unit, change).await
}
