//! `GET /auth/oauth/{provider}/callback`: a browser comes back from a provider (RFC 6749 section 4.1.2).

use axum::Extension;
use axum::response::Response;
use http::{HeaderMap, Uri};
use uuid::Uuid;

use super::account::{self, Brought, Refused};
use super::arrival::Arrival;
use super::browser::Browser;
use super::provider::{Provider, Visit};
use super::query::Query;
use super::visit::{self, Aim, Begun, Finished};
use super::{page, redirect_uri};
use crate::authn::account_view::AccountView;
use crate::authn::handoff::{handoff_location_and, origin_of, see_other};
use crate::authn::session::Transport;
use crate::authn::sign_in::Identified;
use crate::error::{Error, Result};
use crate::http::{Context, Deadline, Host, Path};
use crate::store::{Mode, Scope};
use crate::tenancy;

pub(super) async fn callback(
    context: Context,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    deadline: Option<Extension<Deadline>>,
) -> Response {
    let answered = come_back(&context, &provider, &uri, &headers, deadline.as_deref()).await;
    answered.unwrap_or_else(|error| page::refuse(&context, &error))
}

async fn come_back(
    context: &Context,
    provider: &str,
    uri: &Uri,
    headers: &HeaderMap,
    deadline: Option<&Deadline>,
) -> Result<Response> {
    let runtime = &context.runtime;
    let (providers, database) = (&runtime.providers, &runtime.database);
    let provider = providers.get(provider)?;
    // Providers know the base host alone.
    if context.host != Host::Base {
        return Err(Error::broken_visit());
    }
    let query = Query::of(uri.query());
    let state = query.one("state")?.ok_or_else(Error::broken_visit)?;
    let browser = Browser::of(headers).ok_or_else(Error::broken_visit)?;
    // Before anything else is looked at: whatever comes of it, this state is over.
    let (begun, session) =
        visit::spend(database, providers, provider.name(), state, &browser.hash()).await?;
    if let Some(deadline) = deadline {
        deadline.asks_others();
    }
    let arrival = arrival(context, provider, &query, state, &begun).await;
    if let Some(deadline) = deadline {
        deadline.others_answered();
    }
    match (begun.aim, session) {
        (Aim::SignIn, None) => {
            let answer = match arrival {
                Ok(arrival) => sign_in(context, &begun, &arrival).await,
                Err(error) => Err(error.into()),
            };
            match answer {
                Ok(answer) => Ok(answer),
                Err(refused) => Err(refused.recorded(context).await),
            }
        }
        (Aim::Link | Aim::Reauthenticate, Some(session)) => {
            to_session(context, provider, begun, session, &arrival?).await
        }
        (Aim::SignIn, Some(_)) | (Aim::Link | Aim::Reauthenticate, None) => {
            Err(Error::internal("a visit of no known form"))
        }
    }
}

/// Who it is that the provider sends back.
async fn arrival(
    context: &Context,
    provider: &Provider,
    query: &Query,
    state: &str,
    begun: &Begun,
) -> Result<Arrival> {
    let client = &context.runtime.providers.client;
    provider.check_issuer(client, query.one("iss")?).await?;
    if query.one("error")?.is_some() {
        return Err(Error::provider_denied());
    }
    let code = query.one("code")?.ok_or_else(Error::broken_visit)?;
    let visit = Visit {
        redirect_uri: &redirect_uri(context, provider),
        state,
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        anew: begun.aim == Aim::Reauthenticate,
    };
    provider.arrival(client, code, visit).await
}

/// Opens a session on the base host, from which a tenant's gets its own.
async fn sign_in(context: &Context, begun: &Begun, arrival: &Arrival) -> Result<Response, Refused> {
    let invitation = match &begun.invitation {
        Some(token) => Some(tenancy::find_invitation(context, token).await?),
        None => None,
    };
    let brought = Brought {
        invitation: invitation.as_ref(),
        tenant: begun.tenant.as_deref(),
    };
    let user = account::opened(context, arrival, brought).await?;
    let to = match &invitation {
        Some(invitation) => Some(invitation.slug()),
        None => begun.tenant.as_deref(),
    };
    if let Some(slug) = to {
        // As at the tenant's own sign-in: whoever does not belong there is not let in on the way.
        let view = AccountView::read(&context.runtime.database, user.clone()).await?;
        if !view.tenants.iter().any(|tenant| tenant.slug == slug) {
            return Err(Refused::of(user.id, Error::tenant_forbidden()));
        }
    }
    let (_, tokens) = Identified::by_identity(user)
        .admit(context, Transport::Cookie)
        .await?
        .open(context)
        .await?;
    let location = match to {
        Some(slug) => handoff_location_and(context, Some(slug), &begun.next),
        None => begun.next.clone(),
    };
    let mut response = see_other(&location)?;
    tokens.put_into(response.headers_mut())?;
    Ok(response)
}

/// Who came back is for a session to know. Its cookie is on its own host, where it is asked for: a
/// visit that somebody else began, and sent this browser on, ends there.
async fn to_session(
    context: &Context,
    provider: &Provider,
    begun: Begun,
    session: Uuid,
    arrival: &Arrival,
) -> Result<Response> {
    if begun.aim == Aim::Reauthenticate {
        require_recent(provider, &begun, arrival)?;
    }
    let finished = Finished {
        aim: begun.aim,
        identity: arrival.identity(),
        next: begun.next,
    };
    let runtime = &context.runtime;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let (providers, name) = (&runtime.providers, provider.name());
    let code = visit::finish(&mut transaction, providers, name, session, &finished).await?;
    transaction.commit().await?;
    let origin = origin_of(context, begun.tenant.as_deref());
    let code = code.reveal();
    see_other(&format!("{origin}/auth/oauth/{name}/finish?code={code}"))
}

/// How far the provider's clock may lie from ours, in seconds.
const LEEWAY: i64 = 60;

/// That the proof is of this visit, where the provider says when it was.
fn require_recent(provider: &Provider, begun: &Begun, arrival: &Arrival) -> Result<()> {
    let recent = match arrival.auth_time {
        Some(at) => at >= begun.at - LEEWAY,
        None => !provider.tells_time(),
    };
    match recent {
        true => Ok(()),
        false => Err(Error::identity_mismatch().caused_by("the proof is from before the visit")),
    }
}
