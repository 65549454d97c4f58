//! Mail into a directory: one `.eml` file a message, complete as soon as it is there.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, SinglePart};
use lettre::{Address, Message};

use super::outbox::Claimed;
use crate::config::Settings;

/// Where files go and whom they are from.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    host: String,
}

/// Why a message was not written.
#[derive(Debug)]
pub(crate) enum MailError {
    /// The message itself; trying again will not help, but a new version may.
    Message(Box<dyn std::error::Error + Send + Sync>),
    /// The disk.
    Io(io::Error),
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(error) => write!(f, "the message cannot be built: {error}"),
            Self::Io(error) => write!(f, "the message cannot be written: {error}"),
        }
    }
}

impl std::error::Error for MailError {}

impl Directory {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            path: settings.mail_dir.clone(),
            host: settings.base_url.host.clone(),
        }
    }

    /// Writes a message. Doing it twice leaves one file.
    pub(super) async fn write(&self, claimed: &Claimed) -> Result<(), MailError> {
        let message = build(claimed, &self.host).map_err(MailError::Message)?;
        let (directory, name) = (self.path.clone(), claimed.id.to_string());
        tokio::task::spawn_blocking(move || write_whole(&directory, &name, &message.formatted()))
            .await
            .map_err(|error| MailError::Io(io::Error::other(error)))?
            .map_err(MailError::Io)
    }
}

/// Headers come from typed values that lettre encodes, so nothing in a name or subject can begin a
/// header of its own.
fn build(
    claimed: &Claimed,
    host: &str,
) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    // A bare IP address is no mail domain.
    let from = Address::new("no-reply", host).or_else(|_| Address::new("no-reply", "localhost"))?;
    let to: Address = claimed.message.recipient.parse()?;
    let body = encode(&claimed.message.body)?;
    let message_id = format!("<{}@{host}>", claimed.id);
    let part = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .body(body);
    Ok(Message::builder()
        .from(Mailbox::new(None, from))
        .to(Mailbox::new(None, to))
        .subject(&claimed.message.subject)
        .date(SystemTime::try_from(claimed.created_at)?)
        .message_id(Some(message_id))
        .singlepart(part)?)
}

/// Text as it is. lettre would choose quoted-printable for lines over 76 characters; without it a link
/// stays one line that can be copied from the file.
fn encode(text: &str) -> Result<Body, &'static str> {
    let text = text.replace('\r', "");
    // The limits of 8bit (RFC 2045 section 2.8).
    if text.contains('\0') || text.lines().any(|line| line.len() > 998) {
        return Err("the text has a null byte or a line of more than 998 bytes");
    }
    let lines: String = text.lines().flat_map(|line| [line, "\r\n"]).collect();
    Ok(Body::dangerous_pre_encoded(
        lines.into_bytes(),
        ContentTransferEncoding::EightBit,
    ))
}

/// A reader sees the whole file or none; only its owner may read it, as links in it are secrets.
fn write_whole(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let unfinished = directory.join(format!(".{name}.part"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join(format!("{name}.eml")))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::outbox::Message as Queued;
    use super::*;
    use crate::clock;

    fn claimed(recipient: &str, subject: &str, body: &str) -> Claimed {
        let message = Queued {
            recipient: recipient.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
        };
        Claimed {
            id: Uuid::now_v7(),
            created_at: clock::now(),
            attempts: 1,
            message,
        }
    }

    fn text(claimed: &Claimed, host: &str) -> String {
        String::from_utf8(build(claimed, host).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_link_stays_on_its_line() {
        let link = format!(
            "http://localhost:8080/auth/verify-email?token={}",
            "x".repeat(60)
        );
        let mail = text(
            &claimed(
                "ada@example.com",
                "Grüße",
                &format!("Für dich:\n\n{link}\n"),
            ),
            "localhost",
        );
        assert!(mail.lines().any(|line| line == link), "{mail}");
        assert!(mail.contains("From: no-reply@localhost\r\n"), "{mail}");
        assert!(
            text(&claimed("ada@example.com", "x", "y"), "127.0.0.1").contains("From: no-reply@")
        );
    }

    #[test]
    fn nobody_adds_a_header() {
        let mail = text(
            &claimed("ada@example.com", "Hi\r\nBcc: eve@example.com", "text"),
            "localhost",
        );
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(
            build(
                &claimed("ada@example.com\r\nBcc: eve@example.com", "Hi", "text"),
                "localhost"
            )
            .is_err()
        );
    }

    #[tokio::test]
    async fn a_message_is_one_file_however_often_it_is_written() {
        let path = std::env::temp_dir().join(format!("gatewright-mail-{}", Uuid::now_v7()));
        let directory = Directory {
            path: path.clone(),
            host: "localhost".to_owned(),
        };
        let claimed = claimed("ada@example.com", "Hello", "text");
        directory.write(&claimed).await.unwrap();
        directory.write(&claimed).await.unwrap();
        let names: Vec<_> = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(
            names,
            [std::ffi::OsString::from(format!("{}.eml", claimed.id))]
        );
        fs::remove_dir_all(path).unwrap();
    }
}
