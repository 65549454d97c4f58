//! Pages: what a browser is answered with.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};

use super::{Context, log_error};
use crate::error::Error;
use crate::templates::{Action, Fields, Form, Message, Page};

/// What a page may load and do: the sheet and pictures of its own host, and forms to it. A script it has none.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'",
);

/// A page.
pub(crate) fn page<P: Page>(context: &Context, status: StatusCode, page: &P) -> Response {
    let runtime = &context.runtime;
    let failed = status.is_client_error() || status.is_server_error();
    match runtime.templates.page(runtime.model.app, failed, page) {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => error.into_response(),
    }
}

/// A page that answers a refusal: the form again, or what there is to say. The cause goes to the log, as any
/// error's does.
pub(crate) fn refused<P: Page>(context: &Context, error: &Error, shown: &P) -> Response {
    log_error(error, context.request_id);
    let mut response = page(context, error.status(), shown);
    let headers = response.headers_mut();
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A page that says what is wrong.
pub(crate) fn error_page(context: &Context, error: &Error) -> Response {
    let (title, text) = said(error);
    let message = Message {
        title: title.to_owned(),
        text,
        action: None,
    };
    refused(context, error, &message)
}

/// A page that only says something.
pub(crate) fn message(
    context: &Context,
    error: &Error,
    (title, text): (&str, &str),
    action: Option<Action>,
) -> Response {
    let message = Message {
        title: title.to_owned(),
        text: text.to_owned(),
        action,
    };
    refused(context, error, &message)
}

/// A form that was refused, to be shown again.
pub(crate) fn refused_form(names: &'static [&'static str], sent: &Fields, error: &Error) -> Form {
    Form::refused(names, sent, error, said(error).1)
}

/// 303 to a path of this host.
pub(crate) fn see_other(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else {
        return Error::internal("a path that no header can hold").into_response();
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// What a refusal means to somebody who reads a page.
fn said(error: &Error) -> (&'static str, String) {
    let (title, text) = match error.code() {
        "rate_limited" => return ("Too many attempts", come_again(error.retry_after())),
        "cross_origin" => (
            "This form came from elsewhere",
            "Open the page here and send it again.",
        ),
        "broken_form" | "too_large" | "unsupported_media_type" => (
            "This form cannot be read",
            "Open the page again and fill it in anew.",
        ),
        "tenant_forbidden" => (
            "You have no access here",
            "This account is no member here, or there is nothing at this address.",
        ),
        "tenant_suspended" => ("This tenant is suspended", "Nobody can use it now."),
        "not_found" => ("There is nothing here", "It is gone, or never was."),
        "unauthenticated" | "token_expired" => ("Sign in", "Sign in to go on."),
        "unavailable" => ("We cannot answer now", "Try again shortly."),
        "no_password" => ("No password", "Your account has no password."),
        "internal" => (
            "Something went wrong on our side",
            "Try again; we were told.",
        ),
        _ => ("This cannot be done", error.detail()),
    };
    (title, text.to_owned())
}

/// The time to wait, for people.
fn come_again(seconds: Option<u64>) -> String {
    match seconds {
        None => "Too many attempts. Try again later.".to_owned(),
        Some(1) => "Too many attempts. Try again in a second.".to_owned(),
        Some(seconds) if seconds < 120 => {
            format!("Too many attempts. Try again in {seconds} seconds.")
        }
        Some(seconds) => format!(
            "Too many attempts. Try again in {} minutes.",
            seconds.div_ceil(60)
        ),
    }
}

/// A parameter of a link; none where the query does not name it, or names it twice.
pub(crate) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// The `token` of a link, or an empty one, which is good for nothing.
pub(crate) fn token_of(uri: &Uri) -> String {
    parameter(uri, "token").unwrap_or_default()
}
