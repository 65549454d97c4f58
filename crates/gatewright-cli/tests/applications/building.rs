//! Making, compiling and attacking an application.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatewright_attack::Suite;
use gatewright_tests::postgres::Database;

use crate::sandbox::{Run, Sandbox};

/// A new application of this schema.
pub fn application(name: &str, schema: &str) -> Sandbox {
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

/// The root of this repository.
pub fn repository() -> PathBuf {
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
    // The sandbox is elsewhere: with the profiles of here, what is built for one serves all.
    cargo
        .arg("--config")
        .arg(repository().join(".cargo/config.toml"))
        .args(arguments)
        .current_dir(sandbox.path(name))
        .env("CARGO_TARGET_DIR", target())
        .env_remove("RUSTFLAGS");
    sandbox.finish(cargo)
}

/// `-D warnings` is for the application alone: in RUSTFLAGS it would build all its dependencies anew.
#[track_caller]
pub fn assert_compiles(name: &str, schema: &str) -> Sandbox {
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

/// Builds an application and says where its binary is.
#[track_caller]
pub fn build(sandbox: &Sandbox, name: &str) -> PathBuf {
    cargo(sandbox, name, &["build"]).expect(0);
    target().join("debug").join(name)
}

/// Runs attacks on an application on both databases at once.
#[track_caller]
pub fn attack(suite: &Suite) {
    let database = Database::create();
    std::thread::scope(|scope| {
        let on_sqlite = scope.spawn(|| suite.run());
        let on_postgresql = suite
            .clone()
            .env("DATABASE_URL", &database.app_url())
            .env("MIGRATE_DATABASE_URL", &database.owner_url())
            .run();
        on_sqlite.join().unwrap().assert_clean();
        on_postgresql.assert_clean();
    });
}
