//! Whose account an arrival opens: the rules of docs/oauth.md, in one transaction.
//!
//! | the identity | the provider's word on the address | the address's account | |
//! | --- | --- | --- | --- |
//! | known | any | any | opens the account that it is linked to |
//! | new | not a plain yes | any | refused |
//! | new | verified | none | makes one, as far as sign-up or an invitation lets it |
//! | new | verified | has not proven the address | takes it over: who had it before is out |
//! | new | verified, and the provider's to give | has proven it | is linked |
//! | new | verified | has proven it | refused: sign in, then link |
//!
//! The third row from below is pre-hijacking (arXiv 2205.10174): somebody registers your address, waits
//! until you sign in by a provider, and shares the account with you from then on.

use http::StatusCode;
use uuid::Uuid;

use super::arrival::{Arrival, Identity};
use super::identity::{self, Found};
use crate::authn::account_row::AccountRow;
use crate::authn::audit::{self, Event};
use crate::authn::email::Email;
use crate::authn::one_time_token;
use crate::authn::registration::{self, Registration};
use crate::authn::session::{self, User};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::model::Signup;
use crate::store::{FieldValue, Mode, Scope, Transaction};
use crate::tenancy::{self, Invitation};

/// How often somebody who was overtaken looks again. Whoever overtook them has committed by then.
const ATTEMPTS: usize = 3;

/// What somebody brings besides who they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brought<'a> {
    pub(super) invitation: Option<&'a Invitation>,
    /// The slug of the host that they come from.
    pub(super) tenant: Option<&'a str>,
}

/// The account to sign in to, which may be made or linked by this.
///
/// # Errors
/// As the table above has it; 401 for a suspended account. The caller records it.
pub(super) async fn opened(
    context: &Context,
    arrival: &Arrival,
    brought: Brought<'_>,
) -> Result<User, Refused> {
    let mut attempt = 1;
    loop {
        match open(context, arrival, brought).await {
            // Somebody else made the account or the identity meanwhile: most likely another tab.
            Err(Refused { error, .. }) if error.code() == "conflict" && attempt < ATTEMPTS => {
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

async fn open(context: &Context, arrival: &Arrival, brought: Brought<'_>) -> Result<User, Refused> {
    let database = &context.runtime.database;
    // An invitation is accepted under its tenant's lock, which comes before any row of an account.
    let scope = match brought.invitation {
        Some(invitation) => Scope::Tenant(invitation.tenant_id()),
        None => Scope::Accounts,
    };
    let mut transaction = database.begin(scope, Mode::Write).await?;
    if let Some(invitation) = brought.invitation {
        tenancy::open_invitation(&mut transaction, invitation).await?;
    }
    let (user, is_new) = decide(&mut transaction, context, arrival, brought).await?;
    if let Some(invitation) = brought.invitation {
        if !invitation.is_for(&user.email) {
            return Err(Refused::of(user.id, Error::invitation_for_another()));
        }
        tenancy::accept_invitation(&mut transaction, context, invitation, user.id).await?;
    }
    if is_new {
        audit::record(&mut transaction, context, Event::Registered(user.id)).await?;
    }
    transaction.commit().await?;
    Ok(user)
}

/// Why nobody is let in, and whose account it would have been.
pub(super) struct Refused {
    user: Option<Uuid>,
    error: Error,
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self {
            user: None,
            error: error.into(),
        }
    }
}

impl Refused {
    pub(super) fn of(user: Uuid, error: Error) -> Self {
        Self {
            user: Some(user),
            error,
        }
    }

    /// The error, once the refusal is in the log. What failed for other reasons is no refusal.
    pub(super) async fn recorded(self, context: &Context) -> Error {
        let Self { user, error } = self;
        let status = error.status();
        if status.is_client_error() || status == StatusCode::BAD_GATEWAY {
            let event = Event::LoginFailed(user);
            if let Err(failed) = audit::record_refusal(context, event).await {
                return failed.into();
            }
        }
        error
    }
}

/// The user, and whether they are new.
async fn decide(
    transaction: &mut Transaction,
    context: &Context,
    arrival: &Arrival,
    brought: Brought<'_>,
) -> Result<(User, bool), Refused> {
    let identity = arrival.identity();
    if let Some(user) = known(transaction, &identity).await? {
        return Ok((user, false));
    }
    // From here on the address decides, and an address that is not theirs decides nothing.
    let Some(email) = arrival.verified_email() else {
        return Err(Error::address_not_verified().into());
    };
    // Held first: a sign-in by password that is under way must not outlive a takeover.
    AccountRow::hold_by_address(transaction, email).await?;
    let Some(found) = identity::account_of(transaction, email.normalized()).await? else {
        let user = make(transaction, context, arrival, email, brought).await?;
        link(transaction, context, &user, arrival, &identity).await?;
        return Ok((user, true));
    };
    // The account may have been made meanwhile, by this very identity in another tab.
    if let Some(user) = known(transaction, &identity).await? {
        return Ok((user, false));
    }
    let found = require_active(found)?;
    let id = found.user.id;
    if !found.verified && !found.on_platform {
        take_over(transaction, id).await?;
        audit::record(transaction, context, Event::TakenOver(id)).await?;
    } else if !arrival.authoritative {
        return Err(Refused::of(id, Error::account_exists()));
    }
    registration::forget_pending(transaction, email).await?;
    link(transaction, context, &found.user, arrival, &identity).await?;
    Ok((found.user, false))
}

/// The user whom an identity is known to open the account of.
async fn known(
    transaction: &mut Transaction,
    identity: &Identity,
) -> Result<Option<User>, Refused> {
    let Some(found) = identity::owner(transaction, identity).await? else {
        return Ok(None);
    };
    let user = require_active(found)?.user;
    identity::touch(transaction, identity).await?;
    Ok(Some(user))
}

/// A suspended account is answered as no account's credential is.
fn require_active(found: Found) -> Result<Found, Refused> {
    match found.active {
        true => Ok(found),
        false => Err(Refused::of(found.user.id, Error::unauthenticated())),
    }
}

async fn link(
    transaction: &mut Transaction,
    context: &Context,
    user: &User,
    arrival: &Arrival,
    identity: &Identity,
) -> Result<()> {
    let identity_id = identity::link(transaction, user.id, &arrival.provider, identity).await?;
    let event = Event::IdentityLinked {
        user_id: user.id,
        identity_id,
    };
    audit::record(transaction, context, event).await?;
    Ok(())
}

/// Makes an account without a password, as a verified sign-up would.
async fn make(
    transaction: &mut Transaction,
    context: &Context,
    arrival: &Arrival,
    email: &Email,
    brought: Brought<'_>,
) -> Result<User> {
    let model = context.runtime.model;
    match (brought.invitation, model.auth.signup) {
        (Some(_), Signup::Closed) | (None, Signup::Closed | Signup::InviteOnly) => {
            return Err(Error::signup_closed());
        }
        // For exactly the address that the provider vouches for.
        (Some(invitation), Signup::Open | Signup::InviteOnly) => {
            if !invitation.is_for(email.as_given()) {
                return Err(Error::invitation_for_another());
            }
        }
        // A new account is a member of no tenant; on a tenant's host it could not stay.
        (None, Signup::Open) if brought.tenant.is_some() => return Err(Error::tenant_forbidden()),
        (None, Signup::Open) => {}
    }
    let name = arrival.name.clone();
    let registration = Registration {
        name: name.unwrap_or_else(|| email.local_part().to_owned()),
        email: email.clone(),
        password_hash: None,
        tenant: None,
        platform_role: None,
        verified: true,
    };
    registration::create_account(transaction, model, &registration, None, Some(context)).await
}

/// Nothing that somebody had of the account before opens it any more: they never proved that its
/// address is theirs, and now somebody has.
async fn take_over(transaction: &mut Transaction, user_id: Uuid) -> Result<()> {
    session::end_others(transaction, user_id, None).await?;
    one_time_token::forget_all(transaction, user_id).await?;
    for sql in [
        "DELETE FROM passwords WHERE user_id = $1",
        "DELETE FROM identities WHERE user_id = $1",
        "DELETE FROM oauth_flows WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
    ] {
        transaction.run(sql, &[user_id.into_value()]).await?;
    }
    let sql = "UPDATE users SET email_verified_at = $2 WHERE id = $1";
    let args = [user_id.into_value(), clock::now().into_value()];
    transaction.run(sql, &args).await?;
    Ok(())
}
