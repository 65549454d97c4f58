//! Handing a session's tokens to its client: the one place where they leave the process.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::cookies;
use super::opaque_token::OpaqueToken;
use super::session::Transport;
use crate::clock;
use crate::error::Error;
use crate::http::{Context, Json, Origin};

/// A session's current pair.
pub(super) struct Tokens {
    transport: Transport,
    access: String,
    access_lifetime: Duration,
    refresh: OpaqueToken,
    /// Until the session's absolute end.
    refresh_lifetime: Duration,
}

#[derive(Serialize)]
struct Answer<T> {
    #[serde(flatten)]
    body: T,
    #[serde(flatten)]
    bearer: Option<Bearer>,
}

/// RFC 6749 section 5.1.
#[derive(Serialize)]
struct Bearer {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    /// Seconds that the access token is good.
    expires_in: u64,
}

impl Tokens {
    /// Seconds that the access token is good.
    pub(super) fn expires_in(&self) -> u64 {
        self.access_lifetime.as_secs()
    }

    /// Signs an access token to go with a session's refresh token.
    pub(super) fn issue(
        context: &Context,
        transport: Transport,
        (session_id, user_id): (Uuid, Uuid),
        refresh: OpaqueToken,
        session_end: Timestamp,
    ) -> Result<Self, Error> {
        let tokens = &context.runtime.access_tokens;
        let refresh_lifetime =
            Duration::try_from(session_end.duration_since(clock::now())).unwrap_or_default();
        Ok(Self {
            transport,
            access: tokens.issue(session_id, user_id)?,
            access_lifetime: tokens.lifetime(),
            refresh,
            refresh_lifetime,
        })
    }

    fn cookies(&self) -> Result<[HeaderValue; 2], Error> {
        let refresh = self.refresh.reveal();
        Ok([
            cookies::set(cookies::ACCESS, &self.access, self.refresh_lifetime)?,
            cookies::set(cookies::REFRESH, refresh, self.refresh_lifetime)?,
        ])
    }

    /// The pair by the names of its cookies.
    pub(super) fn pair(&self) -> [(&'static str, &str); 2] {
        [
            (cookies::ACCESS, self.access.as_str()),
            (cookies::REFRESH, self.refresh.reveal()),
        ]
    }

    /// Puts a browser's pair into an answer that has no body.
    pub(super) fn put_into(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        let lines = self.cookies()?.map(|line| (header::SET_COOKIE, line));
        // A map would keep one of two cookies.
        for (name, value) in lines {
            headers.append(name, value);
        }
        Ok(())
    }

    /// The answer that carries them: in cookies that no script reads, or in a body without cookies.
    pub(super) fn respond(
        self,
        status: StatusCode,
        body: impl Serialize,
    ) -> Result<Response, Error> {
        let mut response = match self.transport {
            Transport::Cookie => {
                let lines = self.cookies()?;
                let mut response = (status, Json(Answer { body, bearer: None })).into_response();
                response
                    .headers_mut()
                    .extend(lines.map(|line| (header::SET_COOKIE, line)));
                response
            }
            Transport::Bearer => {
                let bearer = Bearer {
                    access_token: self.access,
                    refresh_token: self.refresh.reveal().to_owned(),
                    token_type: "Bearer",
                    expires_in: self.access_lifetime.as_secs(),
                };
                (
                    status,
                    Json(Answer {
                        body,
                        bearer: Some(bearer),
                    }),
                )
                    .into_response()
            }
        };
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// Cookies are given only to a page of this very origin: else another site could sign a browser in as
/// somebody of its choice (login CSRF).
///
/// # Errors
/// 403 `cross_origin`.
pub(super) fn require_page_of_ours(context: &Context, transport: Transport) -> Result<(), Error> {
    match (transport, context.origin) {
        (Transport::Bearer, _) | (Transport::Cookie, Origin::Same) => Ok(()),
        (Transport::Cookie, Origin::Unproven) => Err(Error::cross_origin()),
    }
}
