//! `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517), for services beside this
//! one that verify them. A token that verifies there says who asks and nothing of rights; and that its
//! session still lives, this application alone knows.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;

use super::signing_key::{RELOAD, SigningKey};
use crate::error::Result;
use crate::http::{Context, Json};

#[derive(Serialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// RFC 8037 section 2.
#[derive(Serialize)]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
}

impl Jwk {
    fn of(key: &SigningKey) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid: key.id.clone(),
            x: key.public.clone(),
        }
    }
}

/// The key that signs, those that still verify, and those to come: a copy that is a minute old has
/// every key before it signs.
pub(super) async fn jwks(context: Context) -> Result<Response> {
    let keys = context.runtime.access_tokens.ring().keys();
    let keys = keys.all().map(Jwk::of).collect();
    let mut response = Json(KeySet { keys }).into_response();
    let caching = format!("public, max-age={}", RELOAD.as_secs());
    if let Ok(caching) = HeaderValue::try_from(caching) {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, caching);
    }
    Ok(response)
}
