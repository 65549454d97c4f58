//! The tenant's side: invite, list, revoke, send again.

use std::collections::HashMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as JsonValue, json};
use uuid::Uuid;

use super::mails::{self, Sender};
use super::view::{self, InvitationView, Status};
use super::{BETWEEN_MAILS, LIFETIME, roles};
use crate::audit::{self, Action, Actor, Change};
use crate::authn::{Email, OpaqueToken};
use crate::authz::permissions::{invitations, roles as role_permissions};
use crate::authz::{Grant, Permission, Role, protect};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Api, Json, NoContent, PageQuery, Path};
use crate::mail;
use crate::store::{FailedAt, FieldValue, List, Row, StoreError, UnexpectedValue, Unit};
use crate::tenancy::{Authority, Tenant};

pub(super) fn register(api: &mut Api) {
    let inviting = (invitations::Create, role_permissions::Assign);
    api.get("/api/invitations", protect(invitations::Read, list));
    api.post("/api/invitations", protect(inviting, create));
    api.delete(
        "/api/invitations/{id}",
        protect(invitations::Revoke, revoke),
    );
    let inviting = (invitations::Create, role_permissions::Assign);
    api.post("/api/invitations/{id}/resend", protect(inviting, resend));
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateInvitation {
    email: String,
    /// Names of roles.
    roles: Vec<String>,
}

/// The membership of an address in the tenant in `$1`.
const MEMBER: &str = "
    SELECT m.id FROM user_tenants m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = $1 AND u.email_normalized = $2";

/// Makes room for another invitation: one that has expired is over.
const CLOSE_EXPIRED: &str = "
    UPDATE invitations SET revoked_at = $3
    WHERE tenant_id = $1 AND email_normalized = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= $3";

const INSERT: &str = "
    INSERT INTO invitations
        (tenant_id, id, email, email_normalized, token_hash, invited_by, created_at, sent_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)";

const INSERT_ROLE: &str =
    "INSERT INTO invitation_roles (tenant_id, invitation_id, role_id) VALUES ($1, $2, $3)";

/// An invitation that was revoked, and whose mail is not old enough for another one to the same address.
const MAILED: &str = "
    SELECT max(sent_at) FROM invitations
    WHERE tenant_id = $1 AND email_normalized = $2 AND sent_at > $3
        AND revoked_at IS NOT NULL";

async fn create(
    grant: Grant<invitations::Create>,
    _: Grant<role_permissions::Assign>,
    Json(request): Json<CreateInvitation>,
) -> Result<Response> {
    let email = Email::parse(&request.email).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
    let access = grant.access::<invitations::Create>();
    let unit = access.unit();
    require_member(unit)?;
    let inviter = Authority::take(unit, grant.standing()).await?;
    let roles = roles::named(unit, &request.roles).await?;
    roles::require_assignable(&inviter, &roles)?;
    require_stranger(unit, email.normalized()).await?;

    let now = clock::now();
    let tenant = grant.tenant_id();
    let normalized = email.normalized().to_owned().into_value();
    let args = [tenant.into_value(), normalized.clone(), now.into_value()];
    unit.run(CLOSE_EXPIRED, &args).await?;
    let args = [
        tenant.into_value(),
        normalized.clone(),
        clock::before(now, BETWEEN_MAILS).into_value(),
    ];
    let mailed = unit.run(MAILED, &args).await?.into_iter().next();
    let mailed = mailed.map(|mut row| row.next::<Option<Timestamp>>());
    if let Some(sent_at) = mailed.transpose().map_err(StoreError::from)?.flatten() {
        return Err(too_early(sent_at, now));
    }
    let token = OpaqueToken::invitation(tenant)?;
    let view = InvitationView {
        id: Uuid::now_v7(),
        email: email.as_given().to_owned(),
        roles: names(&roles),
        status: Status::Pending,
        invited_by: grant.user_id(),
        created_at: now,
        sent_at: now,
        expires_at: clock::after(now, LIFETIME),
    };
    let args = [
        tenant.into_value(),
        view.id.into_value(),
        view.email.clone().into_value(),
        normalized,
        token.hash().into_value(),
        view.invited_by.into_value(),
        now.into_value(),
        view.expires_at.into_value(),
    ];
    unit.run(INSERT, &args).await.map_err(|error| match error {
        StoreError::Unique(_) => Error::conflict(
            "email",
            "pending",
            "This address is invited already. Send that invitation again, or revoke it.",
        )
        .caused_by(error),
        other => other.into(),
    })?;
    let each: Vec<_> = roles
        .iter()
        .map(|role| {
            vec![
                tenant.into_value(),
                view.id.into_value(),
                role.id.into_value(),
            ]
        })
        .collect();
    unit.run_each(INSERT_ROLE, &each)
        .await
        .map_err(|FailedAt { error, .. }| Error::from(error))?;
    let changes = [
        ("email", json!({ "new": view.email })),
        ("roles", json!({ "new": view.roles })),
    ];
    record(unit, view.id, Action::Create, changes).await?;
    send(unit, grant.tenant(), grant.user_id(), &email, &token).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Refuses the platform's staff. Whoever invites must be a member when the invitation is accepted, so
/// theirs would be void.
fn require_member(unit: &Unit) -> Result<()> {
    match unit.caller().actor {
        Actor::Platform(_) => Err(Error::against_the_rules(
            "staff",
            "Only a member of the tenant invites to it.",
        )),
        _ => Ok(()),
    }
}

/// Refuses the address of a member, suspended ones too: an invitation would lift no suspension.
async fn require_stranger(unit: &Unit, normalized: &str) -> Result<()> {
    let args = [
        unit.caller().tenant_id.into_value(),
        normalized.to_owned().into_value(),
    ];
    if unit.run(MEMBER, &args).await?.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(
        "email",
        "member",
        "Whoever has this address is a member already.",
    ))
}

fn names(roles: &[Role]) -> Vec<String> {
    let mut names: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    names.sort();
    names
}

async fn record<const N: usize>(
    unit: &Unit,
    id: Uuid,
    action: Action,
    changes: [(&str, JsonValue); N],
) -> Result<()> {
    let changes = changes.map(|(key, change)| (key.to_owned(), change));
    let change = Change {
        resource: "invitations",
        action,
        record_id: id,
        changes: Map::from_iter(changes),
    };
    audit::record(unit, change).await
}

/// Queues the mail, in the name of whoever sends it.
async fn send(
    unit: &Unit,
    tenant: &Tenant,
    inviter: Uuid,
    to: &Email,
    token: &OpaqueToken,
) -> Result<()> {
    let sql = "SELECT name, email FROM users WHERE id = $1";
    let rows = unit.run(sql, &[inviter.into_value()]).await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::unauthenticated)?;
    let sender = Sender {
        name: row.next().map_err(Error::internal)?,
        email: row.next().map_err(Error::internal)?,
        tenant: tenant.name.clone(),
        slug: tenant.slug.clone(),
    };
    let message = mails::invitation(unit.runtime(), &sender, to, token)?;
    mail::tenant::queue(unit, message).await?;
    Ok(())
}

/// The roles of the invitations of one page: of `$1` those from `$2` to `$3`.
const ROLES: &str = "
    SELECT i.invitation_id, r.name
    FROM invitation_roles i
    JOIN roles r ON r.tenant_id = i.tenant_id AND r.id = i.role_id
    WHERE i.tenant_id = $1 AND i.invitation_id >= $2 AND i.invitation_id <= $3
    ORDER BY r.name";

async fn list(grant: Grant<invitations::Read>, query: PageQuery) -> Result<List<InvitationView>> {
    let access = grant.access::<invitations::Read>();
    let unit = access.unit();
    let cursors = &unit.runtime().cursors;
    let tenant = grant.tenant_id();
    let before = query
        .after(cursors, tenant, "invitations")?
        .unwrap_or(Uuid::max());
    let sql = format!(
        "SELECT {} FROM invitations WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        view::COLUMNS
    );
    let args = [
        tenant.into_value(),
        before.into_value(),
        query.one_more().into_value(),
    ];
    let rows = unit.run(&sql, &args).await?;
    let now = clock::now();
    let mut page = rows
        .into_iter()
        .map(|mut row| InvitationView::read(&mut row, now))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::internal)?;
    let next_cursor = query.next(cursors, tenant, "invitations", &mut page, |it| it.id)?;
    if let (Some(newest), Some(oldest)) = (page.first(), page.last()) {
        let args = [
            tenant.into_value(),
            oldest.id.into_value(),
            newest.id.into_value(),
        ];
        let rows = unit.run(ROLES, &args).await?;
        let mut roles = by_invitation(rows).map_err(Error::internal)?;
        for invitation in &mut page {
            invitation.roles = roles.remove(&invitation.id).unwrap_or_default();
        }
    }
    Ok(List::new(page, next_cursor))
}

fn by_invitation(rows: Vec<Row>) -> Result<HashMap<Uuid, Vec<String>>, UnexpectedValue> {
    let mut roles: HashMap<Uuid, Vec<String>> = HashMap::new();
    for mut row in rows {
        roles.entry(row.next()?).or_default().push(row.next()?);
    }
    Ok(roles)
}

/// Takes an invitation back that nobody has accepted.
const REVOKE: &str = "
    UPDATE invitations SET revoked_at = $3
    WHERE tenant_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL
    RETURNING email";

async fn revoke(grant: Grant<invitations::Revoke>, Path(id): Path<Uuid>) -> Result<NoContent> {
    let access = grant.access::<invitations::Revoke>();
    let unit = access.unit();
    let authority = Authority::take(unit, grant.standing()).await?;
    authority.require(invitations::Revoke::SLUG)?;
    let (_, roles) = find(unit, id).await?;
    authority.require_to_take(&roles)?;
    let args = [
        grant.tenant_id().into_value(),
        id.into_value(),
        clock::now().into_value(),
    ];
    let rows = unit.run(REVOKE, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(not_pending)?;
    let email: String = row.next().map_err(Error::internal)?;
    let changes = [("email", json!({ "old": email }))];
    record(unit, id, Action::Other("revoke"), changes).await?;
    Ok(NoContent)
}

fn not_pending() -> Error {
    let detail = "This invitation was accepted or revoked.";
    Error::against_the_rules("not_pending", detail)
}

/// An invitation with its roles.
///
/// # Errors
/// 404 when the tenant has none of this id.
async fn find(unit: &Unit, id: Uuid) -> Result<(InvitationView, Vec<Role>)> {
    let sql = format!(
        "SELECT {} FROM invitations WHERE tenant_id = $1 AND id = $2",
        view::COLUMNS
    );
    let args = [unit.caller().tenant_id.into_value(), id.into_value()];
    let rows = unit.run(&sql, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::not_found)?;
    let mut view = InvitationView::read(&mut row, clock::now()).map_err(Error::internal)?;
    let roles = roles::invited(unit, id).await?;
    view.roles = names(&roles);
    Ok((view, roles))
}

/// A new link, in the name of whoever sends it; the one before is worth nothing from then on.
const RENEW: &str = "
    UPDATE invitations SET token_hash = $3, invited_by = $4, sent_at = $5, expires_at = $6
    WHERE tenant_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND sent_at <= $7
    RETURNING id";

async fn resend(
    grant: Grant<invitations::Create>,
    _: Grant<role_permissions::Assign>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let access = grant.access::<invitations::Create>();
    let unit = access.unit();
    require_member(unit)?;
    let inviter = Authority::take(unit, grant.standing()).await?;
    let (mut view, roles) = find(unit, id).await?;
    if !matches!(view.status, Status::Pending | Status::Expired) {
        return Err(not_pending());
    }
    if roles.is_empty() {
        let detail = "The tenant has none of its roles any more. Revoke it and invite anew.";
        return Err(Error::against_the_rules("no_roles", detail));
    }
    // Whoever sends it answers for it from now on, so they are judged as whoever made it was.
    roles::require_assignable(&inviter, &roles)?;
    let email = Email::parse(&view.email).map_err(|wrong| Error::internal(wrong.message))?;
    require_stranger(unit, email.normalized()).await?;

    let now = clock::now();
    let token = OpaqueToken::invitation(grant.tenant_id())?;
    let expires_at = clock::after(now, LIFETIME);
    let args = [
        grant.tenant_id().into_value(),
        id.into_value(),
        token.hash().into_value(),
        grant.user_id().into_value(),
        now.into_value(),
        expires_at.into_value(),
        clock::before(now, BETWEEN_MAILS).into_value(),
    ];
    let renewed = unit.run(RENEW, &args).await?;
    if renewed.is_empty() {
        // Not over, as was read under the lock, so it is too early; one that was closed for another
        // to take its place is over.
        let sent_at = find(unit, id).await?.0.sent_at;
        return match sent_at > clock::before(now, BETWEEN_MAILS) {
            true => Err(too_early(sent_at, now)),
            false => Err(not_pending()),
        };
    }
    let by = json!({ "old": view.invited_by, "new": grant.user_id() });
    record(unit, id, Action::Other("resend"), [("invited_by", by)]).await?;
    send(unit, grant.tenant(), grant.user_id(), &email, &token).await?;
    (view.status, view.invited_by) = (Status::Pending, grant.user_id());
    (view.sent_at, view.expires_at) = (now, expires_at);
    Ok(Json(view).into_response())
}

/// 429, with the seconds until another mail may follow the one that was `sent_at`.
fn too_early(sent_at: Timestamp, now: Timestamp) -> Error {
    let wait = clock::after(sent_at, BETWEEN_MAILS).duration_since(now);
    Error::rate_limited_for(Duration::try_from(wait).unwrap_or_default())
}
