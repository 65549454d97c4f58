//! Forms of success.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::Json;
use crate::store::Resource;

/// 201 with the new record, and its place in `Location`.
#[derive(Debug, Clone, Copy)]
pub struct Created<T>(pub T);

impl<T: Resource> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = format!("/api/{}/{}", T::DEF.name, self.0.id());
        let mut response = (StatusCode::CREATED, Json(self.0)).into_response();
        if let Ok(location) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// 204: done, and there is nothing to say.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
