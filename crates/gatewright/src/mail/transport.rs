//! Where messages go, behind one type, and how that fails.

use std::fmt;
use std::io;

use super::directory::Directory;
use super::mime::{self, Form, Sender};
use super::outbox::Claimed;
use super::smtp::Smtp;
use crate::config::{Destination, SettingError, Settings};

/// What `MAIL_URL` names.
#[derive(Debug)]
pub(super) struct Transport {
    sender: Sender,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Directory(Directory),
    Smtp(Smtp),
}

/// Why a message did not go out.
#[derive(Debug)]
pub(crate) enum MailError {
    /// The message itself; trying again will not help, but a new version may.
    Message(Box<dyn std::error::Error + Send + Sync>),
    /// The disk.
    Io(io::Error),
    /// The mail server did not take it, or did not say that it did. It may, later.
    Delayed(String),
    /// The mail server says that nobody will ever get it.
    Refused(String),
}

impl MailError {
    /// Whether trying again is of no use.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(error) => write!(f, "the message cannot be built: {error}"),
            Self::Io(error) => write!(f, "the message cannot be written: {error}"),
            Self::Delayed(why) => write!(f, "the mail server did not take it: {why}"),
            Self::Refused(why) => write!(f, "the mail server refuses the recipient: {why}"),
        }
    }
}

impl std::error::Error for MailError {}

impl Transport {
    /// # Errors
    /// A sentence, where TLS cannot be set up.
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingError> {
        let host = &settings.base_url.host;
        Ok(Self {
            sender: Sender {
                from: settings.mail.from.clone(),
                host: host.clone(),
            },
            way: match &settings.mail.to {
                Destination::Directory(path) => Way::Directory(Directory::new(path.clone())),
                Destination::Server(server) => Way::Smtp(
                    Smtp::new(server.clone(), host)
                        .map_err(|error| SettingError::of_mail_server(&error))?,
                ),
            },
        })
    }

    /// Sends a message, or says why not; what is delayed may have arrived nevertheless.
    pub(super) async fn send(&self, claimed: &Claimed) -> Result<(), MailError> {
        let build = |form| mime::build(claimed, &self.sender, form).map_err(MailError::Message);
        match &self.way {
            Way::Directory(directory) => directory
                .write(claimed.id.to_string(), build(Form::File)?.formatted())
                .await
                .map_err(MailError::Io),
            Way::Smtp(server) => server.send(&build(Form::Wire)?).await,
        }
    }

    /// Hangs up what has been of no use for a while.
    pub(super) fn hang_up_idle(&self) {
        if let Way::Smtp(server) = &self.way {
            server.hang_up_idle();
        }
    }
}
