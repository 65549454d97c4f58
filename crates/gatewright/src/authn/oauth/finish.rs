//! `GET /auth/oauth/{provider}/finish`: at the host of the session that asked, who came back is linked to
//! its account, or is recognised as its user.

use axum::response::Response;
use http::{HeaderMap, Uri};
use uuid::Uuid;

use super::arrival::Identity;
use super::query::Query;
use super::visit::{self, Aim};
use super::{browser, identity, page};
use crate::authn::account_row::{AccountRow, Hold};
use crate::authn::audit::{self, Event};
use crate::authn::handoff::see_other;
use crate::authn::session::Session;
use crate::error::{Error, Result};
use crate::http::{Context, Path};
use crate::store::{Mode, Scope, StoreError, Transaction};

pub(super) async fn finish(
    context: Context,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let finished = end(&context, &provider, &uri, &headers).await;
    finished.unwrap_or_else(|error| page::refuse(&context, &error))
}

async fn end(
    context: &Context,
    provider: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response> {
    let runtime = &context.runtime;
    let providers = &runtime.providers;
    let provider = providers.get(provider)?.name();
    let query = Query::of(uri.query());
    let code = query.one("code")?.ok_or_else(Error::broken_visit)?;
    // The session that asked, in the browser that came: no other can take the code.
    let session = browser::session(context, headers).await?;
    let database = &runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let user = session.user.id;
    // A takeover ends the session of whoever had the account. Here it is waited for, and then seen: else their
    // identity would be linked behind it.
    let held = AccountRow::hold(&mut transaction, user, Hold::Change).await?;
    if held.is_none() || !Session::is_alive(&mut transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    let finished = visit::take(&mut transaction, providers, provider, code, session.id).await?;
    let identity = &finished.identity;
    let owner = identity::owner(&mut transaction, identity).await?;
    let owner = owner.map(|found| found.user.id);
    let done = match finished.aim {
        Aim::Link => link(&mut transaction, context, user, owner, provider, identity).await,
        Aim::Reauthenticate if owner == Some(user) => {
            prove(&mut transaction, context, &session, identity).await
        }
        Aim::Reauthenticate => {
            // The code is spent, and that somebody else was there stays on record.
            audit::record(&mut transaction, context, Event::IdentityRejected(user)).await?;
            transaction.commit().await?;
            return Err(Error::identity_mismatch());
        }
        Aim::SignIn => Err(Error::internal("a sign-in that waits for a session")),
    };
    done?;
    transaction.commit().await?;
    see_other(&finished.next)
}

/// Makes the identity a way into the session's account. One that is already stays.
async fn link(
    transaction: &mut Transaction,
    context: &Context,
    user: Uuid,
    owner: Option<Uuid>,
    provider: &str,
    identity: &Identity,
) -> Result<()> {
    match owner {
        Some(owner) if owner == user => {
            identity::touch(transaction, identity).await?;
            return Ok(());
        }
        Some(_) => return Err(Error::identity_taken()),
        None => {}
    }
    let linked = identity::link(transaction, user, provider, identity).await;
    let identity_id = linked.map_err(|error| match error {
        StoreError::Unique(_) => Error::identity_taken().caused_by(error),
        other => other.into(),
    })?;
    let event = Event::IdentityLinked {
        user_id: user,
        identity_id,
    };
    audit::record(transaction, context, event).await?;
    Ok(())
}

/// Notes that the session's user proved again who they are.
async fn prove(
    transaction: &mut Transaction,
    context: &Context,
    session: &Session,
    identity: &Identity,
) -> Result<()> {
    identity::touch(transaction, identity).await?;
    if !Session::authenticate_again(transaction, session.id).await? {
        return Err(Error::unauthenticated());
    }
    let event = Event::Reauthenticated(session.user.id);
    audit::record(transaction, context, event).await?;
    Ok(())
}
