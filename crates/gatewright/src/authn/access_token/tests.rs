use std::ops::Deref;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::authn::signing_key::{Scheduled, Seed};
use crate::model::{AuthPolicy, Signup};

const ORIGIN: &str = "http://localhost:8080";

/// Tokens of one key, which a test may sign with as a thief could.
struct Tokens {
    tokens: AccessTokens,
    current: SigningKey,
}

impl Deref for Tokens {
    type Target = AccessTokens;

    fn deref(&self) -> &AccessTokens {
        &self.tokens
    }
}

impl Tokens {
    fn verify_at(&self, token: &str, now: i64) -> Result<Claims, TokenError> {
        let now = Timestamp::from_second(now).unwrap();
        self.tokens.verify_by(&self.ring.keys(), token, now)
    }
}

fn tokens() -> Tokens {
    let get = |name: &str| match name {
        "APP_ENV" => Some("development".to_owned()),
        "SECRET_KEY" => Some("0123456789abcdefghijklmnopqrstuvwxyz".to_owned()),
        _ => None,
    };
    let policy = AuthPolicy {
        signup: Signup::Open,
        require_verified_email: true,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
    };
    let tokens = AccessTokens::new(&Settings::read(&get, &policy).unwrap()).unwrap();
    let key = SigningKey::of(&Seed::generate().unwrap()).unwrap();
    tokens.ring.hold(vec![Scheduled {
        key: key.clone(),
        signs_from: Timestamp::UNIX_EPOCH,
    }]);
    Tokens {
        tokens,
        current: key,
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs whatever it is given, as a holder of the key could.
fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &key.encoding, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn header(tokens: &Tokens) -> Value {
    json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": tokens.current.id })
}

fn claims(now: i64) -> Value {
    json!({
        "iss": ORIGIN, "aud": ORIGIN, "sub": Uuid::now_v7(), "sid": Uuid::now_v7(), "jti": Uuid::now_v7(),
        "iat": now, "nbf": now, "exp": now + 600,
    })
}

fn with(mut object: Value, member: &str, value: Value) -> Value {
    object[member] = value;
    object
}

fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member);
    object
}

#[test]
fn an_issued_token_verifies_until_the_second_of_its_expiry() {
    let tokens = tokens();
    let (session_id, user_id) = (Uuid::now_v7(), Uuid::now_v7());
    let token = tokens.issue(session_id, user_id).unwrap();
    let claims = tokens.verify(&token).unwrap();
    assert_eq!((claims.session_id, claims.user_id), (session_id, user_id));

    let now = 1_800_000_000;
    let token = signed(&tokens.current, &header(&tokens), &self::claims(now));
    assert_eq!(
        tokens.verify_at(&token, now - 1),
        Err(TokenError::Invalid),
        "before nbf"
    );
    assert!(tokens.verify_at(&token, now).is_ok());
    assert!(tokens.verify_at(&token, now + 599).is_ok());
    assert_eq!(
        tokens.verify_at(&token, now + 600),
        Err(TokenError::Expired)
    );
}

#[test]
fn a_token_of_an_unknown_key_is_told_apart_and_one_without_a_key_is_none() {
    let (tokens, other) = (self::tokens(), self::tokens());
    let now = 1_800_000_000;
    let foreign = signed(&other.current, &header(&other), &claims(now));
    assert_eq!(tokens.verify_at(&foreign, now), Err(TokenError::UnknownKey));
    tokens.ring.hold(Vec::new());
    let refused = tokens.issue(Uuid::now_v7(), Uuid::now_v7()).unwrap_err();
    assert_eq!(refused.code(), "unavailable");
}

/// A key whose time was over before now would not be held at all.
const IN_THE_FUTURE: i64 = 4_000_000_000;

/// Of these two keys the first signs until then, and the second from then on.
fn hold(tokens: &Tokens, keys: [&SigningKey; 2], then: i64) {
    let [first, second] = keys.map(SigningKey::clone);
    tokens.ring.hold(vec![
        Scheduled {
            key: first,
            signs_from: Timestamp::UNIX_EPOCH,
        },
        Scheduled {
            key: second,
            signs_from: Timestamp::from_second(then).unwrap(),
        },
    ]);
}

#[test]
fn a_token_is_verified_by_the_key_that_it_names() {
    let (tokens, next) = (self::tokens(), self::tokens());
    let now = IN_THE_FUTURE;
    hold(&tokens, [&tokens.current, &next.current], now);
    let by = |key, header: &Value| signed(key, header, &claims(now));
    let (first, second) = (header(&tokens), header(&next));
    for (key, header) in [(&tokens.current, &first), (&next.current, &second)] {
        assert!(tokens.verify_at(&by(key, header), now).is_ok());
    }
    for (key, header) in [(&tokens.current, &second), (&next.current, &first)] {
        let refused = tokens.verify_at(&by(key, header), now);
        assert_eq!(refused, Err(TokenError::Invalid), "{header}");
    }
    let unknown = with(second, "kid", json!("AAAAAAAAAAAAAAAA"));
    let refused = tokens.verify_at(&by(&next.current, &unknown), now);
    assert_eq!(refused, Err(TokenError::UnknownKey));
}

#[test]
fn a_key_that_was_followed_verifies_for_a_tokens_lifetime_and_a_minute() {
    let (tokens, next) = (self::tokens(), self::tokens());
    let then = IN_THE_FUTURE;
    hold(&tokens, [&tokens.current, &next.current], then);
    let verify = |now| {
        let token = signed(&tokens.current, &header(&tokens), &claims(now));
        tokens.verify_at(&token, now)
    };
    assert!(verify(then + 660).is_ok());
    assert_eq!(verify(then + 661), Err(TokenError::UnknownKey));
}

#[test]
fn what_was_verified_by_a_key_is_forgotten_with_it() {
    let tokens = tokens();
    let token = tokens.issue(Uuid::now_v7(), Uuid::now_v7()).unwrap();
    assert!(tokens.verify(&token).is_ok());
    tokens.ring.hold(vec![Scheduled {
        key: self::tokens().current,
        signs_from: Timestamp::UNIX_EPOCH,
    }]);
    assert_eq!(tokens.verify(&token), Err(TokenError::UnknownKey));
}

#[test]
fn a_header_that_is_not_exactly_ours_is_refused() {
    let tokens = tokens();
    let now = 1_800_000_000;
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([1; 32]) });
    let members = [
        ("typ", json!("JWT")),
        ("typ", json!("AT+JWT")),
        ("typ", json!("application/at+jwt")),
        ("typ", Value::Null),
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("HS256")),
        ("alg", json!("HS512")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("alg", json!(["EdDSA"])),
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("https://evil.example/jwks.json")),
        ("kid", json!("")),
        ("kid", json!(tokens.current.id.to_lowercase() + " ")),
        ("jwk", jwk),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("abc")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("unheard_of", json!(1)),
    ];
    for (member, value) in members {
        let forged = signed(
            &tokens.current,
            &with(header(&tokens), member, value.clone()),
            &claims(now),
        );
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "{member} {value}"
        );
    }
    for member in ["typ", "alg", "kid"] {
        let forged = signed(
            &tokens.current,
            &without(header(&tokens), member),
            &claims(now),
        );
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "without {member}"
        );
    }
}

#[test]
fn claims_are_required_typed_and_ours() {
    let tokens = tokens();
    let now = 1_800_000_000;
    let members = [
        ("iss", json!("https://evil.example")),
        ("iss", json!([ORIGIN])),
        ("aud", json!("https://evil.example")),
        ("aud", json!([ORIGIN])),
        ("aud", json!([ORIGIN, "https://evil.example"])),
        ("aud", json!(format!("{ORIGIN}/"))),
        ("sub", json!("root")),
        ("sub", json!(1)),
        ("sid", Value::Null),
        ("sid", json!({ "$ne": null })),
        ("jti", json!("")),
        ("exp", json!((now + 600).to_string())),
        ("exp", json!(1.8e9 + 600.5)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(now - 1)),
        ("nbf", json!(now + 1)),
        ("nbf", json!("soon")),
        ("iat", json!(true)),
    ];
    for (member, value) in members {
        let forged = signed(
            &tokens.current,
            &header(&tokens),
            &with(claims(now), member, value.clone()),
        );
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "{member} {value}"
        );
    }
    for member in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
        let forged = signed(
            &tokens.current,
            &header(&tokens),
            &without(claims(now), member),
        );
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "without {member}"
        );
    }
}

#[test]
fn only_a_token_that_is_right_in_all_else_is_called_expired() {
    let tokens = tokens();
    let (then, now) = (1_800_000_000, 1_800_000_600);
    let right = signed(&tokens.current, &header(&tokens), &claims(then));
    assert_eq!(tokens.verify_at(&right, now), Err(TokenError::Expired));
    let foreign = with(claims(then), "iss", json!("https://evil.example"));
    let foreign = signed(&tokens.current, &header(&tokens), &foreign);
    assert_eq!(tokens.verify_at(&foreign, now), Err(TokenError::Invalid));
    let other = self::tokens();
    let unsigned = signed(&other.current, &header(&tokens), &claims(then));
    assert_eq!(tokens.verify_at(&unsigned, now), Err(TokenError::Invalid));
}

#[test]
fn a_signature_of_another_kind_is_none() {
    let tokens = tokens();
    let now = 1_800_000_000;
    let public = tokens.current.decoding.try_get_as_bytes().unwrap();
    for alg in ["HS256", "EdDSA"] {
        let message = format!(
            "{}.{}",
            part(&with(header(&tokens), "alg", json!(alg))),
            part(&claims(now))
        );
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, public),
            message.as_bytes(),
        );
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "{alg}"
        );
    }
    let other = self::tokens();
    let forged = signed(&other.current, &header(&tokens), &claims(now));
    assert_eq!(tokens.verify_at(&forged, now), Err(TokenError::Invalid));
}

#[test]
fn an_altered_token_is_refused() {
    let tokens = tokens();
    let now = 1_800_000_000;
    let token = signed(&tokens.current, &header(&tokens), &claims(now));
    assert!(tokens.verify_at(&token, now).is_ok());
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, signature] = parts.as_slice() else {
        unreachable!()
    };
    let edited = part(&claims(now));
    let forged = [
        format!("{head}.{body}."),
        format!("{head}.{body}"),
        format!("{head}.{edited}.{signature}"),
        format!("{token}="),
        format!("{token}A"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!(" {token}"),
        format!("{token}\n"),
        token.to_uppercase(),
        token.chars().take(token.len() - 1).collect(),
        format!("{head}.{body}.{}", signature.replace(['-', '_'], "+")) + "=",
        "x".repeat(100_000),
        String::new(),
        "..".to_owned(),
        "gwr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    ];
    for forged in forged {
        assert_eq!(
            tokens.verify_at(&forged, now),
            Err(TokenError::Invalid),
            "{forged:.80}"
        );
    }
}

#[test]
fn a_member_that_occurs_twice_is_refused() {
    let tokens = tokens();
    let now = 1_800_000_000;
    let claims = claims(now).to_string();
    let doubled = claims.replacen('{', &format!("{{\"sub\":\"{}\",", Uuid::now_v7()), 1);
    let message = format!(
        "{}.{}",
        part(&header(&tokens)),
        URL_SAFE_NO_PAD.encode(doubled)
    );
    let signature = jsonwebtoken::crypto::sign(
        message.as_bytes(),
        &tokens.current.encoding,
        Algorithm::EdDSA,
    )
    .unwrap();
    assert_eq!(
        tokens.verify_at(&format!("{message}.{signature}"), now),
        Err(TokenError::Invalid)
    );
}

#[test]
fn secrets_are_not_printed() {
    let printed = format!("{:?}", tokens().tokens);
    assert!(
        printed.contains("SigningKey") && !printed.contains("encoding"),
        "{printed}"
    );
}
