//! What must not compile, and what the compiler says then. What must stands in `accepted.rs`.
//!
//! The cases are programs on top of the storefront's generated code, as a team would write them.
//! Their messages are compared whole: a change of wording is a change that somebody reads.
//! `TRYBUILD=overwrite cargo test -p gatewright --test shape` writes them anew.

use std::{fs, io};

#[test]
fn a_program_that_could_leave_its_tenant_does_not_compile() -> io::Result<()> {
    leave_dependencies_as_they_are()?;
    let cases = trybuild::TestCases::new();
    // With a case that passes, trybuild builds all of them instead of checking them. Some refusals
    // are assertions on constants, which a mere check does not evaluate.
    cases.pass("tests/shape_accepted/*.rs");
    cases.compile_fail("tests/shape/*.rs");
    Ok(())
}

/// trybuild builds all dependencies anew, below the target directory, and none of these programs is
/// asked to be fast: what `.cargo/config.toml` says of the applications under test is taken back here.
fn leave_dependencies_as_they_are() -> io::Result<()> {
    // …/<target>/debug/deps/<test>
    let test = std::env::current_exe()?;
    let target = test
        .ancestors()
        .find(|path| path.join("CACHEDIR.TAG").exists())
        .ok_or(io::ErrorKind::NotFound)?;
    let configuration = target.join("tests/.cargo");
    fs::create_dir_all(&configuration)?;
    let profile = "[profile.dev.package.\"*\"]\nopt-level = 0\n";
    fs::write(configuration.join("config.toml"), profile)
}
