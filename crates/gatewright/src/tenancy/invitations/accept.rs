//! `GET` and `POST /auth/invitations/accept`: the link of a mail becomes a membership.
//!
//! Nobody has a grant here, so the acceptance works in a transaction of its own: in the scope of the
//! tenant that the token names, under that tenant's lock, and with the token's hash in the statement
//! that spends it.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use uuid::Uuid;

use super::accept_page;
use super::roles;
use crate::audit::{self, Action, Author, Change};
use crate::authn::{self, Email, Invited, OpaqueToken, Password, Proof};
use crate::authz::{Role, public};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::html::token_of;
use crate::http::{Api, Context, Host, Json, Submitted, SubmittedForm, is_form};
use crate::runtime::Runtime;
use crate::store::{FieldValue, Mode, Scope, StoreError, Transaction};
use crate::tenancy;

pub(super) fn register(api: &mut Api) {
    api.get("/auth/invitations/accept", public(show_form).with_pages());
    api.post("/auth/invitations/accept", public(answer).with_pages());
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptRequest {
    token: String,
    password: Option<Password>,
    name: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    tenant: Joined,
}

/// The tenant that somebody joined.
#[derive(Debug, Serialize)]
pub(crate) struct Joined {
    pub(super) slug: String,
    pub(super) name: String,
}

/// An invitation that can be accepted, as far as it is for the link to say.
#[derive(Debug)]
pub(crate) struct Found {
    token: OpaqueToken,
    tenant_id: Uuid,
    pub(super) tenant: Joined,
    pub(super) invited: Invited,
}

impl Found {
    pub(crate) fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    /// The slug of the tenant that it leads into.
    pub(crate) fn slug(&self) -> &str {
        &self.tenant.slug
    }

    /// Whether somebody of this address is who was invited.
    pub(crate) fn is_for(&self, address: &str) -> bool {
        address.eq_ignore_ascii_case(self.invited.email.normalized())
    }
}

/// Shows the form. Mail scanners follow links too, so this spends nothing.
async fn show_form(context: Context, uri: Uri) -> Response {
    let token = token_of(&uri);
    let found = find_open(&context, &token).await;
    accept_page::form(&context, token, found)
}

/// An invitation that its link can still accept, by whoever it is for.
async fn find_open(context: &Context, token: &str) -> Result<Found> {
    let found = find(context, token).await?;
    found.invited.require_admission(context)?;
    Ok(found)
}

/// Answers a form with a page and JSON with JSON.
async fn answer(context: Context, request: Request) -> Result<Response> {
    // Before the body: whoever presents a credential must have a good one, whatever else they send.
    let signed_in = match Proof::session(&context, request.headers()).await {
        Ok(signed_in) => signed_in,
        Err(error) if is_form(request.headers()) => return refuse_session(&context, &error),
        Err(error) => return Err(error),
    };
    let SubmittedForm { asked, fields } = match Submitted::from_request(request, &()).await? {
        Submitted::Json(request) => {
            let tenant = accept(&context, signed_in, request).await?;
            let status = "accepted";
            return Ok(Json(Answer { status, tenant }).into_response());
        }
        Submitted::Form(form) => form,
    };
    let accepted = async { accept(&context, signed_in, asked?).await };
    let error = match accepted.await {
        Ok(_) => return Ok(accept_page::joined(signed_in.is_some())),
        Err(error) => error,
    };
    if !accept_page::is_for_the_form(&error) {
        return Ok(accept_page::refuse(&context, &error));
    }
    let token = fields.get("token").unwrap_or_default().to_owned();
    let found = find_open(&context, &token).await;
    Ok(accept_page::form_again(
        &context, token, found, &fields, &error,
    ))
}

/// A session that is over would stand between its browser and every invitation, so it is forgotten.
fn refuse_session(context: &Context, error: &Error) -> Result<Response> {
    let mut page = accept_page::refuse(context, error);
    if page.status() == StatusCode::UNAUTHORIZED {
        authn::forget_session(&mut page)?;
    }
    Ok(page)
}

/// Unknown, expired, revoked, spent and void are one answer.
fn bad_token() -> Error {
    Error::invalid(
        "token",
        "invalid",
        "This invitation is not valid, or not any more. Ask for another.",
    )
}

/// What stands between a token and its use, apart from who asks: `$1` is the tenant that it names,
/// `$3` is now.
const FIND: &str = "
    SELECT i.email, t.slug, t.name, t.status
    FROM invitations i JOIN tenants t ON t.id = i.tenant_id
    WHERE i.tenant_id = $1 AND i.token_hash = $2
        AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $3";

/// The invitation of a token, which stays unspent.
///
/// # Errors
/// 422 for a token that is none, 403 for a suspended tenant.
pub(crate) async fn find(context: &Context, token: &str) -> Result<Found> {
    let (token, tenant_id) = OpaqueToken::parse_invitation(token).ok_or_else(bad_token)?;
    let database = &context.runtime.database;
    let mut read = database.begin(Scope::Tenant(tenant_id), Mode::Read).await?;
    let args = [
        tenant_id.into_value(),
        token.hash().into_value(),
        clock::now().into_value(),
    ];
    let rows = read.run(FIND, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(bad_token)?;
    let email: String = row.next().map_err(Error::internal)?;
    let tenant = Joined {
        slug: row.next().map_err(Error::internal)?,
        name: row.next().map_err(Error::internal)?,
    };
    let active = row.next::<String>().map_err(Error::internal)? == "active";
    require_host(&context.host, &tenant.slug)?;
    if !active {
        return Err(Error::tenant_suspended());
    }
    let email = Email::parse(&email).map_err(|wrong| Error::internal(wrong.message))?;
    let invited = Invited::find(&mut read, email).await?;
    read.commit().await?;
    Ok(Found {
        token,
        tenant_id,
        tenant,
        invited,
    })
}

/// Another tenant's host knows nothing of this tenant's invitations.
fn require_host(host: &Host, slug: &str) -> Result<()> {
    match host.tenant() {
        Some(other) if other != slug => Err(bad_token()),
        _ => Ok(()),
    }
}

/// Spends a token: of all who race with it, one gets a row.
const SPEND: &str = "
    UPDATE invitations SET accepted_at = $3
    WHERE tenant_id = $1 AND token_hash = $2
        AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3
    RETURNING id, invited_by";

async fn accept(
    context: &Context,
    signed_in: Option<Uuid>,
    request: AcceptRequest,
) -> Result<Joined> {
    let runtime = &context.runtime;
    let found = find(context, &request.token).await?;
    let proof = Proof {
        signed_in,
        password: request.password,
        name: request.name,
    };
    // Before the token is spent, so that a typing error does not cost the link; and outside the
    // transaction, which must not wait for a hash.
    let proven = found.invited.clone().prove(context, proof).await?;

    let scope = Scope::Tenant(found.tenant_id);
    let mut transaction = runtime.database.begin(scope, Mode::Write).await?;
    open(&mut transaction, &found).await?;
    let spent = spend(&mut transaction, runtime, &found).await?;
    let user = proven.account(&mut transaction, context).await?;
    settle(&mut transaction, context, &found, spent, user).await?;
    transaction.commit().await?;
    Ok(found.tenant)
}

/// Accepts an invitation for somebody whose account is known, in a transaction that [`open`] began with.
/// That they are who was invited, the caller knows.
///
/// # Errors
/// 422 for an invitation that was spent meanwhile, or that promises nothing any more.
pub(crate) async fn accept_for(
    transaction: &mut Transaction,
    context: &Context,
    found: &Found,
    user: Uuid,
) -> Result<()> {
    let spent = spend(transaction, &context.runtime, found).await?;
    settle(transaction, context, found, spent, user).await
}

/// Takes the tenant's lock, in a transaction of its scope that has done nothing yet.
///
/// # Errors
/// 403 `tenant_suspended`.
pub(crate) async fn open(transaction: &mut Transaction, found: &Found) -> Result<()> {
    tenancy::lock_in(transaction, found.tenant_id).await?;
    require_active(transaction, found.tenant_id).await
}

/// An invitation that was spent, and what it gives.
struct Spent {
    invitation: Uuid,
    roles: Vec<Role>,
}

async fn spend(transaction: &mut Transaction, runtime: &Runtime, found: &Found) -> Result<Spent> {
    let tenant = found.tenant_id;
    let args = [
        tenant.into_value(),
        found.token.hash().into_value(),
        clock::now().into_value(),
    ];
    let rows = transaction.run(SPEND, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(bad_token)?;
    let invitation: Uuid = row.next().map_err(Error::internal)?;
    let inviter: Uuid = row.next().map_err(Error::internal)?;
    // What is refused from here on leaves the invitation unspent: nothing of this is committed.
    let roles = given(transaction, runtime, tenant, invitation, inviter).await?;
    Ok(Spent { invitation, roles })
}

/// Makes the membership, and notes whose it is.
async fn settle(
    transaction: &mut Transaction,
    context: &Context,
    found: &Found,
    spent: Spent,
    user: Uuid,
) -> Result<()> {
    let tenant = found.tenant_id;
    let Spent { invitation, roles } = spent;
    let member = join(transaction, tenant, user, &roles).await?;
    let sql = "UPDATE invitations SET accepted_by = $3 WHERE tenant_id = $1 AND id = $2";
    let args = [
        tenant.into_value(),
        invitation.into_value(),
        user.into_value(),
    ];
    transaction.run(sql, &args).await?;

    let mut names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    names.sort_unstable();
    let change = Change {
        resource: "members",
        action: match member.new {
            true => Action::Create,
            false => Action::Update,
        },
        record_id: member.id,
        changes: Map::from_iter([
            ("added_roles".to_owned(), json!({ "new": names })),
            ("invitation_id".to_owned(), json!({ "new": invitation })),
        ]),
    };
    let author = Author::user(user, Some(context));
    audit::record_in(transaction, tenant, author, change).await?;
    Ok(())
}

/// Under the lock, which whoever suspends a tenant waits for.
async fn require_active(transaction: &mut Transaction, tenant: Uuid) -> Result<()> {
    let sql = "SELECT id FROM tenants WHERE id = $1 AND status = 'active'";
    match transaction
        .run(sql, &[tenant.into_value()])
        .await?
        .is_empty()
    {
        true => Err(Error::tenant_suspended()),
        false => Ok(()),
    }
}

/// The roles that the inviter may give now.
///
/// # Errors
/// As for a bad token when the inviter is gone, suspended, or may give none of them any more.
async fn given(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant: Uuid,
    invitation: Uuid,
    inviter: Uuid,
) -> Result<Vec<Role>> {
    if !authn::is_active(transaction, inviter).await? {
        return Err(bad_token());
    }
    let standing = tenancy::standing_in(transaction, runtime, tenant, inviter).await?;
    let standing = standing.ok_or_else(bad_token)?;
    let roles = roles::invited_in(transaction, tenant, invitation).await?;
    let roles = roles::still_given(runtime, &standing, roles);
    match roles.is_empty() {
        true => Err(bad_token()),
        false => Ok(roles),
    }
}

/// A membership that somebody has now.
struct Member {
    id: Uuid,
    new: bool,
}

const ADD_ROLE: &str = "
    INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING";

/// Makes the membership, or adds to the one that is there.
///
/// # Errors
/// As for a bad token when there is one that is suspended: an invitation lifts no suspension.
async fn join(
    transaction: &mut Transaction,
    tenant: Uuid,
    user: Uuid,
    roles: &[Role],
) -> Result<Member> {
    let sql = "SELECT id, status FROM user_tenants WHERE tenant_id = $1 AND user_id = $2";
    let args = [tenant.into_value(), user.into_value()];
    let found = transaction.run(sql, &args).await?.into_iter().next();
    let now = clock::now();
    let member = match found {
        Some(mut row) => {
            let id = row.next().map_err(Error::internal)?;
            if row.next::<String>().map_err(Error::internal)? != "active" {
                return Err(bad_token());
            }
            Member { id, new: false }
        }
        None => {
            let id = Uuid::now_v7();
            let args = [
                tenant.into_value(),
                id.into_value(),
                user.into_value(),
                now.into_value(),
            ];
            let sql = "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) VALUES ($1, $2, $3, $4)";
            let joined = transaction.run(sql, &args).await;
            joined.map_err(|error| match error {
                // The account ended since they proved that it is theirs.
                StoreError::ForeignKey(_) => Error::unauthenticated().caused_by(error),
                other => other.into(),
            })?;
            Member { id, new: true }
        }
    };
    for role in roles {
        let args = [
            tenant.into_value(),
            user.into_value(),
            role.id.into_value(),
            now.into_value(),
        ];
        transaction.run(ADD_ROLE, &args).await?;
    }
    Ok(member)
}
