//! Errors as RFC 9457 problem details.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use uuid::Uuid;

use crate::error::{Error, Extra};

/// In how many seconds to try again what cannot be answered now.
const RETRY_AFTER: u64 = 5;

/// The error behind an answer, on its way to the pipeline, which knows the request id and writes the body.
#[derive(Debug, Clone)]
pub(super) struct Failed(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    request_id: Uuid,
    #[serde(flatten)]
    extra: &'a Extra,
}

/// The error behind an answer that has no body yet.
pub(super) fn of(response: &Response) -> Option<Arc<Error>> {
    let failed = response.extensions().get::<Failed>();
    failed.map(|Failed(error)| Arc::clone(error))
}

/// Gives an error answer the body of the contract, and logs its cause under the request id.
///
/// Answers that carry no [`Error`] (an unknown route, a foreign extractor's rejection) get the
/// problem of their status, unless they have a body of their own form.
pub(super) fn finish(response: Response, request_id: Uuid) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    match response.extensions().get::<Failed>().cloned() {
        Some(Failed(error)) => {
            log(&error, request_id);
            body(response, &error, request_id)
        }
        None if is_own_form(&response) => response,
        None => body(response, &Error::of_status(status), request_id),
    }
}

/// Logs an error under the request id: a failure of ours always, a refusal for whoever looks for it.
pub(crate) fn log(error: &Error, request_id: Uuid) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let cause = cause.as_deref().unwrap_or("none given");
    if error.status().is_server_error() {
        tracing::error!(%request_id, code = error.code(), cause, "request failed");
    } else {
        tracing::debug!(%request_id, code = error.code(), cause, "request refused");
    }
}

fn is_own_form(response: &Response) -> bool {
    let content_type = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| !value.starts_with("text/plain"))
}

fn body(response: Response, error: &Error, request_id: Uuid) -> Response {
    let status = error.status();
    let problem = Problem {
        r#type: format!("urn:gatewright:problem:{}", error.code()),
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        code: error.code(),
        detail: error.detail(),
        request_id,
        extra: error.extra(),
    };
    // Headers such as Allow and Set-Cookie stay; those of the replaced body go.
    let (mut parts, _) = response.into_parts();
    parts.status = status;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if status == StatusCode::UNAUTHORIZED {
        let challenge = match error.code() {
            "token_expired" => r#"Bearer error="invalid_token""#,
            _ => "Bearer",
        };
        parts.headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
    }
    let retry_after = match error.retry_after() {
        None if status == StatusCode::SERVICE_UNAVAILABLE => Some(RETRY_AFTER),
        named => named,
    };
    if let Some(seconds) = retry_after {
        let seconds = HeaderValue::from(seconds);
        parts.headers.insert(header::RETRY_AFTER, seconds);
    }
    // A problem is text, numbers and lists of them: it always has a JSON form.
    let bytes = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(parts, Body::from(bytes))
}
