//! Forms of success.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::Json;
use crate::store::Resource;

/// 200 with a record, and its version in `ETag`: what a client sends back as `If-Match`.
#[derive(Debug, Clone, Copy)]
pub struct Versioned<T>(pub T);

impl<T: Resource> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.0);
        with_header(Json(self.0).into_response(), header::ETAG, &tag)
    }
}

/// 201 with the new record, its place in `Location` and its version in `ETag`.
#[derive(Debug, Clone, Copy)]
pub struct Created<T>(pub T);

impl<T: Resource> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = format!("/api/{}/{}", T::DEF.name, self.0.id());
        let tag = entity_tag(&self.0);
        let response = (StatusCode::CREATED, Json(self.0)).into_response();
        let response = with_header(response, header::LOCATION, &location);
        with_header(response, header::ETAG, &tag)
    }
}

/// 200 with what is no record but has a version.
pub(crate) fn versioned<T: Serialize>(view: T, version: i64) -> Response {
    with_header(
        Json(view).into_response(),
        header::ETAG,
        &format!("\"{version}\""),
    )
}

/// 201 with what is no record but has a version; `location` is its place.
pub(crate) fn created<T: Serialize>(view: T, location: &str, version: i64) -> Response {
    let response = (StatusCode::CREATED, Json(view)).into_response();
    let response = with_header(response, header::LOCATION, location);
    with_header(response, header::ETAG, &format!("\"{version}\""))
}

fn entity_tag(record: &impl Resource) -> String {
    format!("\"{}\"", record.version())
}

/// Names of resources, ids and numbers: all of them fit into a header.
fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    // A record that has no JSON form is an error, and an error has no version.
    if response.status().is_success()
        && let Ok(value) = HeaderValue::from_str(value)
    {
        response.headers_mut().insert(name, value);
    }
    response
}

/// 200 with records: `{"data": [ … ]}`.
#[derive(Debug, Clone)]
pub struct Bulk<T>(pub Vec<T>);

/// 201 with new records: `{"data": [ … ]}`, in the order of the request.
#[derive(Debug, Clone)]
pub struct BulkCreated<T>(pub Vec<T>);

#[derive(Serialize)]
struct Data<T> {
    data: Vec<T>,
}

impl<T: Resource> IntoResponse for Bulk<T> {
    fn into_response(self) -> Response {
        Json(Data { data: self.0 }).into_response()
    }
}

impl<T: Resource> IntoResponse for BulkCreated<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(Data { data: self.0 })).into_response()
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
