//! `GET /auth/handoff`, at the target: first it asks, then it takes the code.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Uri, header};

use super::{nonce, origin_of, parameters, refused, see_other};
use crate::authn::cookies;
use crate::authn::next_path::next_path;
use crate::authn::one_time_token::{self, Subject};
use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::authn::session::User;
use crate::authn::sign_in::{Identified, Source};
use crate::clock;
use crate::error::{Error, Result};
use crate::http::{Context, html};
use crate::store::{FieldValue, Mode, Scope, Transaction, UnexpectedValue};
use crate::tenancy;
use crate::tenancy::slug;

/// How long a browser may take from here to there and back.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub(super) async fn receive(context: Context, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query();
    let answer = if let Some([from]) = parameters(query, ["from"]) {
        ask(&context, &from, None)
    } else if let Some([from, next]) = parameters(query, ["from", "next"]) {
        ask(&context, &from, Some(&next))
    } else if let Some([code]) = parameters(query, ["code"]) {
        take(&context, &code, &headers).await
    } else {
        Err(refused())
    };
    answer.unwrap_or_else(|error| page(&context, &error))
}

/// A page that says so. Nothing of the request is on it.
fn page(context: &Context, error: &Error) -> Response {
    let said = if error.status().is_server_error() {
        ("We cannot sign you in now", "Try again shortly.")
    } else {
        (
            "This link cannot be used",
            "It is good once, for a minute, in the browser that asked for it. Start again from the page you came from.",
        )
    };
    html::message(context, error, said, None)
}

/// Sets the nonce and sends the browser to the host that has the session.
fn ask(context: &Context, from: &str, next: Option<&str>) -> Result<Response> {
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
    let held = nonce::Held::new(nonce, from, &next_path(next));
    let cookie = cookies::set(nonce::COOKIE, &held.to_string(), PATIENCE)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Spends the code and opens a session.
async fn take(context: &Context, code: &str, headers: &HeaderMap) -> Result<Response> {
    let code = OpaqueToken::parse(Purpose::Handoff, code).ok_or_else(refused)?;
    let held = nonce::Held::of(headers).ok_or_else(refused)?;
    let database = &context.runtime.database;
    let purpose = Purpose::Handoff;
    // A look first: whoever makes codes up must not take SQLite's one writer from a request.
    if !one_time_token::exists(database, purpose, &code, &held.hash()).await? {
        return Err(refused());
    }
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let subject = one_time_token::spend(&mut transaction, purpose, &code, &held.hash()).await?;
    let subject = subject.ok_or_else(refused)?;
    // A code is for one host. It is spent by trying it at another.
    let here = match context.host.tenant() {
        Some(slug) => {
            let found = tenancy::find(&mut transaction, slug).await?;
            Some(found.ok_or_else(refused)?.id)
        }
        None => None,
    };
    // Nor does it serve where another host made it than the one that was asked.
    let asked = source(&mut transaction, subject, held.from()).await?;
    let Some((user, source)) = asked.filter(|_| here == subject.host_tenant) else {
        transaction.commit().await?;
        return Err(refused());
    };
    let tokens = Identified::by_handoff(user)
        .open_at(&mut transaction, context, here, source)
        .await?;
    transaction.commit().await?;
    let mut response = see_other(&held.next())?;
    tokens.put_into(response.headers_mut())?;
    let gone = cookies::set(nonce::COOKIE, "", Duration::ZERO)?;
    response.headers_mut().append(header::SET_COOKIE, gone);
    let policy = HeaderValue::from_static("no-referrer");
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, policy);
    Ok(response.into_response())
}

/// Whose session asked, at the host of the slug `from`, if it still lives. A session on another host
/// lives no longer, or going back and forth would never end, and ends with it when a thief is noticed.
async fn source(
    transaction: &mut Transaction,
    subject: Subject,
    from: &str,
) -> Result<Option<(User, Source)>> {
    let sql = "SELECT u.id, u.email, u.name, COALESCE(s.origin_id, s.id), s.expires_at
        FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN tenants t ON t.id = s.host_tenant
        WHERE s.id = $1 AND u.id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 AND u.status = 'active'
            AND COALESCE(t.slug, '') = $4";
    let args = [
        subject.session_id.into_value(),
        subject.user_id.into_value(),
        clock::now().into_value(),
        from.to_owned().into_value(),
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
        let source = Source {
            origin: row.next()?,
            end: row.next()?,
        };
        Ok::<_, UnexpectedValue>((user, source))
    };
    read().map(Some).map_err(Error::internal)
}
