//! JSON bodies: bounded, strict and read after the gate.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use crate::error::{Error, FieldError, Result};

/// The largest JSON body, in bytes.
const LIMIT: usize = 1 << 20;

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
    /// Reads the body.
    ///
    /// # Errors
    /// 400 for what is not JSON, 422 with each field that is wrong.
    fn from_json(body: &[u8]) -> Result<Self>;
}

impl<T: DeserializeOwned> FromJson for T {
    fn from_json(body: &[u8]) -> Result<Self> {
        serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                Error::invalid("", "invalid", error.to_string())
            } else {
                Error::malformed_json().caused_by(error)
            }
        })
    }
}

impl<T: FromJson> FromRequest<()> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &()) -> Result<Self> {
        let body = read(request).await?;
        T::from_json(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

async fn read(request: Request) -> Result<Bytes> {
    let (parts, body) = request.into_parts();
    if !is_plain_json(&parts.headers) {
        return Err(Error::unsupported_media_type());
    }
    match Limited::new(body, LIMIT).collect().await {
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

/// A JSON object with each key once.
#[derive(Debug)]
pub struct JsonObject {
    pub(crate) members: Vec<(String, serde_json::Value)>,
}

impl JsonObject {
    /// Reads an object.
    ///
    /// # Errors
    /// 400 for anything else than an object, 422 for a key that stands twice: which of the two
    /// counts would be a guess, and another program may guess otherwise.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let object: Self = serde_json::from_slice(body)
            .map_err(|error| Error::malformed_json().caused_by(error))?;
        let mut seen = std::collections::BTreeSet::new();
        let twice = object
            .members
            .iter()
            .filter(|(key, _)| !seen.insert(key.as_str()));
        let errors: Vec<_> = twice
            .map(|(key, _)| {
                FieldError::new(key.as_str(), "duplicate", "This key stands more than once.")
            })
            .collect();
        if errors.is_empty() {
            Ok(object)
        } else {
            Err(Error::invalid_input(errors))
        }
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = JsonObject;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(JsonObject { members })
            }
        }

        deserializer.deserialize_map(Members)
    }
}
