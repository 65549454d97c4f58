//! A provider of the test's own, over TCP: it keeps the rules unless it is told to break one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyUncompressedBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use aws_lc_rs::{digest, hmac};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use crate::clock;

/// What is signed, before it is.
pub(super) struct Draft {
    pub(super) head: Json,
    pub(super) claims: Json,
    pub(super) sign: Sign,
}

#[derive(Clone, Copy)]
pub(super) enum Sign {
    Own,
    /// By a key that the provider does not publish.
    Stranger,
    /// With the published key as the secret of HMAC.
    Hmac,
    Nothing,
}

#[derive(Clone, Copy)]
pub(super) enum Twist {
    None,
    Token(fn(&mut Draft)),
    /// No token at all.
    NoToken,
    /// This status for every request but the configuration's.
    Status(u16),
    /// An answer that never ends.
    Endless,
}

enum Key {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

struct Visit {
    challenge: String,
    redirect_uri: String,
    nonce: String,
    person: Json,
}

struct Inner {
    origin: String,
    algorithm: &'static str,
    key: Key,
    kid: String,
    stranger: Key,
    codes: HashMap<String, Visit>,
    tokens: HashMap<String, Json>,
    twist: Twist,
    /// Whether the ID token holds the address, or UserInfo alone does.
    email_in_token: bool,
    /// Whether answers name their issuer (RFC 9207).
    sends_issuer: bool,
    info_sub: Option<String>,
    keys_asked: usize,
}

#[derive(Clone)]
pub(super) struct Fake {
    pub(super) origin: String,
    inner: Arc<Mutex<Inner>>,
}

type Answer = (StatusCode, axum::Json<Json>);

impl Fake {
    pub(super) async fn start(algorithm: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            origin: origin.clone(),
            algorithm,
            key: Key::generate(algorithm),
            kid: "one".to_owned(),
            stranger: Key::generate(algorithm),
            codes: HashMap::new(),
            tokens: HashMap::new(),
            twist: Twist::None,
            email_in_token: true,
            sends_issuer: false,
            info_sub: None,
            keys_asked: 0,
        };
        let fake = Self {
            origin,
            inner: Arc::new(Mutex::new(inner)),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .route("/login/oauth/access_token", post(token))
            .route("/api/v3/user", get(github_user))
            .route("/api/v3/user/emails", get(github_emails))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        fake
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn twist(&self, twist: Twist) {
        self.inner().twist = twist;
    }

    pub(super) fn keep_address_for_user_info(&self, sub: Option<&str>) {
        let mut inner = self.inner();
        inner.email_in_token = false;
        inner.info_sub = sub.map(str::to_owned);
    }

    pub(super) fn send_issuer(&self) {
        self.inner().sends_issuer = true;
    }

    /// Another key in the place of the one before.
    pub(super) fn rotate(&self, kid: &str) {
        let mut inner = self.inner();
        inner.key = Key::generate(inner.algorithm);
        inner.kid = kid.to_owned();
    }

    pub(super) fn keys_asked(&self) -> usize {
        self.inner().keys_asked
    }

    /// What a browser does at the authorization endpoint, as this person. Answers where it is sent.
    pub(super) fn authorize(&self, location: &str, person: Json) -> String {
        let url = Url::parse(location).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert!(location.starts_with(&self.origin), "{location}");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "storefront");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["code_challenge"].len(), 43);
        assert!(query["state"].len() >= 43);
        let code = Uuid::new_v4().to_string();
        let visit = Visit {
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
            nonce: query.get("nonce").cloned().unwrap_or_default(),
            person,
        };
        let mut inner = self.inner();
        inner.codes.insert(code.clone(), visit);
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &query["state"]);
        if inner.sends_issuer {
            back.query_pairs_mut().append_pair("iss", &inner.origin);
        }
        back.into()
    }
}

impl Key {
    fn generate(algorithm: &str) -> Self {
        match algorithm {
            "EdDSA" => Self::Ed(Ed25519KeyPair::generate().unwrap()),
            "ES256" => Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            _ => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ed(key) => key.sign(input).as_ref().to_vec(),
            Self::Ec(key) => key.sign(&random, input).unwrap().as_ref().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    fn jwk(&self, kid: &str) -> Json {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ed(key) => {
                let x = text(key.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x })
            }
            Self::Ec(key) => {
                let public: EcPublicKeyUncompressedBin<'_> =
                    key.public_key().as_be_bytes().unwrap();
                let (x, y) = public.as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": text(x), "y": text(y) })
            }
            Self::Rsa(key) => {
                let public = key.public_key();
                let n = public.modulus().big_endian_without_leading_zero();
                let e = public.exponent().big_endian_without_leading_zero();
                json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": text(n), "e": text(e) })
            }
        }
    }
}

async fn configuration(State(fake): State<Fake>) -> axum::Json<Json> {
    let origin = &fake.origin;
    axum::Json(json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "jwks_uri": format!("{origin}/keys"),
        "userinfo_endpoint": format!("{origin}/userinfo"),
        "authorization_response_iss_parameter_supported": fake.inner().sends_issuer,
        "some_extension": { "of": ["theirs"] },
    }))
}

async fn keys(State(fake): State<Fake>) -> axum::Json<Json> {
    let mut inner = fake.inner();
    inner.keys_asked += 1;
    let strange = json!({ "kty": "LATTICE", "kid": "other" });
    axum::Json(json!({ "keys": [strange, inner.key.jwk(&inner.kid)] }))
}

async fn token(
    State(fake): State<Fake>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let twist = fake.inner().twist;
    match twist {
        Twist::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap();
            return (status, axum::Json(json!({ "broken": true })));
        }
        Twist::Endless => {
            let long = "x".repeat(2 << 20);
            return (StatusCode::OK, axum::Json(json!({ "access_token": long })));
        }
        Twist::None | Twist::Token(_) | Twist::NoToken => {}
    }
    let refuse = |error: &str| {
        (
            StatusCode::BAD_REQUEST,
            axum::Json(json!({ "error": error })),
        )
    };
    let basic = STANDARD.encode("storefront:s3cret%2Fof+acme");
    let in_header = headers.get(header::AUTHORIZATION);
    let in_header = in_header.is_some_and(|given| given == &format!("Basic {basic}"));
    let in_form = form
        .get("client_secret")
        .is_some_and(|it| it == "s3cret/of acme");
    if !in_header && !in_form {
        return refuse("invalid_client");
    }
    let mut inner = fake.inner();
    let Some(visit) = form.get("code").and_then(|code| inner.codes.remove(code)) else {
        return refuse("invalid_grant");
    };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
    if URL_SAFE_NO_PAD.encode(challenge) != visit.challenge
        || form.get("redirect_uri") != Some(&visit.redirect_uri)
    {
        return refuse("invalid_grant");
    }
    let access_token = Uuid::new_v4().to_string();
    let mut answer = json!({ "access_token": access_token, "token_type": "bearer" });
    if !matches!(inner.twist, Twist::NoToken) {
        answer["id_token"] = json!(inner.id_token(&visit, &access_token));
    }
    inner.tokens.insert(access_token, visit.person);
    (StatusCode::OK, axum::Json(answer))
}

impl Inner {
    fn id_token(&self, visit: &Visit, access_token: &str) -> String {
        let now = clock::now().as_second();
        let hash = match self.algorithm {
            "EdDSA" => &digest::SHA512,
            _ => &digest::SHA256,
        };
        let hash = digest::digest(hash, access_token.as_bytes());
        let half = &hash.as_ref()[..hash.as_ref().len() / 2];
        let mut claims = json!({
            "iss": self.origin,
            "aud": "storefront",
            "iat": now,
            "exp": now + 300,
            "nonce": visit.nonce,
            "at_hash": URL_SAFE_NO_PAD.encode(half),
        });
        for (name, value) in visit.person.as_object().unwrap() {
            if self.email_in_token || name == "sub" {
                claims[name] = value.clone();
            }
        }
        let mut draft = Draft {
            head: json!({ "alg": self.algorithm, "typ": "JWT", "kid": self.kid }),
            claims,
            sign: Sign::Own,
        };
        if let Twist::Token(change) = self.twist {
            change(&mut draft);
        }
        let part = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let input = format!("{}.{}", part(&draft.head), part(&draft.claims));
        let signature = match draft.sign {
            Sign::Own => self.key.sign(input.as_bytes()),
            Sign::Stranger => self.stranger.sign(input.as_bytes()),
            Sign::Hmac => {
                let jwk = self.key.jwk(&self.kid);
                let public = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
                let key = hmac::Key::new(hmac::HMAC_SHA256, &public);
                hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
            }
            Sign::Nothing => Vec::new(),
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn of_bearer(fake: &Fake, headers: &HeaderMap) -> Option<Json> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = given.strip_prefix("Bearer ")?;
    fake.inner().tokens.get(token).cloned()
}

async fn user_info(State(fake): State<Fake>, headers: HeaderMap) -> Answer {
    let Some(mut person) = of_bearer(&fake, &headers) else {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({})));
    };
    if let Some(sub) = &fake.inner().info_sub {
        person["sub"] = json!(sub);
    }
    (StatusCode::OK, axum::Json(person))
}

/// GitHub's users have numbers; `sub` is one here.
async fn github_user(State(fake): State<Fake>, headers: HeaderMap) -> Answer {
    let agent = headers.contains_key(header::USER_AGENT);
    let Some(person) = of_bearer(&fake, &headers).filter(|_| agent) else {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({})));
    };
    let id: u64 = person["sub"].as_str().unwrap().parse().unwrap();
    let user =
        json!({ "id": id, "login": "ada", "name": person["name"], "email": "public@example.com" });
    (StatusCode::OK, axum::Json(user))
}

async fn github_emails(State(fake): State<Fake>, headers: HeaderMap) -> Answer {
    let Some(person) = of_bearer(&fake, &headers) else {
        return (StatusCode::UNAUTHORIZED, axum::Json(json!({})));
    };
    let other = json!({ "email": "other@example.com", "primary": false, "verified": true });
    let verified = person["email_verified"].as_bool().unwrap();
    let own = json!({ "email": person["email"], "primary": true, "verified": verified });
    (StatusCode::OK, axum::Json(json!([other, own])))
}
