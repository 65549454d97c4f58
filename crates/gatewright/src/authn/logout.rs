//! `POST /auth/logout` and `POST /auth/logout-all`.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;

use super::audit::{self, Event};
use super::session::{self, Session, Transport};
use crate::authz::Account;
use crate::error::Result;
use crate::http::Json;
use crate::store::{Mode, Scope};

/// Ends the session that asks, from the next request on; its refresh tokens die with it.
pub(super) async fn logout(account: Account) -> Result<Response> {
    let (session, context) = (account.session(), account.context());
    let mut transaction = context
        .runtime
        .database
        .begin(Scope::Accounts, Mode::Write)
        .await?;
    Session::revoke(&mut transaction, session.id).await?;
    audit::record(&mut transaction, context, Event::LoggedOut(session.user.id)).await?;
    transaction.commit().await?;
    forgotten(session)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogoutAllRequest {
    #[serde(default)]
    keep_current: bool,
}

/// Ends every session of the account, on all hosts, or all but the one that asks. A body may be left out.
pub(super) async fn logout_all(account: Account, request: Request) -> Result<Response> {
    let asked = if request.headers().contains_key(header::CONTENT_TYPE) {
        let Json(asked) = Json::<LogoutAllRequest>::from_request(request, &()).await?;
        asked
    } else {
        LogoutAllRequest::default()
    };
    end_all(&account, asked.keep_current).await
}

/// Ends them, and answers as a program is answered.
pub(super) async fn end_all(account: &Account, keep_current: bool) -> Result<Response> {
    let (session, context) = (account.session(), account.context());
    let keep = keep_current.then_some(session.id);
    let mut transaction = context
        .runtime
        .database
        .begin(Scope::Accounts, Mode::Write)
        .await?;
    session::end_others(&mut transaction, session.user.id, keep).await?;
    let event = Event::SessionsEnded(session.user.id);
    audit::record(&mut transaction, context, event).await?;
    transaction.commit().await?;
    if keep.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    forgotten(session)
}

/// 204 to a client whose session is over.
pub(super) fn forgotten(session: &Session) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if session.transport == Transport::Cookie {
        super::forget_session(&mut response)?;
    }
    Ok(response)
}
