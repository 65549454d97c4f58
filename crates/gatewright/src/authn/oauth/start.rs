//! `GET /auth/oauth/{provider}/start` and `POST /auth/oauth/{provider}/link`: a visit to a provider begins.
//!
//! Visits are at home on the base host: there is their cookie, and there the provider sends the browser
//! back. A tenant's host sends the browser to it first. A visit for a session begins on the session's
//! host, which stores it and hands the browser its state; at the base host the browser takes it over.

use axum::Extension;
use axum::response::Response;
use form_urlencoded::Serializer;
use http::{HeaderMap, Uri, header};
use serde::Serialize;

use super::browser::{self, Browser};
use super::provider::{Provider, Visit};
use super::query::Query;
use super::visit::{self, Aim, Begun, Of};
use super::{base, page, redirect_uri};
use crate::authn::handoff::see_other;
use crate::authn::next_path::next_path;
use crate::authn::opaque_token::OpaqueToken;
use crate::authn::session::{Session, Transport};
use crate::authz::Account;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Context, Deadline, Host, Json, Origin, Path};
use crate::store::{Mode, Scope};
use crate::tenancy::slug;

#[derive(Serialize)]
pub(super) struct Location {
    /// Where the browser goes.
    location: String,
}

pub(super) async fn start(
    context: Context,
    Path(provider): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    deadline: Option<Extension<Deadline>>,
) -> Response {
    let began = begin(&context, &provider, &uri, &headers, deadline.as_deref()).await;
    began.unwrap_or_else(|error| page::refuse(&context, &error))
}

async fn begin(
    context: &Context,
    provider: &str,
    uri: &Uri,
    headers: &HeaderMap,
    deadline: Option<&Deadline>,
) -> Result<Response> {
    let runtime = &context.runtime;
    let provider = runtime.providers.get(provider)?;
    let query = Query::of(uri.query());
    let next = next_path(query.one("next")?);
    if query.one("reauth")? == Some("1") {
        // Another site's link must not renew the proof that a stolen session waits for.
        if context.origin != Origin::Same {
            return Err(Error::cross_origin());
        }
        let session = browser::session(context, headers).await?;
        let aim = Aim::Reauthenticate;
        let location = begin_for(context, provider, &session, aim, next).await?;
        return see_other(&location);
    }
    let invitation = query.one("invitation")?;
    let tenant = match (&context.host, query.one("tenant")?) {
        (Host::Tenant(slug), _) => {
            return see_other(&at_base(context, provider, &next, invitation, slug));
        }
        // What can be no slug is no host of ours.
        (_, Some(slug)) => {
            slug::check("tenant", slug).map_err(|_| Error::broken_visit())?;
            Some(slug.to_owned())
        }
        (_, None) => None,
    };
    let browser = Browser::of_or_new(headers)?;
    let database = &runtime.database;
    let (state, begun) = match query.one("visit")? {
        Some(state) => {
            let hash = browser.hash();
            let providers = &runtime.providers;
            visit::claim(database, providers, provider.name(), state, &hash).await?
        }
        None => {
            let begun = Begun {
                invitation: invitation.map(str::to_owned),
                tenant,
                ..begun(Aim::SignIn, next)?
            };
            let hash = browser.hash();
            let state = stored(context, provider, Of::Browser(&hash), &begun).await?;
            (state, begun)
        }
    };
    let visit = Visit {
        redirect_uri: &redirect_uri(context, provider),
        state: state.reveal(),
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        anew: begun.aim == Aim::Reauthenticate,
    };
    if let Some(deadline) = deadline {
        deadline.asks_others();
    }
    let address = provider.address(&runtime.providers.client, visit).await?;
    let mut response = see_other(&address)?;
    let cookie = browser.cookie()?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Another provider for an account that somebody has proven lately to be theirs.
pub(super) async fn link(
    account: Account,
    Path(provider): Path<String>,
    uri: Uri,
) -> Result<Json<Location>> {
    let (session, context) = (account.session(), account.context());
    let provider = context.runtime.providers.get(&provider)?;
    // Who comes back is shown to the session's browser, and a bearer has none.
    if session.transport != Transport::Cookie {
        return Err(Error::bad_request(
            "browser_only",
            "Connect a provider from a browser's session.",
        ));
    }
    session.require_recent()?;
    let next = next_path(Query::of(uri.query()).one("next")?);
    let location = begin_for(context, provider, session, Aim::Link, next).await?;
    Ok(Json(Location { location }))
}

/// Begins a visit for a session, and answers where its browser takes it over.
async fn begin_for(
    context: &Context,
    provider: &Provider,
    session: &Session,
    aim: Aim,
    next: String,
) -> Result<String> {
    let begun = Begun {
        // The way back to the session's own host.
        tenant: context.host.tenant().map(str::to_owned),
        ..begun(aim, next)?
    };
    let state = stored(context, provider, Of::Session(session.id), &begun).await?;
    let start = format!("{}/auth/oauth/{}/start", base(context), provider.name());
    Ok(format!("{start}?visit={}", state.reveal()))
}

fn begun(aim: Aim, next: String) -> Result<Begun> {
    Ok(Begun {
        aim,
        verifier: browser::random()?,
        nonce: browser::random()?,
        next,
        invitation: None,
        tenant: None,
        at: clock::now().as_second(),
    })
}

async fn stored(
    context: &Context,
    provider: &Provider,
    of: Of<'_>,
    begun: &Begun,
) -> Result<OpaqueToken> {
    let runtime = &context.runtime;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let providers = &runtime.providers;
    let state = visit::begin(&mut transaction, providers, provider.name(), of, begun).await?;
    transaction.commit().await?;
    Ok(state)
}

/// The same request at the base host.
fn at_base(
    context: &Context,
    provider: &Provider,
    next: &str,
    invitation: Option<&str>,
    slug: &str,
) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("tenant", slug).append_pair("next", next);
    if let Some(invitation) = invitation {
        query.append_pair("invitation", invitation);
    }
    let (base, name) = (base(context), provider.name());
    format!("{base}/auth/oauth/{name}/start?{}", query.finish())
}
