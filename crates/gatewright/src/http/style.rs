//! `GET /auth/style.css`: the sheet of all pages.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Uri, header};

use super::{Api, Context};
use crate::authz::public;
use crate::templates::Style;

pub(crate) fn register(api: &mut Api) {
    api.get(Style::PATH, public(style));
}

/// Kept for a year by whoever asked for exactly what it holds now; a change has another address.
async fn style(context: Context, uri: Uri) -> Response {
    let style = &context.runtime.templates.style;
    let current = uri
        .path_and_query()
        .is_some_and(|asked| asked.as_str() == style.address);
    let caching = match current {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
    ];
    (headers, style.css).into_response()
}
