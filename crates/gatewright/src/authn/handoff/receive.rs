//! `GET /auth/handoff`, at the target: first it asks, then it takes the code.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use jiff::Timestamp;

use super::{nonce, origin_of, parameters, see_other};
use crate::authn::cookies;
use crate::authn::one_time_token::{self, Subject};
use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::authn::session::User;
use crate::authn::sign_in::Identified;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::html::document;
use crate::http::{Context, log_error};
use crate::store::{FieldValue, Mode, Scope, Transaction, UnexpectedValue};
use crate::tenancy;
use crate::tenancy::slug;

/// How long a browser may take from here to there and back.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub(super) async fn receive(context: Context, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query();
    let answer = match (parameters(query, ["from"]), parameters(query, ["code"])) {
        (Some([from]), _) => ask(&context, &from),
        (None, Some([code])) => take(&context, &code, &headers).await,
        (None, None) => Err(refused()),
    };
    answer.unwrap_or_else(|error| {
        log_error(&error, context.request_id);
        page(&context, error.status())
    })
}

/// One answer for every code that opens nothing.
fn refused() -> Error {
    Error::bad_request("broken_handoff", "Start again from the page you came from.")
}

/// A page that says so. Nothing of the request is on it.
fn page(context: &Context, status: StatusCode) -> Response {
    let (title, text) = if status.is_server_error() {
        ("We cannot sign you in now", "Try again shortly.")
    } else {
        (
            "This link cannot be used",
            "It is good once, for a minute, in the browser that asked for it. Start again from the page you came from.",
        )
    };
    let app = context.runtime.model.app;
    document(status, app, title, format_args!("<p>{text}</p>"))
}

/// Sets the nonce and sends the browser to the host that has the session.
fn ask(context: &Context, from: &str) -> Result<Response> {
    let from = match from {
        "" => None,
        // Any slug that can be one; whether it is, its host says.
        slug if slug::check("from", slug).is_ok() => Some(slug),
        _ => return Err(refused()),
    };
    let to = context.host.tenant();
    if from == to {
        return Err(refused());
    }
    let nonce = nonce::generate()?;
    let location = format!(
        "{}/auth/switch-tenant?to={}&nonce={}",
        origin_of(context, from),
        to.unwrap_or_default(),
        nonce::hash(&nonce)
    );
    let mut response = see_other(&location)?;
    let cookie = cookies::set(nonce::COOKIE, &nonce, PATIENCE)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Spends the code and opens a session.
async fn take(context: &Context, code: &str, headers: &HeaderMap) -> Result<Response> {
    let code = OpaqueToken::parse(Purpose::Handoff, code).ok_or_else(refused)?;
    let nonce_hash = nonce::held(headers).ok_or_else(refused)?;
    let database = &context.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let subject =
        one_time_token::spend(&mut transaction, Purpose::Handoff, &code, &nonce_hash).await?;
    let subject = subject.ok_or_else(refused)?;
    // A code is for one host. It is spent by trying it at another.
    let here = match context.host.tenant() {
        Some(slug) => {
            let found = tenancy::find(&mut transaction, slug).await?;
            Some(found.ok_or_else(refused)?.id)
        }
        None => None,
    };
    let asked = source(&mut transaction, subject).await?;
    let Some((user, end)) = asked.filter(|_| here == subject.host_tenant) else {
        transaction.commit().await?;
        return Err(refused());
    };
    let tokens = Identified::by_handoff(user)
        .open_at(&mut transaction, context, here, end)
        .await?;
    transaction.commit().await?;
    let mut response = see_other("/")?;
    tokens.put_into(response.headers_mut())?;
    let gone = cookies::set(nonce::COOKIE, "", Duration::ZERO)?;
    response.headers_mut().append(header::SET_COOKIE, gone);
    let policy = HeaderValue::from_static("no-referrer");
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, policy);
    Ok(response.into_response())
}

/// Whose session asked, if it still lives, and when that ends: a session on another host lives no
/// longer, or going back and forth would never end.
async fn source(
    transaction: &mut Transaction,
    subject: Subject,
) -> Result<Option<(User, Timestamp)>> {
    let sql = "SELECT u.id, u.email, u.name, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1 AND u.id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 AND u.status = 'active'";
    let args = [
        subject.session_id.into_value(),
        subject.user_id.into_value(),
        clock::now().into_value(),
    ];
    let rows = transaction.run(sql, &args).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let mut read = || {
        let user = User {
            id: row.next()?,
            email: row.next()?,
            name: row.next()?,
        };
        Ok::<_, UnexpectedValue>((user, row.next()?))
    };
    read().map(Some).map_err(Error::internal)
}
