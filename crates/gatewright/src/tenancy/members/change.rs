//! `PATCH` and `DELETE /api/members/{id}`

use serde::Deserialize;
use serde_json::{Map, Value as JsonValue, json};
use uuid::Uuid;

use super::list::MemberView;
use super::ownership::require_owner;
use super::statements::{self, StoredMember, find};
use crate::audit::{self, Action, Actor, Change};
use crate::authz::permissions::{members, roles};
use crate::authz::{Grant, Permission, Role, protect};
use crate::error::{Error, FieldError, Result};
use crate::http::{Api, Json, NoContent, Path, given};
use crate::store::Unit;
use crate::tenancy::Authority;

pub(super) fn register(api: &mut Api) {
    api.patch("/api/members/{id}", protect(members::Update, update));
    api.delete("/api/members/{id}", protect(members::Remove, remove));
}

/// A merge patch of a member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberPatch {
    /// The names of all roles that they are to have.
    #[serde(default, deserialize_with = "given")]
    roles: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    status: Option<Status>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Suspended,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

async fn update(
    grant: Grant<members::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<MemberPatch>,
) -> Result<Json<MemberView>> {
    let unit = grant.access::<members::Update>().unit();
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(members::Update::SLUG)?;
    if patch.roles.is_some() {
        authority.require(roles::Assign::SLUG)?;
    }
    let member = find(unit, id).await?;
    if matches!(unit.caller().actor, Actor::Platform(_)) && member.user_id == grant.user_id() {
        return Err(Error::against_the_rules(
            "self",
            "Staff of the platform do not change a membership of their own.",
        ));
    }
    let mut changes = Map::new();
    // Whether the tenant may have lost an owner by this.
    let mut unowned = false;

    if let Some(status) = patch.status.map(Status::as_str)
        && status != member.status
    {
        if member.user_id == grant.user_id() {
            return Err(Error::against_the_rules(
                "self",
                "You cannot suspend yourself. To go, leave the tenant.",
            ));
        }
        authority.require_to_take(&member.roles)?;
        statements::set_status(unit, member.id, status).await?;
        if status == Status::Suspended.as_str() {
            statements::end_sessions(unit, member.user_id).await?;
            unowned |= member.is_owner();
        }
        let change = json!({ "old": member.status, "new": status });
        changes.insert("status".to_owned(), change);
    }

    if let Some(names) = patch.roles {
        let known = statements::roles(unit).await?;
        let wanted = chosen(unit, &known, &member, &names)?;
        let has = |roles: &[Role], id: Uuid| roles.iter().any(|role| role.id == id);
        let given: Vec<&Role> = wanted
            .iter()
            .copied()
            .filter(|role| !has(&member.roles, role.id))
            .collect();
        let taken: Vec<&Role> = member
            .roles
            .iter()
            .filter(|role| !wanted.iter().any(|wanted| wanted.id == role.id))
            .collect();
        for role in &given {
            authority.require_to_give(role)?;
        }
        authority.require_to_take(taken.iter().copied())?;
        statements::give(unit, member.user_id, &given).await?;
        statements::take(unit, member.user_id, &taken).await?;
        unowned |= taken.iter().any(|role| role.is_owner());
        if !given.is_empty() || !taken.is_empty() {
            let mut new: Vec<&str> = wanted.iter().map(|role| role.name.as_str()).collect();
            new.sort_unstable();
            let change = json!({ "old": member.role_names(), "new": new });
            changes.insert("roles".to_owned(), change);
        }
    }

    if unowned {
        require_owner(unit).await?;
    }
    if !changes.is_empty() {
        record(unit, Action::Update, member.id, JsonValue::Object(changes)).await?;
    }
    Ok(Json(find(unit, id).await?.view()))
}

/// The roles of these names, each once. One whose template the schema has dropped can be kept, not
/// given.
///
/// # Errors
/// 422 on each name that is none.
fn chosen<'a>(
    unit: &Unit,
    known: &'a [Role],
    member: &StoredMember,
    names: &[String],
) -> Result<Vec<&'a Role>> {
    let model = unit.runtime().model;
    let mut wanted: Vec<&Role> = Vec::new();
    let mut errors = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let role = known.iter().find(|role| role.name == *name);
        let has = |role: &&Role| member.roles.iter().any(|has| has.id == role.id);
        match role.filter(|role| !role.is_dropped(model) || has(role)) {
            None => errors.push(FieldError::new(
                format!("roles.{at}"),
                "unknown",
                "The tenant has no such role.",
            )),
            Some(role) if wanted.iter().any(|other| other.id == role.id) => {
                errors.push(FieldError::new(
                    format!("roles.{at}"),
                    "duplicate",
                    "This role stands more than once.",
                ));
            }
            Some(role) => wanted.push(role),
        }
    }
    if errors.is_empty() {
        Ok(wanted)
    } else {
        Err(Error::invalid_input(errors))
    }
}

async fn remove(grant: Grant<members::Remove>, Path(id): Path<Uuid>) -> Result<NoContent> {
    let unit = grant.access::<members::Remove>().unit();
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(members::Remove::SLUG)?;
    let member = find(unit, id).await?;
    authority.require_to_take(&member.roles)?;
    statements::remove(unit, member.id).await?;
    if member.is_owner() {
        require_owner(unit).await?;
    }
    statements::end_sessions(unit, member.user_id).await?;
    record(unit, Action::Other("remove"), member.id, old_of(&member)).await?;
    Ok(NoContent)
}

/// What an entry keeps of a member who is gone.
pub(super) fn old_of(member: &StoredMember) -> JsonValue {
    json!({
        "user_id": { "old": member.user_id },
        "status": { "old": member.status },
        "roles": { "old": member.role_names() },
    })
}

/// Writes the audit entry of a change of a member. `changes` is an object.
pub(super) async fn record(
    unit: &Unit,
    action: Action,
    id: Uuid,
    changes: JsonValue,
) -> Result<()> {
    let changes = match changes {
        JsonValue::Object(changes) => changes,
        _ => Map::new(),
    };
    let change = Change {
        resource: "members",
        action,
        record_id: id,
        changes,
    };
    audit::record(unit, change).await
}
