//! The attack suite on an application of the whole schema language: own records, guarded fields,
//! actions and every type of field.

#[test]
fn no_tenant_reaches_another() {
    gatewright_attack::Suite::new(env!("CARGO_BIN_EXE_studio"))
        .run()
        .assert_clean();
}
