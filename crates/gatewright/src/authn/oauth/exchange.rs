//! The code of an answer for the tokens that it stands for (RFC 6749 section 4.1.3).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::byte_serialize;
use http::StatusCode;
use serde::Deserialize;

use super::fetch::{self, Client, Sent};
use crate::error::{Error, Result};

/// What a code was traded for. Both are used at once and kept nowhere.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    token_type: String,
    pub(super) id_token: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// RFC 6749 section 5.2. GitHub sends it with 200.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// The header of a client that proves itself by its secret (RFC 6749 section 2.3.1).
pub(super) fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

/// # Errors
/// 400 for a code that the provider does not take: it is another visit's, or was used. 502, 503.
pub(super) async fn trade(client: &Client, endpoint: &str, sent: Sent<'_>) -> Result<Tokens> {
    let (status, body) = client.post(endpoint, sent).await?;
    if let Ok(Refusal { error }) = serde_json::from_slice(&body) {
        return Err(match error.as_str() {
            "invalid_grant" | "bad_verification_code" => {
                Error::broken_visit().caused_by("the provider does not take the code")
            }
            // Most likely the client's id or secret, which its operator reads about in the log.
            other => {
                let known = other.chars().filter(char::is_ascii_graphic).take(40);
                let error: String = known.collect();
                Error::provider_failed()
                    .caused_by(format!("the provider refuses to trade the code: {error}"))
            }
        });
    }
    if status != StatusCode::OK {
        return Err(Error::provider_failed().caused_by(format!("{status} for the code")));
    }
    let tokens: Tokens = fetch::read(endpoint, &body)?;
    if !tokens.token_type.eq_ignore_ascii_case("bearer") {
        return Err(Error::provider_failed().caused_by("the access token is no bearer's"));
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_secret_are_encoded_before_they_are_joined() {
        let header = basic("a:b", "p@ss word");
        let pair = STANDARD
            .decode(header.strip_prefix("Basic ").unwrap())
            .unwrap();
        assert_eq!(pair, b"a%3Ab:p%40ss+word");
    }
}
