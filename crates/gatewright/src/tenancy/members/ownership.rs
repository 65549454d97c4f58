//! A tenant always keeps an owner: who leaves it, and who hands it over.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::change::{old_of, record};
use super::list::MemberView;
use super::statements::{self, find, find_user};
use crate::audit::{Action, Actor};
use crate::authz::permissions::{Member, roles};
use crate::authz::{Grant, Permission, Role, member_who_writes, protect};
use crate::error::{Error, Result};
use crate::http::{Api, Json, NoContent, Path};
use crate::store::Unit;
use crate::tenancy::{Authority, lock};

pub(super) fn register(api: &mut Api) {
    api.delete("/api/me/membership", member_who_writes(leave));
    api.post(
        "/api/members/{id}/transfer-ownership",
        protect(roles::Assign, transfer),
    );
}

/// Refuses what has left the unit's tenant without an active owner. Asked after the change, in its
/// transaction and under the tenant's lock.
pub(super) async fn require_owner(unit: &Unit) -> Result<()> {
    if statements::has_owner(unit).await? {
        return Ok(());
    }
    Err(Error::against_the_rules(
        "last_owner",
        "The tenant would be left without an active owner. Make somebody else an owner first.",
    ))
}

/// `DELETE /api/me/membership`
async fn leave(grant: Grant<Member>) -> Result<NoContent> {
    let unit = grant.access::<Member>().unit();
    lock(unit).await?;
    // Staff of the platform has no membership to leave by.
    let Actor::User(user_id) = unit.caller().actor else {
        return Err(Error::not_found());
    };
    let member = find_user(unit, user_id).await?;
    // Suspended since the gate decided: that is no member who may do anything.
    let member = member.filter(|member| member.is_active());
    let member = member.ok_or_else(Error::tenant_forbidden)?;
    statements::remove(unit, member.id).await?;
    if member.is_owner() {
        require_owner(unit).await?;
    }
    statements::end_sessions(unit, user_id).await?;
    record(unit, Action::Other("leave"), member.id, old_of(&member)).await?;
    Ok(NoContent)
}

/// The body of a request that says all by its path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// `POST /api/members/{id}/transfer-ownership`: the member becomes owner in the caller's place.
async fn transfer(
    grant: Grant<roles::Assign>,
    Path(id): Path<Uuid>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Json<MemberView>> {
    let unit = grant.access::<roles::Assign>().unit();
    let authority = Authority::take(unit, grant.standing()).await?;
    let own = &authority.standing().roles;
    let Some(owner) = own.iter().find(|role| role.is_owner()) else {
        return Err(Error::permission_denied(roles::Assign::SLUG));
    };
    let target = find(unit, id).await?;
    if target.user_id == grant.user_id() {
        return Err(Error::against_the_rules(
            "self",
            "You own this tenant already.",
        ));
    }
    if !target.is_active() {
        return Err(Error::against_the_rules(
            "member_suspended",
            "Who is suspended cannot own a tenant.",
        ));
    }
    if !target.is_owner() {
        statements::give(unit, target.user_id, &[owner]).await?;
    }
    statements::take(unit, grant.user_id(), &[owner]).await?;
    require_owner(unit).await?;

    let names = |roles: &[Role]| -> Vec<String> {
        let mut names: Vec<_> = roles.iter().map(|role| role.name.clone()).collect();
        names.sort();
        names
    };
    let kept: Vec<Role> = own
        .iter()
        .filter(|role| !role.is_owner())
        .cloned()
        .collect();
    let giver = find_user(unit, grant.user_id()).await?;
    let giver = giver.ok_or_else(Error::tenant_forbidden)?;
    let of_giver = json!({ "roles": { "old": names(own), "new": names(&kept) } });
    let old = target.role_names();
    let target = find(unit, id).await?;
    let of_target = json!({ "roles": { "old": old, "new": target.role_names() } });
    let transfer = Action::Other("transfer_ownership");
    record(unit, transfer, target.id, of_target).await?;
    record(unit, transfer, giver.id, of_giver).await?;
    Ok(Json(target.view()))
}
