//! A mail whose text is the application's own, and the rest of it as it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::path::Path;
use std::thread;
use std::time::Duration;

use gatewright_tests::application::{Application, Store};

#[test]
fn a_template_of_the_application_s_is_mailed() {
    let binary = Path::new(env!("CARGO_BIN_EXE_probe"));
    let application = Application::new(binary, Store::Sqlite);
    application.must(&["migrate"]);
    let server = application.serve().unwrap();
    server.sign_up("ada@example.com");
    let mail = (0..300)
        .find_map(|_| {
            thread::sleep(Duration::from_millis(100));
            application.mails().pop()
        })
        .unwrap();
    let link = format!("{}/auth/verify-email?token=gwv_", application.base_url());
    assert!(
        mail.contains(&format!("Ahoy from Storefront: {link}")),
        "{mail}"
    );
    assert!(
        !mail.contains("Somebody signed up for Storefront with this address.\r\n\r\n"),
        "{mail}"
    );
    assert!(!mail.contains("note for editors"), "{mail}");
    // Subject and HTML are gatewright's.
    assert!(
        mail.contains("Subject: Confirm your address for Storefront"),
        "{mail}"
    );
    assert!(
        mail.contains("<p>Somebody signed up for Storefront"),
        "{mail}"
    );
}
