//! JSON bodies and answers: bounded, strict and read after the gate.
//!
//! | file | |
//! | --- | --- |
//! | `body` | a body and who sends it |
//! | `object` | a body as an object with each key once |
//! | `list` | the same with a list in it, for bulk requests |
//! | `decode` | from there to a type, with a field error for what does not fit |

mod body;
mod decode;
pub(crate) mod list;
mod object;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

pub use self::body::JsonBody;
pub use self::object::JsonObject;
use super::deadline::Deadline;
use crate::authz::Holder;
use crate::error::{Error, Result};
use crate::http::Context;

/// A JSON body, or a JSON answer.
///
/// As an extractor it takes generated inputs, and any type that implements [`DeserializeOwned`].
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// A type that a JSON body can become.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a JSON body",
    note = "derive `serde::Deserialize` for it"
)]
pub trait FromJson: Sized {
    /// The largest body, in bytes.
    const LIMIT: usize = 1 << 20;

    /// Reads the body.
    ///
    /// # Errors
    /// 400 for what is no JSON object, 422 with the fields that are wrong.
    fn from_json(body: &JsonBody<'_>) -> Result<Self>;
}

impl<T: DeserializeOwned> FromJson for T {
    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        decode::decode(body.object()?)
    }
}

/// For a key of a merge patch that null cannot clear: absent it is none, and null is refused.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl<T: FromJson> FromRequest<()> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &()) -> Result<Self> {
        let holder = request.extensions().get::<Holder>().cloned();
        let context = request.extensions().get::<Context>().cloned();
        let deadline = request.extensions().get::<Deadline>().cloned();
        deadline.as_ref().inspect(|deadline| deadline.body_begins());
        let body = read(request, T::LIMIT).await?;
        deadline.inspect(Deadline::body_ends);
        T::from_json(&JsonBody::new(&body, holder.as_ref(), context.as_ref())).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let mut response = Body::from(bytes).into_response();
                response.headers_mut().insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                );
                response
            }
            Err(error) => Error::internal(error).into_response(),
        }
    }
}

async fn read(request: Request, limit: usize) -> Result<Bytes> {
    let (parts, body) = request.into_parts();
    if !is_plain_json(&parts.headers) {
        return Err(Error::unsupported_media_type());
    }
    read_body(body, limit).await
}

/// A body of bounded length, to its end.
///
/// # Errors
/// 413 for a longer one, 400 for one that breaks off.
pub(super) async fn read_body(body: Body, limit: usize) -> Result<Bytes> {
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::too_large()),
        Err(error) => {
            Err(Error::bad_request("broken_body", "The body ended too early.").caused_by(error))
        }
    }
}

fn is_plain_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    // A merge patch has a media type of its own (RFC 7396 section 4).
    let is_json = ["application/json", "application/merge-patch+json"]
        .iter()
        .any(|json| essence.eq_ignore_ascii_case(json));
    is_json && !headers.contains_key(header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests;
