//! ID tokens (OpenID Connect Core 1.0 section 3.1.3.7): all that is checked before one is believed.
//!
//! The JWT library checks the signature. The header and the claims are read and judged here, so that
//! each rule stands in one place and none hangs on a default.

use aws_lc_rs::constant_time;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::provider_key::ProviderKey;

/// How far the provider's clock may lie from ours, in seconds.
const LEEWAY: f64 = 60.0;

/// Ours to bound: nobody's has as many bytes.
const LONGEST: usize = 16 * 1024;

/// Core section 2.
const LONGEST_SUBJECT: usize = 255;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The access token that came with it.
    pub(super) access_token: &'a str,
    /// Seconds of Unix time.
    pub(super) now: i64,
}

/// What a token names its key by.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

/// What a good token says of somebody.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) subject: String,
    /// When they last proved who they are, in seconds of Unix time.
    pub(super) auth_time: Option<i64>,
    /// Google: whose address of an organisation of its this is.
    pub(super) hosted_domain: Option<String>,
    pub(super) person: Person,
}

/// The claims about a person (Core section 5.1), which the UserInfo endpoint gives as well.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Person {
    email: Option<Value>,
    email_verified: Option<Value>,
    name: Option<Value>,
}

impl Person {
    pub(super) fn email(&self) -> Option<&str> {
        self.email.as_ref()?.as_str()
    }

    /// Whether the address is theirs: a boolean that is true. Not the word, and not a number, which
    /// would be true of `"false"` as well.
    pub(super) fn email_is_verified(&self) -> bool {
        self.email_verified == Some(Value::Bool(true))
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_ref()?.as_str()
    }
}

#[derive(Deserialize)]
struct WireHead {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireClaims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    at_hash: Option<String>,
    auth_time: Option<f64>,
    hd: Option<String>,
    #[serde(flatten)]
    person: Person,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Reads which key a token asks for. `Err` says what is wrong, for the log.
pub(super) fn head(token: &str) -> Result<Head, &'static str> {
    if token.len() > LONGEST {
        return Err("it is too long");
    }
    let first = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(first);
    let head = bytes.map_err(|_| "its header is no base64url")?;
    let head: WireHead = serde_json::from_slice(&head).map_err(|_| "its header is none")?;
    // `none` and the algorithms of HMAC are not among them, whatever the provider's keys.
    let algorithm = match head.alg.as_str() {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        _ => return Err("its algorithm is not accepted"),
    };
    if head.crit.is_some() {
        return Err("its header has critical members");
    }
    if head.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err("it is another kind of token");
    }
    Ok(Head {
        algorithm,
        kid: head.kid,
    })
}

/// Checks a token by the key that its head named. `Err` says what is wrong, for the log.
pub(super) fn check(
    token: &str,
    key: &ProviderKey,
    expected: Expected<'_>,
) -> Result<Claims, &'static str> {
    let mut validation = Validation::new(key.algorithm);
    validation.algorithms = vec![key.algorithm];
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<WireClaims>(token, &key.decoding, &validation)
        .map_err(|_| "its signature or its claims are wrong")?
        .claims;
    if claims.iss != expected.issuer {
        return Err("its issuer is another");
    }
    check_audience(&claims, expected.client_id)?;
    check_times(&claims, expected.now)?;
    if !same(claims.nonce.as_deref(), expected.nonce) {
        return Err("its nonce is another");
    }
    if let Some(hash) = &claims.at_hash
        && !same(Some(hash), &at_hash(key.algorithm, expected.access_token))
    {
        return Err("it goes with another access token");
    }
    let is_subject = |text: &str| {
        (1..=LONGEST_SUBJECT).contains(&text.len()) && !text.chars().any(char::is_control)
    };
    if !is_subject(&claims.sub) {
        return Err("its subject is none");
    }
    Ok(Claims {
        subject: claims.sub,
        // Whole seconds; a fraction is rounded towards the past.
        auth_time: claims.auth_time.map(|at| at.floor() as i64),
        hosted_domain: claims.hd,
        person: claims.person,
    })
}

/// Core section 3.1.3.7, rules 3 to 5: for us, and where it is for others too, made for us.
fn check_audience(claims: &WireClaims, client_id: &str) -> Result<(), &'static str> {
    let (ours, several) = match &claims.aud {
        Audience::One(one) => (one == client_id, false),
        Audience::Several(all) => (all.iter().any(|one| one == client_id), all.len() > 1),
    };
    if !ours {
        return Err("its audience is another");
    }
    match &claims.azp {
        Some(party) if party != client_id => Err("it was made for another"),
        None if several => Err("it does not say for which of several it was made"),
        Some(_) | None => Ok(()),
    }
}

fn check_times(claims: &WireClaims, now: i64) -> Result<(), &'static str> {
    let now = now as f64;
    if claims.exp <= now - LEEWAY {
        return Err("it has expired");
    }
    if claims.iat > now + LEEWAY || claims.nbf.is_some_and(|nbf| nbf > now + LEEWAY) {
        return Err("it is not good yet");
    }
    Ok(())
}

/// Compares in a time that tells nothing of where two texts differ.
fn same(given: Option<&str>, expected: &str) -> bool {
    given.is_some_and(|given| {
        constant_time::verify_slices_are_equal(given.as_bytes(), expected.as_bytes()).is_ok()
    })
}

/// Core section 3.1.3.6: the left half of the hash that goes with the signature's algorithm.
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    let hash = match algorithm {
        Algorithm::EdDSA => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let digest = digest::digest(hash, access_token.as_bytes());
    let half = digest.as_ref().len() / 2;
    let left = digest.as_ref().get(..half).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(left)
}
