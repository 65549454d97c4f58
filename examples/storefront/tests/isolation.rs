//! Attacks the running application over HTTP as every kind of stranger.

mod requests;

#[test]
fn no_tenant_reaches_another() {
    requests::suite(env!("CARGO_BIN_EXE_storefront"))
        .run()
        .assert_clean();
}
