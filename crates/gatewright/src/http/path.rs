//! Path parameters.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A path's parameter, `Path<Uuid>`, or a tuple of several.
///
/// What does not parse names nothing that exists, so it answers the same 404 as an unknown id.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<()> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &()) -> Result<Self, Error> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Error::not_found())
    }
}
