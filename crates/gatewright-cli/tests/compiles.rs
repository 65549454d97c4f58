//! What is generated compiles without a warning, whatever the names, and runs.
//!
//! The applications are built in the target directory of these tests, so that their dependencies
//! are compiled once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod sandbox;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use gatewright_tests::client;
use sandbox::{Run, Sandbox};
use serde_json::{Value, json};

const HEAD: &str = r#"
[app]
name = "A"

[auth]
signup = "open"
require_verified_email = true
providers = ["password"]
access_token_ttl = "10m"
refresh_token_ttl = "30d"

[tenancy]
row_level_security = true

[roles]
owner = { permissions = ["*"], assigns = ["*"] }
"#;

/// Resources whose modules and types are called as what generated code uses, or as each other.
const TAKEN: &str = "
    results options strings vecs boxes somes oks errs nones selves defaults clones debugs serializes
    lists list_queries patches grants values decimals timestamps uuids jsons paths created no_contents apis
    fields inputs resources records record_readers resource_defs kinds covers codegens from_jsons
    handlers models routes store generated new_results result_patches";

fn taken() -> String {
    let mut schema = HEAD.to_owned();
    for resource in TAKEN.split_whitespace() {
        schema += &format!(
            r#"
[resources.{resource}]
fields.name = {{ type = "string" }}
fields.value = {{ type = "enum", values = ["value_a", "value_b", "value_c"] }}
fields.price = {{ type = "decimal", precision = 4, scale = 2 }}
fields.at = {{ type = "timestamp", optional = true }}
"#
        );
    }
    schema
}

/// Every name as short as it can be, then as long.
fn shortest_and_longest() -> String {
    let long = |letter: &str| format!("{letter}{}", "_abcdefghi".repeat(4)) + "_abcdef";
    assert_eq!(long("r").len(), 48);
    let mut schema = HEAD.to_owned();
    let short = |letter: &str| letter.to_owned();
    for name in [&short as &dyn Fn(&str) -> String, &long] {
        let [role, resource, other] = [name("r"), name("s"), name("t")];
        schema = schema.replace(
            "[roles]\n",
            &format!(
                "[roles]\n{role} = {{ permissions = [\"{resource}:*\", \"{other}:read\"] }}\n"
            ),
        );
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(name);
        schema += &format!(
            "
[resources.{resource}]
fields.{a} = {{ type = \"string\", unique = true }}
fields.{b} = {{ type = \"enum\", values = [\"{a}\", \"{b}\", \"{c}\"], default = \"{c}\" }}
fields.{c} = {{ type = \"decimal\", precision = 1, scale = 0, optional = true }}
fields.{d} = {{ type = \"reference\", to = \"{other}\", optional = true, on_delete = \"set_null\" }}

[resources.{other}]
fields.{e} = {{ type = \"reference\", to = \"{resource}\", on_delete = \"cascade\" }}
"
        );
    }
    schema
}

/// A new application of this schema.
fn application(name: &str, schema: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("schema.toml", schema);
    let runtime = repository().join("crates/gatewright");
    let runtime = runtime.to_str().unwrap();
    sandbox
        .run(["new", name, "--schema", "schema.toml", "--runtime", runtime])
        .expect(0);
    // The versions that the workspace is tested with; cargo drops what is not needed.
    let lock = fs::read(repository().join("Cargo.lock")).unwrap();
    sandbox.write(&format!("{name}/Cargo.lock"), lock);
    sandbox
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Cargo's target directory, which this test was built in: …/<target>/debug/deps/<test>
fn target() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let mut above = test.ancestors();
    above
        .find(|path| path.join("CACHEDIR.TAG").exists())
        .unwrap()
        .to_owned()
}

fn cargo(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Run {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .current_dir(sandbox.path(name))
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS");
    sandbox.finish(cargo)
}

/// `-D warnings` is for the application alone: in RUSTFLAGS it would build all its dependencies anew.
#[track_caller]
fn assert_compiles(name: &str, schema: &str) -> Sandbox {
    let sandbox = application(name, schema);
    cargo(
        &sandbox,
        name,
        &["clippy", "--all-targets", "--", "-D", "warnings"],
    )
    .expect(0);
    cargo(&sandbox, name, &["fmt", "--check"]).expect(0);
    sandbox
}

fn valid(case: &str) -> String {
    let path = repository()
        .join("testdata/valid")
        .join(case)
        .join("gatewright.toml");
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_smallest_schema_compiles() {
    assert_compiles("compiles-minimal", &valid("minimal"));
}

#[test]
fn the_shortest_and_the_longest_names_compile() {
    assert_compiles("compiles-extremes", &shortest_and_longest());
}

#[test]
fn names_that_generated_code_uses_itself_compile() {
    assert_compiles("compiles-taken", &taken());
}

#[test]
fn keywords_compile_and_run() {
    let name = "compiles-keywords";
    let sandbox = assert_compiles(name, &valid("keywords"));
    cargo(&sandbox, name, &["build"]).expect(0);
    let application = Application {
        binary: target().join("debug").join(name),
        directory: sandbox.path(name),
        port: free_port(),
    };
    application.must(&["migrate"]);
    application.must(&["seed-demo", "--edge-cases"]);
    let routes: Value =
        serde_json::from_str(&application.must(&["routes", "--format", "json"])).unwrap();
    let _server = application.serve();

    let credentials = json!({
        "email": "owner@acme.example", "password": "demo-password-4-acme", "transport": "bearer",
    });
    let ask = |method: &str, path: &str, token: Option<&str>, body: Option<&Value>| {
        client::send(
            application.port,
            method,
            path,
            "acme.localhost",
            token,
            body,
        )
    };
    let answer = ask("POST", "/auth/login", None, Some(&credentials));
    let token = answer.body["access_token"].as_str().unwrap();
    let resources = routes["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 12);
    for resource in resources {
        let path = format!("/api/{}", resource["name"].as_str().unwrap());
        let answer = ask("GET", &path, Some(token), None);
        let records = answer.body["data"].as_array();
        assert!(
            answer.status == 200 && records.is_some_and(|records| !records.is_empty()),
            "{path}: {answer:?}"
        );
        let id = answer.body["data"][0]["id"].as_str().unwrap();
        let answer = ask("GET", &format!("{path}/{id}"), Some(token), None);
        assert_eq!(answer.status, 200, "{path}/{id}: {answer:?}");
    }
}

/// A built application with a database of its own.
struct Application {
    binary: PathBuf,
    directory: PathBuf,
    port: u16,
}

impl Application {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("APP_ENV", "development")
            .env("BIND", format!("127.0.0.1:{}", self.port))
            .env("BASE_URL", format!("http://localhost:{}", self.port));
        command
    }

    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {log}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn serve(&self) -> Server {
        let mut command = self.command(&["serve"]);
        let mut server = Server(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        let stdout = server.0.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line:?}");
        server
    }
}

/// Ends with this value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
