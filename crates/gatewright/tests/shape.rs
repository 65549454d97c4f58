//! What must not compile, and what the compiler says then. What must stands in `accepted.rs`.
//!
//! The cases are programs on top of the storefront's generated code, as a team would write them.
//! Their messages are compared whole: a change of wording is a change that somebody reads.
//! `TRYBUILD=overwrite cargo test -p gatewright --test shape` writes them anew.

#[test]
fn a_program_that_could_leave_its_tenant_does_not_compile() {
    let cases = trybuild::TestCases::new();
    // With a case that passes, trybuild builds all of them instead of checking them. Some refusals
    // are assertions on constants, which a mere check does not evaluate.
    cases.pass("tests/shape_accepted/*.rs");
    cases.compile_fail("tests/shape/*.rs");
}
