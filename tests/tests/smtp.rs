//! Mail by a real mail server: what arrives there, and what becomes of a mail that does not at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gatewright_tests::application::{Application, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::postgres::Database;
use gatewright_tests::smtp::{MailServer, Tls};
use serde_json::{Value, json};

const LOGIN: &str = "app:p@ss/word";

/// The login as it stands in `MAIL_URL`.
const LOGIN_IN_URL: &str = "app:p%40ss%2Fword";

/// An address of this machine that counts as one of the network.
const NETWORK: &str = "0.0.0.0";

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

/// The example, whose mail goes to a URL.
fn application(store: Store, mail_url: &str) -> Application {
    let application = Application::new(Walls::All.binary(), store)
        .with("MAIL_URL", mail_url)
        .with("MAIL_FROM", "Storefront <shop@example.com>");
    application.must(&["migrate"]);
    application
}

/// On SQLite, with a server in the open on this machine.
fn local(server: &MailServer) -> Application {
    application(Store::Sqlite, &format!("smtp://127.0.0.1:{}", server.port))
}

/// Waits until the log has so many lines that hold this.
fn logged(application: &Application, what: &str, count: usize) -> Vec<String> {
    for _ in 0..600 {
        let lines = application.logged(what);
        if lines.len() >= count {
            return lines;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("no {count} of {what:?}: {}", application.log_tail());
}

fn text<'a>(message: &'a Value, key: &str) -> &'a str {
    message[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key}: {message}"))
}

/// Looks until something is so.
fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("it is not so in a minute");
}

/// Puts everything that waits at the head of the queue.
fn hurry(application: &Application) {
    application.execute("UPDATE account_outbox SET due_at = created_at WHERE sent_at IS NULL");
}

#[test]
fn a_mail_arrives_encrypted_with_a_login() {
    for store in stores() {
        for (tls, scheme) in [(Tls::StartTls, "smtp"), (Tls::Always, "smtps")] {
            let server = MailServer::new(tls, Some(LOGIN));
            let _running = server.start();
            let url = format!("{scheme}://{LOGIN_IN_URL}@{NETWORK}:{}", server.port);
            let authority = server.authority();
            let store = match &store {
                Store::Sqlite => Store::Sqlite,
                Store::Postgres(_) => Store::Postgres(Arc::new(Database::create())),
            };
            let application =
                application(store, &url).with("SSL_CERT_FILE", authority.to_str().unwrap());
            let serving = application.serve().unwrap();
            serving.sign_up("ada@example.com");

            let message = &server.messages(1)[0];
            assert_eq!(message["encrypted"], true, "{message}");
            assert_eq!(message["login"], "app", "{message}");
            assert_eq!(message["sender"], "shop@example.com");
            assert_eq!(message["from"], "Storefront <shop@example.com>");
            assert_eq!(message["to"], "ada@example.com");
            assert_eq!(message["type"], "multipart/alternative");
            assert_eq!(message["ascii"], true);
            let link = format!("{}/auth/verify-email?token=", application.base_url());
            for part in ["text", "html"] {
                assert!(text(message, part).contains(&link), "{message}");
            }
            // Its secret is nowhere but in the mail.
            let sent = "account_outbox WHERE sent_at IS NOT NULL";
            until(|| application.count(sent) == 1);
            let erased = format!("{sent} AND body = '' AND html IS NULL");
            assert_eq!(application.count(&erased), 1);
        }
    }
}

#[test]
fn a_certificate_of_nobodys_gets_no_mail() {
    for (tls, scheme) in [(Tls::StartTls, "smtp"), (Tls::Always, "smtps")] {
        let server = MailServer::new(tls, Some(LOGIN));
        let _running = server.start();
        let url = format!("{scheme}://{LOGIN_IN_URL}@{NETWORK}:{}", server.port);
        let application = application(Store::Sqlite, &url);
        let serving = application.serve().unwrap();
        serving.sign_up("ada@example.com");
        let lines = logged(&application, "a mail is put off", 1);
        assert!(lines[0].contains("certificate"), "{lines:?}");
        assert!(server.seen("recipient").is_empty());
    }
}

#[test]
fn a_server_in_the_open_gets_mail_of_its_own_machine_alone() {
    let server = MailServer::new(Tls::None, None);
    let _running = server.start();
    let url = format!("smtp://{NETWORK}:{}", server.port);
    let application = application(Store::Sqlite, &url);
    let serving = application.serve().unwrap();
    serving.sign_up("ada@example.com");
    let lines = logged(&application, "a mail is put off", 1);
    assert!(lines[0].contains("STARTTLS"), "{lines:?}");
    assert!(server.seen("recipient").is_empty());
    drop(serving);

    let application = local(&server);
    let serving = application.serve().unwrap();
    serving.sign_up("ada@example.com");
    assert_eq!(server.messages(1)[0]["encrypted"], false);
}

#[test]
fn a_wrong_login_delays_mail() {
    let server = MailServer::new(Tls::Always, Some(LOGIN));
    let _running = server.start();
    let authority = server.authority();
    let url = format!("smtps://app:wrong@{NETWORK}:{}", server.port);
    let application =
        application(Store::Sqlite, &url).with("SSL_CERT_FILE", authority.to_str().unwrap());
    let serving = application.serve().unwrap();
    serving.sign_up("ada@example.com");
    let lines = logged(&application, "a mail is put off", 1);
    assert!(lines[0].contains("535"), "{lines:?}");
    assert!(application.logged("given up").is_empty());
    assert!(application.logged("wrong@").is_empty());
}

#[test]
fn a_server_that_is_down_delays_mail_and_loses_none() {
    let server = MailServer::new(Tls::None, None);
    let application = local(&server);
    let serving = application.serve().unwrap();
    let people: Vec<String> = (0..6)
        .map(|number| format!("u{number}@example.com"))
        .collect();
    for email in &people {
        serving.sign_up(email);
    }
    logged(&application, "a mail is put off", people.len());
    let running = server.start();
    // The first wait is 10 s.
    let mut arrived: Vec<String> = server
        .messages(people.len())
        .iter()
        .map(|message| text(message, "recipient").to_owned())
        .collect();
    arrived.sort();
    assert_eq!(arrived, people);

    // Down again, in the middle of it all: connections that were kept are of no use.
    drop(running);
    serving.sign_up("late@example.com");
    logged(&application, "a mail is put off", people.len() + 1);
    let _running = server.start();
    let messages = server.messages(people.len() + 1);
    assert_eq!(messages[people.len()]["recipient"], "late@example.com");
}

#[test]
fn a_recipient_whom_the_server_refuses_is_given_up() {
    let server = MailServer::new(Tls::None, None);
    let _running = server.start();
    let application = local(&server);
    let serving = application.serve().unwrap();
    serving.sign_up("unknown@example.com");
    let lines = logged(&application, "a mail is given up", 1);
    assert!(lines[0].contains("550"), "{lines:?}");
    assert!(application.logged("unknown@").is_empty());
    hurry(&application);
    // Others go on, and nobody asks for that one again.
    serving.sign_up("ada@example.com");
    server.messages(1);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(server.seen("recipient").len(), 2);
    let erased = "account_outbox WHERE body = '' AND html IS NULL AND sent_at IS NULL";
    assert_eq!(application.count(erased), 1);
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let server = MailServer::new(Tls::None, None);
    let _running = server.start();
    let application = local(&server);
    let serving = application.serve().unwrap();
    serving.sign_up("busy@example.com");
    let lines = logged(&application, "a mail is put off", 1);
    assert!(lines[0].contains("451"), "{lines:?}");
    assert!(application.logged("busy@").is_empty());
    hurry(&application);
    assert_eq!(server.messages(1)[0]["recipient"], "busy@example.com");
}

#[test]
fn a_server_that_hangs_up_over_a_message_gets_the_same_again() {
    let server = MailServer::new(Tls::None, None);
    let _running = server.start();
    let application = local(&server);
    let serving = application.serve().unwrap();
    serving.sign_up("dropped@example.com");
    logged(&application, "a mail is put off", 1);
    hurry(&application);
    let messages = server.messages(2);
    assert_eq!(messages[0]["message_id"], messages[1]["message_id"]);
    assert_eq!(messages[0]["text"], messages[1]["text"]);
    let id = text(&messages[0], "message_id");
    assert!(id.ends_with("@localhost>"), "{id}");
}

#[test]
fn what_a_tenant_mails_goes_the_same_way() {
    for store in stores() {
        let server = MailServer::new(Tls::None, None);
        let _running = server.start();
        let url = format!("smtp://127.0.0.1:{}", server.port);
        let application = application(store, &url);
        application.must(&["seed-demo", "--format", "json"]);
        let serving = application.serve().unwrap();
        let owner = serving.sign_in("owner@acme.example", "acme");
        for email in ["unknown@example.com", "ada@example.com"] {
            let invitation = json!({ "email": email, "roles": ["viewer"] });
            let answer = owner.post("/api/invitations", &invitation);
            assert_eq!(answer.status, 201, "{answer:?}");
        }
        let message = &server.messages(1)[0];
        assert_eq!(message["to"], "ada@example.com");
        let link = "/auth/invitations/accept?token=";
        assert!(text(message, "text").contains(link), "{message}");
        assert!(text(message, "html").contains(link), "{message}");
        let lines = logged(&application, "a tenant's mail is given up", 1);
        assert!(lines[0].contains("550"), "{lines:?}");
        assert!(application.logged("unknown@").is_empty());
    }
}
