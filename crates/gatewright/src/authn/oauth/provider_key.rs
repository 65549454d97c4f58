//! The public keys of providers (RFC 7517): each is good for one algorithm, by its kind.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// More keys than this no provider has.
const MOST_KEYS: usize = 100;

/// A key that verifies signatures.
pub(super) struct ProviderKey {
    pub(super) id: Option<String>,
    /// The one that its kind is for. What a token says of it counts for nothing: a public RSA key taken
    /// for a secret of HMAC would let anybody sign.
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
}

impl fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A set as it comes. One key that cannot be read is none of the others' business.
#[derive(Deserialize)]
pub(super) struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Those of a set that verify signatures of an algorithm that is accepted.
pub(super) fn read_keys(set: KeySet) -> Vec<ProviderKey> {
    let keys = set.keys.into_iter().take(MOST_KEYS);
    keys.filter_map(|key| serde_json::from_value(key).ok())
        .filter_map(key_of)
        .collect()
}

fn key_of(jwk: Jwk) -> Option<ProviderKey> {
    if jwk.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let (name, algorithm, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let key = DecodingKey::from_rsa_components(&jwk.n?, &jwk.e?).ok()?;
            ("RS256", Algorithm::RS256, key)
        }
        ("EC", Some("P-256")) => {
            let key = DecodingKey::from_ec_components(&jwk.x?, &jwk.y?).ok()?;
            ("ES256", Algorithm::ES256, key)
        }
        ("OKP", Some("Ed25519")) => {
            let key = DecodingKey::from_ed_components(&jwk.x?).ok()?;
            ("EdDSA", Algorithm::EdDSA, key)
        }
        _ => return None,
    };
    // A key that says it is for another algorithm is not for this one.
    let named = jwk.alg.as_deref();
    let fits = named.is_none_or(|alg| alg == name || (name == "EdDSA" && alg == "Ed25519"));
    fits.then_some(ProviderKey {
        id: jwk.kid,
        algorithm,
        decoding,
    })
}
