//! One error type with two faces: the contract for the client, the cause for the log.
//!
//! What a client may see is decided here and nowhere else: a status, a stable `code` and the
//! members of the status contract. The cause never leaves the process; it is logged beside the
//! request id that the client is given.

mod provider;

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;

use crate::store::StoreError;

/// The most field errors that one answer lists.
pub(crate) const MOST_ERRORS: usize = 50;

/// The most characters of a field's name in an answer. Ours are shorter; a client may send any.
pub(crate) const LONGEST_FIELD: usize = 100;

/// The result of handlers and of generated data access.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a failure, as RFC 9457 problem details once it reaches a client.
#[derive(Debug)]
pub struct Error {
    kind: Box<Kind>,
}

#[derive(Debug)]
struct Kind {
    status: StatusCode,
    code: &'static str,
    detail: &'static str,
    extra: Extra,
    /// In how many seconds to come again, for the header `Retry-After`.
    retry_after: Option<u64>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The members of a problem beyond the five that all have.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Extra {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permission: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldError>,
    /// Slugs of the tenants that stand in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tenants: Vec<String>,
}

/// What is wrong with one field of a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's JSON key; nested keys are joined by dots.
    pub field: String,
    /// A stable code: `required`, `unknown_field`, `invalid_type`, `too_long`, `not_found`, …
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl FieldError {
    /// A field error.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

impl Error {
    fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        let kind = Kind {
            status,
            code,
            detail,
            extra: Extra::default(),
            retry_after: None,
            cause: None,
        };
        Self {
            kind: Box::new(kind),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Extra)) -> Self {
        change(&mut self.kind.extra);
        self
    }

    /// Attaches the cause, for the log alone.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.kind.cause = Some(cause.into());
        self
    }

    /// 401: no credential, or one that is not good.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Sign in, or present a valid access token.",
        )
    }

    /// 401: the access token was good once; a refresh token gets the next.
    pub fn token_expired() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "token_expired",
            "The access token has expired.",
        )
        .with(|extra| extra.refresh = Some("/auth/refresh"))
    }

    /// 403: signed in and a member, but without this permission.
    pub fn permission_denied(slug: &'static str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_denied",
            "Your roles do not include this permission.",
        )
        .with(|extra| extra.permission = Some(slug))
    }

    /// 403: not a member of the request's tenant, suspended there, or there is no such tenant.
    pub fn tenant_forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "tenant_forbidden",
            "You have no access to this tenant. Name a tenant of yours by its host or by X-Tenant.",
        )
    }

    /// 403: a member of a tenant that is suspended.
    pub fn tenant_suspended() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "tenant_suspended",
            "This tenant is suspended.",
        )
    }

    /// 403: signed in as somebody else than the one who was invited.
    pub fn invitation_for_another() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "invitation_for_another",
            "This invitation is for another address. Sign in as whoever was invited.",
        )
    }

    /// 429: more often than this may be done.
    pub fn rate_limited() -> Self {
        Self::of_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// 429 with the time to wait, in whole seconds: who waits exactly so long is not too early again.
    pub(crate) fn rate_limited_for(wait: Duration) -> Self {
        let mut error = Self::rate_limited();
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        error.kind.retry_after = Some(seconds.max(1));
        error
    }

    /// 403: the session is good, but its password was given too long ago for what is asked.
    pub(crate) fn reauthentication_required() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "reauthentication_required",
            "Give your password again: POST /auth/reauthenticate.",
        )
    }

    /// 409: the account has no password; its owner signs in by other means.
    pub(crate) fn no_password() -> Self {
        Self::against_the_rules("no_password", "This account has no password.")
    }

    /// 403: an unsafe request that did not prove that it comes from the application's own pages.
    pub fn cross_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "cross_origin",
            "This request must come from the application's own pages, or carry a bearer token instead of cookies.",
        )
    }

    /// 404: of another tenant, or of nobody; which of the two is not for the client to know.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// 405
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path does not take this method.",
        )
    }

    /// 400: not JSON, or not an object.
    pub fn malformed_json() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            "The body is not a JSON object.",
        )
    }

    /// 400: a request that no route could answer: two hosts, two credentials, a broken header.
    pub fn bad_request(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400: an unknown or unusable query parameter.
    pub fn invalid_query(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = FieldError::new(parameter, "invalid_query", message);
        shorten(&mut error.field);
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_query",
            "A query parameter cannot be used.",
        )
        .with(|extra| extra.errors.push(error))
    }

    /// 422: every field that is wrong, at once; of very many, the first.
    pub fn invalid_input(mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MOST_ERRORS);
        for error in &mut errors {
            shorten(&mut error.field);
        }
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "Some fields cannot be accepted.",
        )
        .with(|extra| extra.errors = errors)
    }

    /// 422: one field that is wrong.
    pub fn invalid(
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::invalid_input(vec![FieldError::new(field, code, message)])
    }

    /// 413
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The body is larger than this route takes.",
        )
    }

    /// 415
    pub fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the body as application/json, without a content encoding.",
        )
    }

    /// 409: a value that must be unique is taken, or a record is still referred to.
    pub fn conflict(
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let error = FieldError::new(field, code, message);
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "This would clash with what is there.",
        )
        .with(|extra| extra.errors.push(error))
    }

    /// 409: what is asked for would break a rule of the tenant's own order, which `code` names.
    pub(crate) fn against_the_rules(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409: each of these tenants has no other active owner.
    pub(crate) fn last_owner_of(tenants: Vec<String>) -> Self {
        Self::against_the_rules(
            "last_owner",
            "Tenants would be left without an active owner. Make somebody else an owner of them first.",
        )
        .with(|extra| extra.tenants = tenants)
    }

    /// 412: the record has another version than the request's `If-Match` names.
    pub fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition_failed",
            "This is not what it was when you read it. Read it again.",
        )
    }

    /// 409 for several fields.
    pub(crate) fn conflicts(errors: Vec<FieldError>) -> Self {
        let mut conflict = Self::conflict("", "", "");
        conflict.kind.extra.errors = errors;
        conflict.kind.extra.errors.truncate(MOST_ERRORS);
        conflict
    }

    /// What is wrong with which field.
    ///
    /// # Errors
    /// The error itself, when it is about something else.
    pub(crate) fn into_field_errors(self) -> Result<Vec<FieldError>> {
        if self.kind.status == StatusCode::UNPROCESSABLE_ENTITY {
            Ok(self.kind.extra.errors)
        } else {
            Err(self)
        }
    }

    /// The same error about a part of the body: `price` within `records.3` is `records.3.price`.
    pub(crate) fn within(self, path: &str) -> Self {
        self.with(|extra| {
            for error in &mut extra.errors {
                error.field = match error.field.as_str() {
                    "" => path.to_owned(),
                    field => format!("{path}.{field}"),
                };
            }
        })
    }

    /// 503: a dependency is down or too slow. Never answered by letting the request through.
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The service cannot answer now. Try again shortly.",
        )
    }

    /// 500: a defect. The cause is in the log under the request id.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side.",
        )
        .caused_by(cause)
    }

    /// The problem that a bare status of the HTTP layer stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::unauthenticated(),
            StatusCode::FORBIDDEN => Self::new(status, "forbidden", "You may not do this."),
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            StatusCode::CONFLICT => {
                Self::new(status, "conflict", "This would clash with what is there.")
            }
            StatusCode::PRECONDITION_FAILED => Self::precondition_failed(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported_media_type(),
            StatusCode::UNPROCESSABLE_ENTITY => Self::invalid_input(Vec::new()),
            StatusCode::TOO_MANY_REQUESTS => Self::new(
                status,
                "rate_limited",
                "Too many requests. Try again later.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(),
            status if status.is_server_error() => {
                Self::new(status, "internal", "Something went wrong on our side.")
            }
            status => Self::new(status, "bad_request", "The request cannot be understood."),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.kind.status
    }

    /// In how many seconds to come again, where the error says so.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.kind.retry_after
    }

    /// The stable code, for example `permission_denied`.
    pub fn code(&self) -> &'static str {
        self.kind.code
    }

    /// The sentence for people.
    pub(crate) fn detail(&self) -> &'static str {
        self.kind.detail
    }

    pub(crate) fn extra(&self) -> &Extra {
        &self.kind.extra
    }
}

/// Cuts a name off that a client made up.
fn shorten(field: &mut String) {
    if let Some((end, _)) = field.char_indices().nth(LONGEST_FIELD) {
        field.truncate(end);
        field.push('…');
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.status.as_u16(), self.kind.code)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<StoreError> for Error {
    /// Store errors that a caller did not translate: a clash names no field, the rest is ours.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable().caused_by(error),
            StoreError::Unique(_) => {
                Self::conflict("", "taken", "This value is taken.").caused_by(error)
            }
            _ => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_status_has_the_code_of_the_contract() {
        for (status, code) in [
            (400, "bad_request"),
            (401, "unauthenticated"),
            (403, "forbidden"),
            (404, "not_found"),
            (405, "method_not_allowed"),
            (409, "conflict"),
            (412, "precondition_failed"),
            (413, "too_large"),
            (415, "unsupported_media_type"),
            (418, "bad_request"),
            (422, "invalid_input"),
            (429, "rate_limited"),
            (500, "internal"),
            (502, "internal"),
            (503, "unavailable"),
        ] {
            let error = Error::of_status(StatusCode::from_u16(status).unwrap());
            assert_eq!((error.status().as_u16(), error.code()), (status, code));
        }
    }
}
