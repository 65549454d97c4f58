//! `POST /auth/refresh`: a refresh token for the next pair. Pages renew in place.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::audit::{self, Event};
use super::cookies::{self, Lookup};
use super::opaque_token::{OpaqueToken, Purpose};
use super::refresh_token::{self, Presented, Rotation};
use super::scheme;
use super::session::Transport;
use super::tokens::{Tokens, require_page_of_ours};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Context, Json};
use crate::store::{Mode, Scope};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshRequest {
    refresh_token: Option<String>,
}

/// What a page is told, whose tokens come in cookies. Bearer clients find it beside their tokens.
#[derive(Serialize)]
struct Renewed {
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
}

pub(super) async fn refresh(context: Context, request: Request) -> Result<Response> {
    let cookie = of_cookie(request.headers())?;
    // A browser's page has its token in a cookie and need not send a body.
    let body = if request.headers().contains_key(header::CONTENT_TYPE) {
        let Json(body) = Json::<RefreshRequest>::from_request(request, &()).await?;
        body
    } else {
        RefreshRequest::default()
    };
    let (text, transport) = match (cookie, body.refresh_token) {
        (Some(_), Some(_)) => return Err(scheme::ambiguous()),
        (Some(text), None) => (text, Transport::Cookie),
        (None, Some(text)) => (text, Transport::Bearer),
        (None, None) => return Err(Error::unauthenticated()),
    };
    require_page_of_ours(&context, transport)?;
    let tokens = exchange(&context, &text, transport).await?;
    let expires_in = (transport == Transport::Cookie).then(|| tokens.expires_in());
    tokens.respond(StatusCode::OK, Renewed { expires_in })
}

/// Spends a refresh token for the next pair.
async fn exchange(context: &Context, text: &str, transport: Transport) -> Result<Tokens> {
    let token = OpaqueToken::parse(Purpose::Refresh, text).ok_or_else(Error::unauthenticated)?;
    // Invented tokens must not queue for SQLite's one writer.
    if !refresh_token::is_of_a_session(&context.runtime.database, &token).await? {
        return Err(Error::unauthenticated());
    }

    let mut transaction = context
        .runtime
        .database
        .begin(Scope::Accounts, Mode::Write)
        .await?;
    let now = clock::now();
    let presented = Presented {
        token: &token,
        transport,
        host: &context.host,
        now,
        idle_since: super::idle_since(&context.runtime, now),
    };
    match refresh_token::rotate(&mut transaction, presented).await? {
        Rotation::Rotated(session) => {
            let pair = (session.session_id, session.user_id);
            let tokens = Tokens::issue(context, transport, pair, session.next, session.expires_at)?;
            transaction.commit().await?;
            Ok(tokens)
        }
        Rotation::Reused {
            session_id,
            user_id,
        } => {
            audit::record(
                &mut transaction,
                context,
                Event::RefreshReused {
                    user_id,
                    session_id,
                },
            )
            .await?;
            // The request is refused and the end of the session stays.
            transaction.commit().await?;
            tracing::warn!(%session_id, %user_id, request_id = %context.request_id, "a refresh token came twice; its session is over");
            Err(Error::unauthenticated())
        }
        Rotation::Refused => Err(Error::unauthenticated()),
    }
}

/// The pair that a page's request went on with.
#[must_use]
pub(crate) struct RenewedPair(Tokens);

impl RenewedPair {
    /// Gives it to the browser, unless the answer begins or ends a session itself.
    ///
    /// # Errors
    /// None in practice; the header's type asks for it.
    pub(crate) fn put_into(&self, headers: &mut HeaderMap) -> Result<()> {
        match headers.contains_key(header::SET_COOKIE) {
            true => Ok(()),
            false => self.0.put_into(headers),
        }
    }
}

/// Renews the pair of a browser whose access token has expired, and puts the new one into its request, which then
/// goes on as if it had come with it. None where there is nothing to renew.
///
/// # Errors
/// 401 when the session is over, as at `POST /auth/refresh`.
pub(crate) async fn renew_in_place(
    context: &Context,
    headers: &mut HeaderMap,
) -> Result<Option<RenewedPair>> {
    let expired = super::verify(&context.runtime, headers).await;
    if !expired.is_err_and(|error| error.code() == "token_expired") {
        return Ok(None);
    }
    // A bearer's expired token is its program's to renew.
    if !matches!(cookies::find(headers, cookies::ACCESS), Lookup::One(_)) {
        return Ok(None);
    }
    let Some(text) = of_cookie(headers)? else {
        return Ok(None);
    };
    let tokens = exchange(context, &text, Transport::Cookie).await?;
    cookies::replace(headers, &tokens.pair())?;
    Ok(Some(RenewedPair(tokens)))
}

fn of_cookie(headers: &HeaderMap) -> Result<Option<String>> {
    match cookies::find(headers, cookies::REFRESH) {
        Lookup::Absent => Ok(None),
        Lookup::One(text) => Ok(Some(text.to_owned())),
        Lookup::Malformed => Err(Error::unauthenticated()),
        Lookup::Several => Err(scheme::ambiguous()),
    }
}
