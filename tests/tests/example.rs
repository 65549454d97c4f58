//! The committed example is what its schema gives.
#![allow(clippy::unwrap_used, reason = "a test: to fail is to panic")]

use std::process::Command;

use gatewright_tests::binary::repository;

#[test]
fn the_example_is_fresh() {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--package", "gatewright-cli"])
        .arg("--manifest-path")
        .arg(repository().join("Cargo.toml"))
        .args(["--", "generate", "--check"])
        .current_dir(repository().join("examples/storefront"))
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(output.status.success(), "{printed}");
}
