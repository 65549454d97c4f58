//! Attacks the running application over HTTP as every kind of stranger.

#[test]
fn no_tenant_reaches_another() {
    let application = env!("CARGO_BIN_EXE_studio");
    gatewright_attack::Suite::new(application)
        .run()
        .assert_clean();
}
