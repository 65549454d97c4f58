//! `gatewright demo` with a cargo that builds nothing and a server that only says what it was told:
//! which steps run, with which settings, and what a second run does not repeat.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sandbox;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use sandbox::{Run, Sandbox};

const CARGO: &str = r#"#!/bin/sh
echo "Compiling storefront" >&2
echo '{"reason":"compiler-artifact","executable":null}'
echo '{"reason":"compiler-artifact","executable":"'$(dirname "$0")'/server"}'
"#;

const SERVER: &str = r#"#!/bin/sh
echo "$* | $APP_ENV $DATABASE_URL $BIND $BASE_URL | ${SECRET_KEY-no key}" >> calls
case $1 in
migrate) mkdir -p var && touch var/app.db ;;
seed-demo) echo '{"password":"secret","tenants":[{"slug":"acme","name":"Acme"}],"users":[{"email":"owner@acme.example","tenant":"acme"}]}' ;;
serve) echo "listening on http://$BIND" ;;
esac
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, script) in [("cargo", CARGO), ("server", SERVER)] {
        sandbox.write(name, script);
        fs::set_permissions(sandbox.path(name), Permissions::from_mode(0o755)).unwrap();
    }
    sandbox
}

fn demo(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command
        .args(["demo", "--dir", "shop"])
        .args(arguments)
        .current_dir(sandbox.path("."))
        .env("CARGO", sandbox.path("cargo"))
        .env("DATABASE_URL", "postgres://production")
        .env("SECRET_KEY", "of another project");
    sandbox.finish(command)
}

/// A port that was free a moment ago.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[test]
fn a_second_run_neither_seeds_again_nor_loses_edits() {
    let sandbox = sandbox();
    let port = free_port();
    let settings = format!(
        "development sqlite://var/app.db 127.0.0.1:{port} http://localhost:{port} | no key"
    );

    let run = demo(&sandbox, &["--port", &port]).expect(0);
    assert!(
        run.stdout
            .contains(&format!("http://acme.localhost:{port}")),
        "{run:#?}"
    );
    assert!(
        run.stdout
            .ends_with(&format!("listening on http://127.0.0.1:{port}\n")),
        "{run:#?}"
    );
    assert!(run.stderr.contains("Compiling storefront"), "{run:#?}");
    assert_eq!(
        sandbox.read("shop/calls"),
        format!("migrate | {settings}\nseed-demo --format json | {settings}\nserve | {settings}\n")
    );

    fs::remove_file(sandbox.path("shop/calls")).unwrap();
    let handler = "shop/src/handlers/products.rs";
    let edited = sandbox.read(handler) + "// Ours.\n";
    sandbox.write(handler, &edited);
    let vendored = "shop/vendor/gatewright/src/lib.rs";
    let current = sandbox.read(vendored);
    sandbox.write(vendored, "// Of an older gatewright.\n");

    let run = demo(&sandbox, &["--port", &port]).expect(0);
    assert!(run.stdout.contains("owner@acme.example"), "{run:#?}");
    assert_eq!(
        sandbox.read("shop/calls"),
        format!("migrate | {settings}\nserve | {settings}\n")
    );
    assert_eq!(sandbox.read(handler), edited);
    assert_eq!(sandbox.read(vendored), current);
}

#[test]
fn a_removed_database_is_filled_again() {
    let sandbox = sandbox();
    demo(&sandbox, &["--no-serve"]).expect(0);
    fs::remove_file(sandbox.path("shop/var/app.db")).unwrap();
    fs::remove_file(sandbox.path("shop/calls")).unwrap();
    demo(&sandbox, &["--no-serve"]).expect(0);
    assert!(sandbox.read("shop/calls").contains("seed-demo"));
}

#[test]
fn another_application_is_no_demo() {
    let sandbox = sandbox();
    sandbox.run(["new", "shop"]).expect(0);
    let before = sandbox.files();
    let run = demo(&sandbox, &["--no-serve"]).expect(2);
    assert!(
        run.stderr
            .contains("shop holds the application `shop`, not the demo"),
        "{run:#?}"
    );
    assert!(sandbox.files() == before);
}

#[test]
fn no_serve_stops_before_the_server() {
    let sandbox = sandbox();
    demo(&sandbox, &["--no-serve"]).expect(0);
    assert!(!sandbox.read("shop/calls").contains("serve |"));
}

#[test]
fn a_build_that_fails_ends_the_demo() {
    let sandbox = sandbox();
    sandbox.write("cargo", "#!/bin/sh\nexit 101\n");
    let run = demo(&sandbox, &["--no-serve"]).expect(2);
    assert!(
        run.stderr
            .contains("cargo could not build the application in shop"),
        "{run:#?}"
    );
}

#[test]
fn a_missing_cargo_is_told_with_the_way_to_get_it() {
    let sandbox = sandbox();
    fs::remove_file(sandbox.path("cargo")).unwrap();
    let run = demo(&sandbox, &["--no-serve"]).expect(2);
    assert!(run.stderr.contains("https://rustup.rs"), "{run:#?}");
}

#[test]
fn a_server_that_cannot_seed_is_told_with_the_way_out() {
    let sandbox = sandbox();
    sandbox.write("server", "#!/bin/sh\n[ \"$1\" = migrate ]\n");
    let run = demo(&sandbox, &["--no-serve"]).expect(2);
    assert!(
        run.stderr.contains("fix: remove shop/var to start over"),
        "{run:#?}"
    );
}
