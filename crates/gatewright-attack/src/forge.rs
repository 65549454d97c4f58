//! Access tokens as an attacker would make them.
//!
//! [`Signer`] holds the application's own key, which the suite made and the application was told to take.
//! That is what lets it forge *nearly* right tokens: signed as they should be, wrong in one claim.
//! A token that it signs with nothing wrong must be accepted, or the refusals prove nothing.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::{digest, error::Unspecified, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64URL};
use serde_json::{Value, json};

/// What stands before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410, section 7).
const PRIVATE_KEY_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Signs access tokens: JWS with EdDSA over Ed25519 (RFC 8037).
pub(crate) struct Signer {
    seed: [u8; 32],
    key: Ed25519KeyPair,
    kid: String,
}

impl Signer {
    /// A signer with a key of its own.
    ///
    /// # Errors
    ///
    /// The system has no randomness.
    pub(crate) fn generate() -> Result<Self, Unspecified> {
        let mut seed = [0_u8; 32];
        rand::fill(&mut seed)?;
        Self::of_seed(seed)
    }

    fn of_seed(seed: [u8; 32]) -> Result<Self, Unspecified> {
        let key = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| Unspecified)?;
        let hash = digest::digest(&digest::SHA256, key.public_key().as_ref());
        let kid = BASE64URL.encode(hash).chars().take(16).collect();
        Ok(Self { seed, key, kid })
    }

    /// The private key, for `rotate-keys --import`.
    pub(crate) fn private_key_pem(&self) -> String {
        let der = [&PRIVATE_KEY_HEAD[..], &self.seed].concat();
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der)
        )
    }

    fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.kid })
    }

    /// A token with the right header.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let input = signing_input(header, claims);
        let signature = self.key.sign(input.as_bytes());
        format!("{input}.{}", BASE64URL.encode(signature))
    }

    fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    /// The public key as a certificate authority's tools would print it.
    fn public_key_pem(&self) -> String {
        // SubjectPublicKeyInfo of Ed25519: a fixed prefix (RFC 8410, section 4), then the key.
        let mut der = vec![
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ];
        der.extend_from_slice(self.public_key());
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(der)
        )
    }
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        BASE64URL.encode(header.to_string()),
        BASE64URL.encode(claims.to_string())
    )
}

/// The claims of a token; `null` when it has none.
pub(crate) fn claims_of(token: &str) -> Value {
    let payload = token
        .split('.')
        .nth(1)
        .and_then(|part| BASE64URL.decode(part).ok());
    payload
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(Value::Null)
}

/// `claims` with some changed, or removed where the value is null.
pub(crate) fn with_claims(claims: &Value, changes: &[(&str, Value)]) -> Value {
    let mut claims = claims.clone();
    if let Some(claims) = claims.as_object_mut() {
        for (name, value) in changes {
            match value {
                Value::Null => drop(claims.remove(*name)),
                value => drop(claims.insert((*name).to_owned(), value.clone())),
            }
        }
    }
    claims
}

/// A token that must not be accepted.
#[derive(Debug)]
pub(crate) struct Forgery {
    /// The row of the attack list.
    pub(crate) attack: &'static str,
    /// What is wrong with it.
    pub(crate) name: String,
    pub(crate) token: String,
}

/// What forgeries are made from.
pub(crate) struct Material<'a> {
    pub(crate) signer: &'a Signer,
    /// A token that the application accepts.
    pub(crate) genuine: &'a str,
    /// A token of somebody else, whose subject and session are worth stealing.
    pub(crate) other: &'a str,
    /// An address that nothing may ever fetch a key from.
    pub(crate) listener: &'a str,
    /// Now, in seconds since 1970.
    pub(crate) now: i64,
}

/// Every forgery of the list.
pub(crate) fn forgeries(material: &Material<'_>) -> Vec<Forgery> {
    let mut all = Vec::new();
    for (attack, made) in [
        ("JW01", other_algorithms(material)),
        ("JW02", keys_of_the_attacker(material)),
        ("JW03", wrong_claims(material)),
    ] {
        all.extend(made.into_iter().map(|(name, token)| Forgery {
            attack,
            name,
            token,
        }));
    }
    all
}

/// JW01: `none`, a stripped signature, HMAC keyed with the public key, another algorithm's name.
fn other_algorithms(material: &Material<'_>) -> Vec<(String, String)> {
    let Material {
        signer, genuine, ..
    } = material;
    let claims = claims_of(genuine);
    let stripped = genuine
        .rsplit_once('.')
        .map_or(*genuine, |(input, _)| input);
    let signature = genuine.rsplit('.').next().unwrap_or_default();
    let mut tokens = vec![
        ("a stripped signature".to_owned(), format!("{stripped}.")),
        ("no third part".to_owned(), stripped.to_owned()),
        (
            "a signature of zeros".to_owned(),
            format!("{stripped}.{}", BASE64URL.encode([0_u8; 64])),
        ),
    ];
    let header = |alg: &str| json!({ "alg": alg, "typ": "at+jwt", "kid": signer.kid });
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        tokens.push((
            format!("alg `{alg}`"),
            format!("{}.", signing_input(&header(alg), &claims)),
        ));
    }
    let pem = signer.public_key_pem();
    let encoded = BASE64URL.encode(signer.public_key());
    let keys = [
        ("raw", signer.public_key()),
        ("PEM", pem.as_bytes()),
        ("base64url", encoded.as_bytes()),
        ("kid", signer.kid.as_bytes()),
    ];
    for (alg, algorithm) in [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
    ] {
        for (form, key) in keys {
            let input = signing_input(&header(alg), &claims);
            let tag = hmac::sign(&hmac::Key::new(algorithm, key), input.as_bytes());
            tokens.push((
                format!("{alg} keyed with the public key ({form})"),
                format!("{input}.{}", BASE64URL.encode(tag)),
            ));
        }
    }
    for alg in ["RS256", "PS256", "ES256", "ES384"] {
        tokens.push((
            format!("alg `{alg}` over the old signature"),
            format!("{}.{signature}", signing_input(&header(alg), &claims)),
        ));
        tokens.push((
            format!("alg `{alg}`, signed with Ed25519"),
            signer.sign_with(&header(alg), &claims),
        ));
    }
    tokens
}

/// JW02: a key that comes with the token, or a `kid` that leads elsewhere.
fn keys_of_the_attacker(material: &Material<'_>) -> Vec<(String, String)> {
    let claims = claims_of(material.genuine);
    let Ok(attacker) = Signer::generate() else {
        return Vec::new();
    };
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64URL.encode(attacker.public_key()), "kid": attacker.kid });
    let with = |name: &str, value: Value| {
        let mut header = attacker.header();
        header[name] = value;
        attacker.sign_with(&header, &claims)
    };
    let url = format!("http://{}/jwks.json", material.listener);
    let mut tokens = vec![
        (
            "the attacker's key under its own kid".to_owned(),
            attacker.sign(&claims),
        ),
        (
            "the attacker's key under the true kid".to_owned(),
            attacker.sign_with(&material.signer.header(), &claims),
        ),
        ("jwk".to_owned(), with("jwk", jwk)),
        ("jku".to_owned(), with("jku", json!(url))),
        ("x5u".to_owned(), with("x5u", json!(url))),
        (
            "x5c".to_owned(),
            with("x5c", json!([STANDARD.encode(attacker.public_key())])),
        ),
    ];
    for kid in [
        "../../../../../../dev/null",
        "/dev/null",
        "x' UNION SELECT 'x' --",
        "' OR '1'='1",
        &url,
        "",
    ] {
        let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid });
        tokens.push((format!("kid `{kid}`"), attacker.sign_with(&header, &claims)));
        // An empty file as an HMAC key: what a path traversal to /dev/null aims at.
        let input = signing_input(
            &json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }),
            &claims,
        );
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b""), input.as_bytes());
        tokens.push((
            format!("kid `{kid}`, HS256 with an empty key"),
            format!("{input}.{}", BASE64URL.encode(tag)),
        ));
    }
    tokens
}

/// JW03: edited claims under the old signature, and wrong claims under a good one.
fn wrong_claims(material: &Material<'_>) -> Vec<(String, String)> {
    let Material {
        signer,
        genuine,
        other,
        now,
        ..
    } = material;
    let (claims, others) = (claims_of(genuine), claims_of(other));
    let mut parts = genuine.split('.');
    let (header, signature) = (
        parts.next().unwrap_or_default(),
        parts.nth(1).unwrap_or_default(),
    );
    let never_issued = json!(uuid::Uuid::now_v7().to_string());

    let mut tokens: Vec<(String, String)> = [
        ("sub", others["sub"].clone()),
        ("sid", others["sid"].clone()),
        ("exp", json!(now + 864_000)),
        ("role", json!("owner")),
        ("tenant", json!("acme")),
    ]
    .into_iter()
    .map(|(name, value)| {
        let edited = BASE64URL.encode(with_claims(&claims, &[(name, value)]).to_string());
        (
            format!("edited {name} under the old signature"),
            format!("{header}.{edited}.{signature}"),
        )
    })
    .collect();

    for (name, changes) in [
        ("wrong iss", vec![("iss", json!("https://evil.example"))]),
        (
            "iss with a trailing slash",
            vec![(
                "iss",
                json!(format!("{}/", claims["iss"].as_str().unwrap_or_default())),
            )],
        ),
        ("no iss", vec![("iss", Value::Null)]),
        ("wrong aud", vec![("aud", json!("https://evil.example"))]),
        ("no aud", vec![("aud", Value::Null)]),
        ("empty aud", vec![("aud", json!([]))]),
        (
            "past exp",
            vec![
                ("iat", json!(now - 700)),
                ("nbf", json!(now - 700)),
                ("exp", json!(now - 100)),
            ],
        ),
        ("no exp", vec![("exp", Value::Null)]),
        ("exp that is no number", vec![("exp", json!("tomorrow"))]),
        ("future nbf", vec![("nbf", json!(now + 600))]),
        ("no sub", vec![("sub", Value::Null)]),
        ("no sid", vec![("sid", Value::Null)]),
        (
            "another user's sub in this session",
            vec![("sub", others["sub"].clone())],
        ),
        (
            "another user's session under this sub",
            vec![("sid", others["sid"].clone())],
        ),
        (
            "a session that never was",
            vec![("sid", never_issued.clone())],
        ),
        ("a user that never was", vec![("sub", never_issued)]),
    ] {
        tokens.push((
            format!("{name}, well signed"),
            signer.sign(&with_claims(&claims, &changes)),
        ));
    }
    tokens
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn the_key_is_named_after_its_public_half() {
        // The key of RFC 8032, section 7.1, test 1.
        let seed = BASE64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let signer = Signer::of_seed(seed.unwrap().try_into().unwrap()).unwrap();
        assert_eq!(
            BASE64URL.encode(signer.public_key()),
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        );
        assert_eq!(signer.kid.len(), 16);
        assert_eq!(
            signer.private_key_pem(),
            "-----BEGIN PRIVATE KEY-----\n\
             MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
             -----END PRIVATE KEY-----\n"
        );
    }

    #[test]
    fn a_token_verifies_and_carries_its_claims() {
        let signer = Signer::generate().unwrap();
        let token = signer.sign(&json!({ "sub": "u" }));
        let (input, signature) = token.rsplit_once('.').unwrap();
        let key = UnparsedPublicKey::new(&ED25519, signer.public_key());
        key.verify(input.as_bytes(), &BASE64URL.decode(signature).unwrap())
            .unwrap();
        assert_eq!(claims_of(&token), json!({ "sub": "u" }));
    }

    #[test]
    fn no_forgery_is_the_genuine_token() {
        let signer = Signer::generate().unwrap();
        let genuine = signer.sign(&json!({ "iss": "http://h", "aud": "http://h", "sub": "u", "sid": "s", "exp": 2000, "nbf": 1 }));
        let other = signer.sign(&json!({ "sub": "v", "sid": "t" }));
        let made = forgeries(&Material {
            signer: &signer,
            genuine: &genuine,
            other: &other,
            listener: "127.0.0.1:9",
            now: 1000,
        });
        let tokens: std::collections::BTreeSet<_> =
            made.iter().map(|forgery| forgery.token.as_str()).collect();
        assert_eq!(tokens.len(), made.len(), "two forgeries are the same");
        assert!(!tokens.contains(genuine.as_str()));
        assert!(
            ["JW01", "JW02", "JW03"]
                .iter()
                .all(|id| made.iter().any(|forgery| forgery.attack == *id))
        );
    }

    #[test]
    fn claims_can_be_changed_and_removed() {
        let claims = json!({ "a": 1, "b": 2 });
        assert_eq!(
            with_claims(&claims, &[("a", Value::Null), ("c", json!(3))]),
            json!({ "b": 2, "c": 3 })
        );
    }
}
