//! What a hostile provider may say, and what an honest one may.

use super::provider::{Draft, Sign, Twist};
use super::*;

type Change = fn(&mut Draft);

/// Each breaks one rule of an ID token.
const HOSTILE: [(&str, Change); 27] = [
    ("another issuer", |it| {
        it.claims["iss"] = json!("https://evil.example")
    }),
    ("issuer with a slash", |it| {
        it.claims["iss"] = json!(format!("{}/", it.claims["iss"].as_str().unwrap()));
    }),
    ("no issuer", |it| it.claims["iss"] = json!(null)),
    ("another audience", |it| it.claims["aud"] = json!("another")),
    ("no audience", |it| it.claims["aud"] = json!([])),
    ("several without party", |it| {
        it.claims["aud"] = json!(["storefront", "another"])
    }),
    ("another party", |it| it.claims["azp"] = json!("another")),
    ("several of another", |it| {
        it.claims["aud"] = json!(["storefront", "another"]);
        it.claims["azp"] = json!("another");
    }),
    ("another nonce", |it| it.claims["nonce"] = json!("x")),
    ("no nonce", |it| it.claims["nonce"] = json!(null)),
    ("expired", |it| {
        it.claims["exp"] = json!(it.claims["iat"].as_i64().unwrap() - 61)
    }),
    ("no end", |it| it.claims["exp"] = json!(null)),
    ("an end that is text", |it| {
        it.claims["exp"] = json!("9999999999")
    }),
    ("from tomorrow", |it| {
        it.claims["iat"] = json!(it.claims["iat"].as_i64().unwrap() + 90)
    }),
    ("not yet", |it| {
        it.claims["nbf"] = json!(it.claims["iat"].as_i64().unwrap() + 90)
    }),
    ("another access token", |it| {
        it.claims["at_hash"] = json!("x")
    }),
    ("no subject", |it| it.claims["sub"] = json!("")),
    ("a long subject", |it| {
        it.claims["sub"] = json!("x".repeat(256))
    }),
    ("a subject that is none", |it| it.claims["sub"] = json!(17)),
    ("none", |it| {
        it.head["alg"] = json!("none");
        it.sign = Sign::Nothing;
    }),
    ("none, and signed", |it| it.head["alg"] = json!("None")),
    ("HMAC", |it| {
        it.head["alg"] = json!("HS256");
        it.sign = Sign::Hmac;
    }),
    ("another algorithm", |it| it.head["alg"] = json!("ES256")),
    ("a stranger's key", |it| it.sign = Sign::Stranger),
    ("an unknown key", |it| it.head["kid"] = json!("unknown")),
    ("critical members", |it| it.head["crit"] = json!(["b64"])),
    ("another kind", |it| it.head["typ"] = json!("at+jwt")),
];

on_both! {
    a_hostile_token_signs_nobody_in: hostile_on_sqlite, hostile_on_postgres;
}

async fn a_hostile_token_signs_nobody_in(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@acme.example", None).await;
    let mut browser = stage.browser();
    for (name, change) in HOSTILE {
        stage.acme.twist(Twist::Token(change));
        let ada = person("17", "ada@acme.example");
        let seen = stage.sign_in(&mut browser, "acme", ada).await;
        assert_eq!(seen.status, 502, "{name}: {}", seen.text);
        refused(&seen, 502);
    }
    stage.acme.twist(Twist::NoToken);
    let ada = || person("17", "ada@acme.example");
    refused(&stage.sign_in(&mut browser, "acme", ada()).await, 502);
    assert_eq!(stage.count("users").await, 1);
    assert_eq!(stage.count("identities").await, 0);
    assert_eq!(stage.count("sessions").await, 0);
    // Each stands in the log, as nobody's.
    let refused = stage.actions().await;
    assert_eq!(
        refused,
        vec!["auth.login_failed refused"; HOSTILE.len() + 1]
    );
    // The same without the twist is good, so it was that.
    stage.acme.twist(Twist::None);
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
}

#[tokio::test]
async fn what_the_rules_allow_is_good() {
    let stage = Stage::open(Place::Sqlite).await;
    let good: [Change; 7] = [
        |it| it.claims["exp"] = json!(it.claims["iat"].as_i64().unwrap() - 50),
        |it| it.claims["iat"] = json!(it.claims["iat"].as_i64().unwrap() + 50),
        |it| it.claims["exp"] = json!(it.claims["exp"].as_i64().unwrap() as f64 + 0.5),
        |it| {
            it.claims["aud"] = json!(["another", "storefront"]);
            it.claims["azp"] = json!("storefront");
        },
        |it| it.claims["aud"] = json!(["storefront"]),
        |it| {
            let head = it.head.as_object_mut().unwrap();
            head.remove("kid");
            head.remove("typ");
        },
        |it| {
            it.claims.as_object_mut().unwrap().remove("at_hash");
        },
    ];
    for change in good {
        stage.acme.twist(Twist::Token(change));
        let ada = person("17", "ada@acme.example");
        let mut browser = stage.browser();
        welcome(&stage.sign_in(&mut browser, "acme", ada).await, "/");
    }
}

#[tokio::test]
async fn each_algorithm_verifies_and_a_new_key_is_asked_for_once() {
    let stage = Stage::open(Place::Sqlite).await;
    let rsa = provider::Fake::start("RS256").await;
    let own = [
        ("ACME_ISSUER", rsa.origin.as_str()),
        ("ACME_CLIENT_ID", "storefront"),
        ("ACME_CLIENT_SECRET", "s3cret/of acme"),
    ];
    let world = World::with_settings(Place::Sqlite, &OPEN, |_| {}, &own).await;
    let stage = Stage {
        world,
        acme: rsa,
        ..stage
    };
    let ada = || person("17", "ada@acme.example");
    let mut browser = stage.browser();
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
    assert_eq!(stage.acme.keys_asked(), 1);
    stage.acme.rotate("two");
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
    assert_eq!(stage.acme.keys_asked(), 2);
    // A name that is made up does not make us ask again and again.
    stage
        .acme
        .twist(Twist::Token(|it| it.head["kid"] = json!("three")));
    for _ in 0..3 {
        refused(&stage.sign_in(&mut browser, "acme", ada()).await, 502);
    }
    assert_eq!(stage.acme.keys_asked(), 2);
}

#[tokio::test]
async fn an_address_may_come_by_user_info_of_the_same_subject() {
    let stage = Stage::open(Place::Sqlite).await;
    let mut browser = stage.browser();
    stage.acme.keep_address_for_user_info(None);
    let ada = || person("17", "ada@acme.example");
    welcome(&stage.sign_in(&mut browser, "acme", ada()).await, "/");
    assert_eq!(
        stage.me(&mut browser, "").await["email"],
        "ada@acme.example"
    );
    stage.acme.keep_address_for_user_info(Some("18"));
    let mut other = stage.browser();
    let bob = person("19", "bob@acme.example");
    refused(&stage.sign_in(&mut other, "acme", bob).await, 502);
    assert_eq!(stage.count("users").await, 1);
}
