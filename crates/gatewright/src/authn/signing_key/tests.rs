//! Signing keys in both databases, and nodes that share them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::authn::access_token::{Claims, TokenError};
use crate::clock;
use crate::config::SecretKey;
use crate::runtime::Runtime;
use crate::sealed::SealingKey;
use crate::store::FieldValue;
use crate::tenancy::testing::world::{OPEN, Place, World, on_both, read, request};

const OTHER_SECRET: &str = "zyxwvutsrqponmlkjihgfedcba9876543210";

on_both! {
    the_first_start_makes_one_key_however_many_start: one_on_sqlite, one_on_postgres;
    what_is_stored_is_sealed_and_bound_to_its_row: sealed_on_sqlite, sealed_on_postgres;
    a_seal_opens_under_its_keys_name_alone: place_on_sqlite, place_on_postgres;
    a_new_key_signs_when_every_node_knows_it: in_time_on_sqlite, in_time_on_postgres;
    a_stolen_key_is_worth_nothing_at_once: at_once_on_sqlite, at_once_on_postgres;
    keys_outlive_a_change_of_the_secret: secret_on_sqlite, secret_on_postgres;
    what_no_secret_opens_is_retired: unopened_on_sqlite, unopened_on_postgres;
    an_old_key_gets_one_successor: old_on_sqlite, old_on_postgres;
    unknown_keys_are_asked_for_once_in_a_while: asking_on_sqlite, asking_on_postgres;
}

/// Another process on the same database, that has not read the keys yet.
async fn node(world: &World) -> Runtime {
    let runtime = &world.app.runtime;
    let settings = runtime.settings.clone();
    Runtime::start(runtime.model, settings).await.unwrap()
}

async fn started(world: &World) -> Runtime {
    let node = node(world).await;
    start(&node).await;
    node
}

async fn start(node: &Runtime) {
    node.access_tokens.start(&node.database).await.unwrap();
}

/// A process that was started with another secret, and perhaps knows the one before.
async fn with_secret(world: &World, previous: bool) -> Runtime {
    let runtime = &world.app.runtime;
    let mut settings = runtime.settings.clone();
    settings.secret_key_previous = previous.then(|| settings.secret_key.clone());
    settings.secret_key = SecretKey::parse(OTHER_SECRET).unwrap();
    let node = Runtime::start(runtime.model, settings).await.unwrap();
    start(&node).await;
    node
}

fn token(node: &Runtime) -> String {
    let tokens = &node.access_tokens;
    tokens.issue(Uuid::now_v7(), Uuid::now_v7()).unwrap()
}

fn verify(node: &Runtime, token: &str) -> Result<Claims, TokenError> {
    node.access_tokens.verify(token)
}

async fn reload(node: &Runtime) {
    let tokens = &node.access_tokens;
    tokens.reload_keys(&node.database).await.unwrap();
}

async fn maintain(node: &Runtime) {
    let tokens = &node.access_tokens;
    tokens.maintain_keys(&node.database).await.unwrap();
}

async fn rotate(node: &Runtime, successor: Successor) {
    let ring = node.access_tokens.ring();
    let seed = Seed::generate().unwrap();
    let rotated = ring.rotate(&node.database, successor, &seed);
    rotated.await.unwrap();
}

/// The name of the key that signs.
fn signer(node: &Runtime) -> String {
    let keys = node.access_tokens.ring().keys();
    keys.signer(clock::now()).unwrap().id.clone()
}

/// The names of the keys that were not retired, in the order in which they sign.
async fn names(world: &World) -> Vec<String> {
    let sql = "SELECT id FROM signing_keys WHERE retired_at IS NULL ORDER BY signs_from, id";
    world.app.column(sql, &[]).await
}

/// As if this long had passed since a key began, or was to begin, to sign.
async fn age(world: &World, id: &str, age: Duration) {
    let begun = clock::before(clock::now(), age).into_value();
    let sql = "UPDATE signing_keys SET signs_from = $2 WHERE id = $1";
    let args = [id.to_owned().into_value(), begun];
    world.app.write(sql, &args).await;
}

async fn the_first_start_makes_one_key_however_many_start(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.app.write("DELETE FROM signing_keys", &[]).await;
    let mut nodes = Vec::new();
    for _ in 0..8 {
        nodes.push(Arc::new(node(&world).await));
    }
    let starts = nodes.iter().map(|node| {
        let node = Arc::clone(node);
        tokio::spawn(async move { start(&node).await })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap();
    }
    assert_eq!(names(&world).await.len(), 1);
    let token = token(&nodes[0]);
    for node in &nodes {
        assert!(verify(node, &token).is_ok());
    }
}

async fn what_is_stored_is_sealed_and_bound_to_its_row(place: Place) {
    let world = World::start(place, &OPEN).await;
    let node = started(&world).await;
    rotate(&node, Successor::InTime).await;
    let names = names(&world).await;
    // The one's private half in the other's row: of that name there is no key any more.
    let sql = "UPDATE signing_keys SET sealed = (SELECT k.sealed FROM signing_keys k WHERE k.id = $2) WHERE id = $1";
    let args = [names[0].clone().into_value(), names[1].clone().into_value()];
    world.app.write(sql, &args).await;
    let later = started(&world).await;
    assert_eq!(signer(&later), names[1]);
    assert_eq!(verify(&later, &token(&node)), Err(TokenError::UnknownKey));
    // Nor is a row that somebody wrote without the secret.
    let row = "INSERT INTO signing_keys (id, public_key, sealed, created_at, signs_from) \
               SELECT 'AAAAAAAAAAAAAAAA', public_key, $2, created_at, signs_from FROM signing_keys WHERE id = $1";
    let forged = URL_SAFE_NO_PAD.encode([7; 32]).into_value();
    let args = [names[1].clone().into_value(), forged];
    world.app.write(row, &args).await;
    reload(&later).await;
    let keys = later.access_tokens.ring().keys();
    assert!(keys.known("AAAAAAAAAAAAAAAA").is_none());
}

async fn a_seal_opens_under_its_keys_name_alone(place: Place) {
    let world = World::start(place, &OPEN).await;
    let id = signer(&started(&world).await);
    let sql = "SELECT sealed FROM signing_keys";
    let sealed: Vec<String> = world.app.column(sql, &[]).await;
    // Stored keys outlive a version, so the label is part of their format.
    let secret = &world.app.runtime.settings.secret_key;
    let secret = secret.derive("gatewright signing keys v1").unwrap();
    let vault = SealingKey::new(&secret).unwrap();
    let seed = vault.open(&id, &sealed[0]).unwrap();
    assert_eq!(seed.len(), SEED_BYTES);
    for other in ["", "AAAAAAAAAAAAAAAA"] {
        assert_eq!(vault.open(other, &sealed[0]), None, "{other}");
    }
}

async fn a_new_key_signs_when_every_node_knows_it(place: Place) {
    let world = World::start(place, &OPEN).await;
    let (one, two) = (started(&world).await, started(&world).await);
    let (first, before) = (signer(&one), token(&one));
    rotate(&one, Successor::InTime).await;
    let all = names(&world).await;
    assert_eq!((all.len(), &all[0]), (2, &first));
    let second = &all[1];
    // It is published, and does not sign yet.
    assert_eq!(signer(&one), first);
    reload(&world.app.runtime).await;
    let published = published(&world).await;
    assert_eq!(published, all);
    reload(&two).await;
    let signs_from: Vec<jiff::Timestamp> = world
        .app
        .column(
            "SELECT signs_from FROM signing_keys ORDER BY signs_from DESC LIMIT 1",
            &[],
        )
        .await;
    let wait = signs_from[0].duration_since(clock::now());
    assert!(wait.as_secs() > 100, "{wait:?}");

    // It signs, and the one before goes on verifying.
    age(&world, &first, Duration::from_secs(86_400)).await;
    age(&world, second, Duration::from_secs(1)).await;
    for node in [&one, &two] {
        reload(node).await;
        assert_eq!(&signer(node), second);
        assert!(verify(node, &before).is_ok());
    }
    let after = token(&one);
    assert!(verify(&two, &after).is_ok());

    // A token's lifetime and a minute later the one before is over; maintenance erases it.
    age(&world, second, Duration::from_secs(600 + 59)).await;
    maintain(&one).await;
    assert_eq!(names(&world).await, all);
    age(&world, second, Duration::from_secs(600 + 62)).await;
    reload(&two).await;
    assert_eq!(verify(&two, &before), Err(TokenError::UnknownKey));
    maintain(&one).await;
    assert_eq!(names(&world).await, [second.as_str()]);
    let sealed: Vec<String> = world
        .app
        .column(
            "SELECT sealed FROM signing_keys WHERE retired_at IS NOT NULL",
            &[],
        )
        .await;
    assert_eq!(sealed, [""]);
    assert_eq!(verify(&one, &before), Err(TokenError::UnknownKey));
    assert!(verify(&one, &after).is_ok());
}

/// The names of the keys in the answer of a running application.
async fn published(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for slug in ["", "any"] {
        let asked = request("GET", slug, "/.well-known/jwks.json", None, None);
        let answer = world.raw(asked).await;
        assert_eq!(answer.headers()["cache-control"], "public, max-age=60");
        let (status, set) = read(answer).await;
        assert_eq!(status, 200);
        found.clear();
        for key in set["keys"].as_array().unwrap() {
            let id = key["kid"].as_str().unwrap();
            let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
            assert_eq!(public.len(), 32);
            let whole = json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": key["x"],
            });
            assert_eq!(*key, whole);
            found.push(id.to_owned());
        }
    }
    found
}

async fn a_stolen_key_is_worth_nothing_at_once(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", None).await;
    let body = json!({
        "email": "ada@example.com", "password": crate::tenancy::testing::world::PASSWORD, "transport": "bearer",
    });
    let (_, signed_in) = world
        .send("POST", "", "/auth/login", None, Some(body))
        .await;
    let before = signed_in["access_token"].as_str().unwrap();
    let me = async |token: &str| world.send("GET", "", "/auth/me", Some(token), None).await;
    assert_eq!(me(before).await.0, 200);

    // By another process, as the command is.
    let command = node(&world).await;
    rotate(&command, Successor::AtOnce).await;
    assert_eq!(names(&world).await, [signer(&command)]);
    // A token of the new key tells the application of it.
    let stranger = token(&command);
    assert_eq!(me(&stranger).await.1["code"], "unauthenticated");
    assert_eq!(me(before).await.1["code"], "unauthenticated");
    let body = json!({ "refresh_token": signed_in["refresh_token"] });
    let (status, renewed) = world
        .send("POST", "", "/auth/refresh", None, Some(body))
        .await;
    assert_eq!(status, 200, "{renewed}");
    let after = renewed["access_token"].as_str().unwrap();
    assert_eq!(me(after).await.0, 200);
    assert_eq!(published(&world).await, [signer(&command)]);
}

async fn keys_outlive_a_change_of_the_secret(place: Place) {
    let world = World::start(place, &OPEN).await;
    let old = started(&world).await;
    let before = token(&old);
    let changed = with_secret(&world, true).await;
    assert!(verify(&changed, &before).is_ok());
    assert_eq!(signer(&changed), signer(&old));
    // The old node does not open what was sealed anew, and knows it all the same.
    reload(&old).await;
    assert!(verify(&old, &token(&changed)).is_ok());
    // The secret before is not needed any more.
    let later = with_secret(&world, false).await;
    assert!(verify(&later, &before).is_ok());
    assert_eq!(names(&world).await.len(), 1);
}

async fn what_no_secret_opens_is_retired(place: Place) {
    let world = World::start(place, &OPEN).await;
    let old = started(&world).await;
    let (first, before) = (signer(&old), token(&old));
    let changed = with_secret(&world, false).await;
    assert_eq!(verify(&changed, &before), Err(TokenError::UnknownKey));
    assert_ne!(signer(&changed), first);
    assert_eq!(names(&world).await, [signer(&changed)]);
    // Without the secret the old node has no key left: it serves nobody rather than everybody.
    reload(&old).await;
    assert_eq!(verify(&old, &before), Err(TokenError::UnknownKey));
    let refused = old.access_tokens.issue(Uuid::now_v7(), Uuid::now_v7());
    assert_eq!(refused.unwrap_err().code(), "unavailable");
}

async fn an_old_key_gets_one_successor(place: Place) {
    let world = World::start(place, &OPEN).await;
    let (one, two) = (started(&world).await, started(&world).await);
    let first = signer(&one);
    let days = |days: u64| Duration::from_secs(days * 86_400);
    age(&world, &first, days(89)).await;
    maintain(&one).await;
    assert_eq!(names(&world).await.len(), 1);
    age(&world, &first, days(91)).await;
    tokio::join!(maintain(&one), maintain(&two));
    maintain(&one).await;
    let names = names(&world).await;
    assert_eq!((names.len(), &names[0]), (2, &first));
    assert_eq!(signer(&one), first);
}

async fn unknown_keys_are_asked_for_once_in_a_while(place: Place) {
    let world = World::start(place, &OPEN).await;
    let (one, two) = (started(&world).await, started(&world).await);
    let ask = async || {
        let ring = two.access_tokens.ring();
        ring.ask_again(&two.database).await.unwrap();
    };
    ask().await;
    rotate(&one, Successor::AtOnce).await;
    let token = token(&one);
    // A flood of unknown names reads the table once.
    ask().await;
    assert_eq!(verify(&two, &token), Err(TokenError::UnknownKey));
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    ask().await;
    assert!(verify(&two, &token).is_ok());
}

#[test]
fn a_key_is_named_after_its_public_half() {
    let seed = Seed::generate().unwrap();
    let (one, same) = (
        SigningKey::of(&seed).unwrap(),
        SigningKey::of(&seed).unwrap(),
    );
    assert_eq!((&one.id, &one.public), (&same.id, &same.public));
    assert!(SigningKey::is_id(&one.id));
    let other = SigningKey::of(&Seed::generate().unwrap()).unwrap();
    assert_ne!(one.id, other.id);
    for id in [
        "",
        "AAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAA/",
        "AAAAAAAAAAAAAAA ",
    ] {
        assert!(!SigningKey::is_id(id), "{id:?}");
    }
    assert_eq!(format!("{seed:?}"), "Seed(…)");
}

#[test]
fn a_private_key_is_read_from_a_file() {
    // The key of RFC 8032, section 7.1, test 1, as openssl writes it.
    let body = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    let pem = |label: &str, body: &str| {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let seed = Seed::of_pem(&pem("PRIVATE KEY", body)).unwrap();
    let key = SigningKey::of(&seed).unwrap();
    assert_eq!(key.public, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let (head, _) = body.split_at(60);
    for other in [
        pem("PUBLIC KEY", body),
        pem("PRIVATE KEY", head),
        pem("PRIVATE KEY", &body.replacen("MC4", "MC5", 1)),
        pem("PRIVATE KEY", ""),
        body.to_owned(),
        String::new(),
    ] {
        assert!(Seed::of_pem(&other).is_none(), "{other}");
    }
}
