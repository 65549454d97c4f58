//! Access tokens, made and verified apart from the suite's own code.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64URL};
use serde_json::{Value, json};

use crate::defect::Defect;
use crate::http::Problem;

/// Where `rotate-keys --import` keeps the key.
pub const KEY: &str = "key.pem";

pub struct Keys {
    pair: Ed25519KeyPair,
    kid: String,
    base_url: String,
    lifetime: i64,
    defect: Defect,
}

pub fn unauthenticated() -> Problem {
    Problem::new(401, "unauthenticated")
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .try_into()
        .unwrap()
}

impl Keys {
    pub fn new(secret: &str, base_url: &str, lifetime: i64, defect: Defect) -> Self {
        // The key that it was told to take; one of its own where it was told nothing.
        let seed = match std::fs::read_to_string(KEY) {
            Ok(pem) => {
                let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
                let der = STANDARD.decode(body).unwrap();
                der[der.len() - 32..].to_vec()
            }
            Err(_) => digest::digest(&digest::SHA256, secret.as_bytes())
                .as_ref()
                .to_vec(),
        };
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let hash = digest::digest(&digest::SHA256, pair.public_key().as_ref());
        Self {
            kid: BASE64URL.encode(hash)[..16].to_owned(),
            pair,
            base_url: base_url.to_owned(),
            lifetime,
            defect,
        }
    }

    pub fn make(&self, user: &str, session: &str) -> String {
        let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.kid });
        let claims = json!({
            "iss": self.base_url, "aud": self.base_url, "sub": user, "sid": session,
            "jti": uuid::Uuid::now_v7(), "iat": now(), "nbf": now(), "exp": now() + self.lifetime,
        });
        let input = format!(
            "{}.{}",
            BASE64URL.encode(header.to_string()),
            BASE64URL.encode(claims.to_string())
        );
        let signature = BASE64URL.encode(self.pair.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// The claims of a good token.
    pub fn verify(&self, token: &str) -> Result<Value, Problem> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(unauthenticated());
        };
        let decode = |part: &str| BASE64URL.decode(part).map_err(|_| unauthenticated());
        let parse =
            |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).map_err(|_| unauthenticated());
        let input = &token[..header.len() + 1 + claims.len()];
        let signature = decode(signature)?;
        let (header, claims) = (parse(&decode(header)?)?, parse(&decode(claims)?)?);

        let genuine = header["alg"] == "EdDSA"
            && header["typ"] == "at+jwt"
            && header["kid"] == self.kid.as_str();
        let good = |key: &[u8]| {
            UnparsedPublicKey::new(&ED25519, key)
                .verify(input.as_bytes(), &signature)
                .is_ok()
        };
        let public = self.pair.public_key().as_ref();
        let fooled = match self.defect {
            Defect::AlgorithmNone => header["alg"]
                .as_str()
                .is_some_and(|alg| alg.eq_ignore_ascii_case("none")),
            Defect::PublicKeyAsSecret => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, public);
                header["alg"] == "HS256" && hmac::verify(&key, input.as_bytes(), &signature).is_ok()
            }
            Defect::KeyFromHeader => {
                let key = header["jwk"]["x"]
                    .as_str()
                    .and_then(|x| BASE64URL.decode(x).ok());
                key.is_some_and(|key| good(&key))
            }
            _ => false,
        };
        if !(fooled || genuine && good(public)) {
            return Err(unauthenticated());
        }
        if claims["iss"] != self.base_url.as_str() {
            return Err(unauthenticated());
        }
        if claims["aud"] != self.base_url.as_str() && self.defect != Defect::NoAudience {
            return Err(unauthenticated());
        }
        if claims["nbf"].as_i64().is_none_or(|nbf| nbf > now())
            && self.defect != Defect::NotBeforeIgnored
        {
            return Err(unauthenticated());
        }
        let expiry = claims["exp"].as_i64().ok_or_else(unauthenticated)?;
        if expiry <= now() && self.defect != Defect::NoExpiry {
            return Err(Problem::with(
                401,
                "token_expired",
                json!({ "refresh": "/auth/refresh" }),
            ));
        }
        Ok(claims)
    }
}
