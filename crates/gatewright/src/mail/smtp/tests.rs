//! Answers of mail servers. A real one is talked to in `tests/tests/smtp.rs`.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::*;
use crate::config::Login;
use crate::mail::mime::{self, Form};
use crate::mail::testing::claimed;

/// What commands that begin so are answered. Nothing means hanging up, `…` no answer at all.
type Answers = &'static [(&'static str, &'static str)];

/// A server that has nothing against what it has no answer for.
struct Fake {
    server: MailServer,
    /// `hello` for each connection, then what it was told.
    seen: Receiver<String>,
}

impl Fake {
    fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = MailServer {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            security: Security::Local,
            login: None,
        };
        let (sender, seen) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || talk(&stream, answers, &sender));
            }
        });
        Self { server, seen }
    }

    fn smtp(&self) -> Smtp {
        Smtp::new(self.server.clone(), "app.example.com").unwrap()
    }

    fn seen(&self) -> Vec<String> {
        self.seen.try_iter().collect()
    }
}

fn talk(stream: &TcpStream, answers: Answers, seen: &Sender<String>) -> Option<()> {
    seen.send("hello".to_owned()).ok()?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let say = |text: &str| {
        let mut stream = stream;
        stream.write_all(format!("{text}\r\n").as_bytes()).ok()
    };
    let answer = |command: &str| {
        let known = answers.iter().find(|(begin, _)| command.starts_with(begin));
        let default = match command {
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        known.map_or(default, |(_, answer)| answer)
    };
    say("220 ready")?;
    while let Some(command) = lines.next() {
        seen.send(command.clone()).ok()?;
        match answer(&command) {
            "" => return None,
            "…" => continue,
            text => say(text)?,
        }
        if command == "DATA" && answer(&command).starts_with("354") {
            lines.by_ref().take_while(|line| line != ".").for_each(drop);
            match answer(".") {
                "" => return None,
                text => say(text)?,
            }
        }
        if command == "QUIT" {
            return None;
        }
    }
    Some(())
}

fn message() -> Message {
    let sender = mime::Sender {
        from: "no-reply@app.example.com".parse().unwrap(),
        host: "app.example.com".to_owned(),
    };
    let claimed = claimed("Ada@example.com", "Hi", "text\n");
    mime::build(&claimed, &sender, Form::Wire).unwrap()
}

#[tokio::test]
async fn only_a_final_word_on_the_recipient_is_final() {
    let cases: [(Answers, bool); 15] = [
        (
            &[("RCPT", "550 5.1.1 <ada@EXAMPLE.com>: no such user")],
            true,
        ),
        (&[("RCPT", "550 No such user: ada@example.com")], true),
        (&[("RCPT", "501 5.1.3 bad address")], true),
        (&[("RCPT", "552 5.2.2 mailbox full")], true),
        (
            &[("RCPT", "450 4.2.0 come back later, ada@example.com")],
            false,
        ),
        (
            &[("RCPT", "554 5.7.1 <ada@example.com>: Relay access denied")],
            false,
        ),
        (&[("RCPT", "530 sign in first")], false),
        (&[("RCPT", "503 MAIL first")], false),
        (&[("MAIL", "550 5.1.8 no such sender")], false),
        (&[("DATA", "451 4.3.0 not now")], false),
        (&[(".", "554 5.6.0 not such a message")], true),
        (&[(".", "452 4.3.1 no room")], false),
        (&[(".", "")], false),
        (&[("EHLO", "554 no service here")], false),
        (&[("RCPT", "")], false),
    ];
    for (answers, is_final) in cases {
        let fake = Fake::start(answers);
        let error = fake.smtp().send(&message()).await.unwrap_err();
        assert_eq!(error.is_final(), is_final, "{answers:?}: {error}");
        let shown = error.to_string();
        assert!(!shown.to_lowercase().contains("ada@"), "{shown}");
    }
}

#[tokio::test]
async fn one_connection_serves_one_message_after_another() {
    let fake = Fake::start(&[]);
    let smtp = fake.smtp();
    for _ in 0..3 {
        smtp.send(&message()).await.unwrap();
    }
    let seen = fake.seen();
    let count = |what: &str| seen.iter().filter(|line| line.starts_with(what)).count();
    assert_eq!((count("hello"), count("MAIL"), count("NOOP")), (1, 3, 2));
    assert!(
        seen.contains(&"EHLO app.example.com".to_owned()),
        "{seen:?}"
    );
    assert!(
        seen.contains(&"RCPT TO:<Ada@example.com>".to_owned()),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_connection_that_died_meanwhile_costs_no_message() {
    let fake = Fake::start(&[("NOOP", "")]);
    let smtp = fake.smtp();
    for _ in 0..2 {
        smtp.send(&message()).await.unwrap();
    }
    let connections = fake.seen().iter().filter(|line| *line == "hello").count();
    assert_eq!(connections, 2);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_not_waited_for() {
    for answers in [&[("EHLO", "…")], &[("RCPT", "…")]] as [Answers; 2] {
        let fake = Fake::start(answers);
        let sent = timeout(2 * WHOLE, fake.smtp().send(&message())).await;
        let error = sent.expect("an end").unwrap_err();
        assert!(!error.is_final(), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_said_in_the_open_over_a_network() {
    let mut fake = Fake::start(&[("EHLO", "250-localhost\r\n250 AUTH PLAIN")]);
    fake.server.login = Some(Login {
        user: "app".to_owned(),
        password: "hunter2".to_owned(),
    });
    // On this machine it is.
    fake.smtp().send(&message()).await.unwrap();
    let seen = fake.seen();
    assert!(
        seen.iter().any(|line| line.starts_with("AUTH PLAIN ")),
        "{seen:?}"
    );

    fake.server.security = Security::StartTls;
    let error = fake.smtp().send(&message()).await.unwrap_err();
    assert!(error.to_string().contains("no STARTTLS"), "{error}");
    assert!(!error.is_final());
    let seen = fake.seen();
    assert!(
        !seen
            .iter()
            .any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_costs_no_message() {
    let mut fake = Fake::start(&[
        ("EHLO", "250-localhost\r\n250 AUTH PLAIN"),
        ("AUTH", "535 5.7.8 wrong"),
    ]);
    fake.server.login = Some(Login {
        user: "app".to_owned(),
        password: "hunter2".to_owned(),
    });
    let error = fake.smtp().send(&message()).await.unwrap_err();
    assert!(!error.is_final(), "{error}");
}
