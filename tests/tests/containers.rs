//! The example's `compose.yaml`, without an engine: the same settings, run by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gatewright_tests::binary::{Walls, repository};
use gatewright_tests::postgres::{Database, Session};
use serde_json::Value;
use tempfile::TempDir;

/// What whoever runs it must set, and what they may.
const REQUIRED: [(&str, &str); 5] = [
    ("BASE_URL", "https://shop.example.com"),
    (
        "SECRET_KEY",
        "Zm9yIHRlc3RzIG9mIGNvbXBvc2Ugb25seSwgMDEyMzQ1Njc4OWFiY2Q=",
    ),
    ("POSTGRES_PASSWORD", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
    ("OWNER_PASSWORD", "00112233445566778899aabbccddeeff"),
    ("APP_PASSWORD", "ffeeddccbbaa99887766554433221100"),
];

/// How long the application may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

fn folder() -> PathBuf {
    repository().join("examples/storefront")
}

/// `compose.yaml` with its merge keys carried out.
fn compose() -> Value {
    let text = fs::read_to_string(folder().join("compose.yaml")).unwrap();
    let mut yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
    yaml.apply_merge().unwrap();
    serde_json::to_value(yaml).unwrap()
}

/// Puts values in place of `${NAME:?message}` and `${NAME:-default}`.
///
/// # Errors
/// The message of the first that is required and not set.
fn interpolated(text: &str, set: &BTreeMap<&str, &str>) -> Result<String, String> {
    let mut parts = text.split("${");
    let mut result = parts.next().unwrap().to_owned();
    for part in parts {
        let (variable, rest) = part.split_once('}').expect("an end of the variable");
        let (name, otherwise) = variable
            .split_once(':')
            .expect("a required one or a default");
        result += match (set.get(name), otherwise.split_at(1)) {
            (Some(value), _) => value,
            (None, ("-", default)) => default,
            (None, ("?", message)) => return Err(message.to_owned()),
            _ => panic!("{variable}: no such form is used"),
        };
        result += rest;
    }
    Ok(result)
}

/// The environment of a service.
fn environment(
    service: &Value,
    set: &BTreeMap<&str, &str>,
) -> Result<BTreeMap<String, String>, String> {
    let map = service["environment"].as_object().expect("an environment");
    map.iter()
        .map(|(name, value)| Ok((name.clone(), interpolated(value.as_str().unwrap(), set)?)))
        .collect()
}

#[test]
fn every_secret_is_required_and_only_migrate_has_the_owners() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    let all: BTreeMap<_, _> = REQUIRED.into();
    for (name, _) in REQUIRED {
        let mut set = all.clone();
        set.remove(name);
        let refused = services
            .values()
            .filter(|service| service.get("environment").is_some())
            .any(|service| environment(service, &set).is_err());
        assert!(refused, "it would start without {name}");
    }
    let of = |service: &str| environment(&services[service], &all).unwrap();
    let owners = |service: &str| {
        of(service)
            .values()
            .any(|value| value.contains(all["OWNER_PASSWORD"]))
    };
    assert!(owners("migrate") && !owners("app"));
    // Nobody but this machine reaches anything, and it reaches the application alone.
    let ports: Vec<_> = services
        .values()
        .filter_map(|service| service.get("ports"))
        .collect();
    assert_eq!(ports, [&serde_json::json!(["127.0.0.1:8080:8080"])]);
    for (service, condition) in [
        ("db", "service_healthy"),
        ("migrate", "service_completed_successfully"),
    ] {
        assert_eq!(
            services["app"]["depends_on"][service]["condition"],
            condition
        );
    }
    assert_eq!(
        services["migrate"]["depends_on"]["db"]["condition"],
        "service_healthy"
    );
}

/// What `deploy/roles.sql` makes; gone with this.
struct Roles<'a>(&'a Session);

impl Roles<'_> {
    fn drop_all(&self) {
        self.0
            .run("DROP DATABASE IF EXISTS storefront WITH (FORCE)");
        self.0
            .run("DROP ROLE IF EXISTS storefront_owner, storefront_app");
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

/// A process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The health check of the image, on another port and for another path.
fn check(port: u16, path: &str) -> Command {
    let dockerfile = fs::read_to_string(folder().join("Dockerfile")).unwrap();
    let (_, after) = dockerfile
        .split_once("CMD [\"bash\"")
        .expect("a health check by bash");
    let line = format!("[\"bash\"{}", after.lines().next().unwrap());
    let words: Vec<String> = serde_json::from_str(&line).unwrap();
    let script = words[2].replace("8080", &port.to_string());
    assert!(script.contains("/healthz"));
    let mut command = Command::new(&words[0]);
    command.args([&words[1], &script.replace("/healthz", path)]);
    command
}

#[test]
fn the_settings_of_compose_run_by_hand() {
    // Makes sure of the platform's role, which other tests make as well.
    let neighbour = Database::create();
    let superuser = neighbour.as_superuser();
    let roles = Roles(&superuser);
    roles.drop_all();

    let set: BTreeMap<_, _> = REQUIRED.into();
    let compose = compose();
    let services = &compose["services"];
    let psql = Command::new("psql")
        .args(["-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-f"])
        .arg(folder().join("deploy/roles.sql"))
        .arg(std::env::var("GATEWRIGHT_TEST_POSTGRES").unwrap())
        .envs(environment(&services["db"], &set).unwrap())
        .output()
        .expect("psql");
    assert!(psql.status.success(), "{psql:?}");
    let kept: Vec<String> = superuser.column(
        "SELECT rolname::text FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%' AND rolname LIKE 'storefront%'
         ORDER BY rolname",
        &[],
    );
    assert_eq!(kept, ["storefront_app", "storefront_owner"]);

    let directory = TempDir::new().unwrap();
    let port = free_port();
    let by_hand = |service: &str| {
        let words = services[service]["command"].as_array().unwrap();
        let mut command = Command::new(Walls::All.binary());
        command
            .args(words.iter().map(|word| word.as_str().unwrap()))
            .current_dir(directory.path())
            .env_clear();
        for (name, value) in environment(&services[service], &set).unwrap() {
            // What is a host of its own there is this machine here.
            let value = value
                .replace("@db:5432/", &format!("@{}/", neighbour.address()))
                .replace("0.0.0.0:8080", &format!("127.0.0.1:{port}"))
                .replace("/app/var", directory.path().to_str().unwrap());
            command.env(name, value);
        }
        command
    };

    // The order that `depends_on` prescribes: without the migration there is nothing to serve.
    let early = by_hand("app").output().unwrap();
    assert!(!early.status.success(), "it serves an empty database");
    let migrated = by_hand("migrate").output().unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
    let mut serve = by_hand("app");
    let mut serving = Running(serve.stdout(Stdio::null()).spawn().unwrap());
    let until = Instant::now() + PATIENCE;
    while !check(port, "/readyz").status().unwrap().success() {
        let ended = serving.0.try_wait().unwrap();
        assert!(
            ended.is_none() && Instant::now() < until,
            "not ready: {ended:?}"
        );
        sleep(Duration::from_millis(100));
    }
    assert!(check(port, "/healthz").status().unwrap().success());
    // The check can tell: other answers do not pass it.
    assert!(!check(port, "/api/products").status().unwrap().success());
    drop(serving);
    assert!(
        !check(port, "/healthz")
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
}
