//! `POST /auth/logout`.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::audit::{self, Event};
use super::session::{Session, Transport};
use crate::authz::Account;
use crate::error::Result;
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
    let mut response = StatusCode::NO_CONTENT.into_response();
    if session.transport == Transport::Cookie {
        super::forget_session(&mut response)?;
    }
    Ok(response)
}
