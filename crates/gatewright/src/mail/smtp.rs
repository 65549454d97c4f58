//! Mail to a mail server (RFC 5321).
//!
//! lettre speaks the protocol. The conversation is led here and not by lettre's transport, which waits for
//! an answer as long as the server likes, and does not tell which command a server refused. That decides
//! what becomes of the message: no to the recipient is final, no to whoever sends is for the operator to mend.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use super::transport::MailError;
use crate::config::{MailServer, Security};

/// For one answer, and for making the connection.
const STEP: Duration = Duration::from_secs(10);

/// For all of it. A claim holds longer.
const WHOLE: Duration = Duration::from_secs(30);

/// How long a connection is kept for the next message. Servers hang up after some minutes.
const IDLE: Duration = Duration::from_secs(20);

/// How many connections are kept.
const MOST_IDLE: usize = 4;

/// A mail server, and the connections to it that wait for more.
pub(super) struct Smtp {
    server: MailServer,
    hello: ClientId,
    tls: TlsParameters,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl Smtp {
    /// `own_host` is how the application introduces itself.
    pub(super) fn new(server: MailServer, own_host: &str) -> Result<Self, Error> {
        // Whoever could answer in its place is on this machine already, where a certificate is often
        // one that nobody signed.
        let is_local = server.security == Security::Local;
        let tls = TlsParameters::builder(server.host.clone())
            .dangerous_accept_invalid_certs(is_local)
            .dangerous_accept_invalid_hostnames(is_local)
            .build()?;
        let hello = match own_host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(own_host.to_owned()),
        };
        Ok(Self {
            server,
            hello,
            tls,
            idle: Mutex::default(),
        })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<(), MailError> {
        let sent = timeout(WHOLE, self.converse(message)).await;
        sent.unwrap_or_else(|_| Err(delayed("it takes longer than 30 s")))
    }

    async fn converse(&self, message: &Message) -> Result<(), MailError> {
        let mut connection = self.connection().await?;
        let sent = hand_over(&mut connection, message).await;
        match &sent {
            Ok(()) => self.keep(connection),
            Err(_) => hang_up(connection),
        }
        sent
    }

    /// One that waits, if it still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, MailError> {
        while let Some(mut connection) = self.take() {
            if let Ok(true) = timeout(STEP, connection.test_connected()).await {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    /// Connects, encrypts and signs in. Whatever the server says against it is no word on a recipient.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let server = &self.server;
        let address = (server.host.as_str(), server.port);
        let tls = (server.security == Security::Tls).then(|| self.tls.clone());
        let connect =
            AsyncSmtpConnection::connect_tokio1(address, Some(STEP), &self.hello, tls, None);
        let mut connection = step(connect).await.map_err(delayed)?;
        if !connection.is_encrypted() {
            if connection.can_starttls() {
                let encrypt = connection.starttls(self.tls.clone(), &self.hello);
                step(encrypt).await.map_err(delayed)?;
            } else if server.security != Security::Local {
                hang_up(connection);
                return Err(delayed(
                    "it offers no STARTTLS, and mail is not sent over a network for others to read",
                ));
            }
        }
        if let Some(login) = &server.login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let sign_in = connection.auth(DEFAULT_MECHANISMS, &credentials);
            step(sign_in).await.map_err(delayed)?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().map(|idle| idle.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            let since = Instant::now();
            idle.push(Idle { connection, since });
        } else {
            drop(idle);
            hang_up(connection);
        }
    }

    /// Ends the connections that have waited for long enough.
    pub(super) fn hang_up_idle(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (over, kept) = std::mem::take(&mut *idle)
            .into_iter()
            .partition::<Vec<_>, _>(|idle| idle.since.elapsed() > IDLE);
        *idle = kept;
        drop(idle);
        for idle in over {
            hang_up(idle.connection);
        }
    }
}

/// Says goodbye, behind the back of whoever goes on.
fn hang_up(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        let _ = timeout(STEP, connection.abort()).await;
    });
}

/// The message itself. A server that hangs up before it answers the last line may have taken it.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<(), MailError> {
    let envelope = message.envelope();
    let [recipient] = envelope.to() else {
        return Err(MailError::Message("it has not one recipient".into()));
    };
    let sender = Mail::new(envelope.from().cloned(), Vec::new());
    step(connection.command(sender)).await.map_err(delayed)?;
    let refused = |failure| refused_for(recipient.as_ref(), failure);
    let command = Rcpt::new(recipient.clone(), Vec::new());
    step(connection.command(command)).await.map_err(refused)?;
    step(connection.command(Data)).await.map_err(refused)?;
    let content = message.formatted();
    step(connection.message(&content)).await.map_err(refused)?;
    Ok(())
}

/// Why there was no good answer.
enum Failure {
    Late,
    Said(Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => f.write_str("it does not answer within 10 s"),
            Self::Said(error) => write!(f, "{error}"),
        }
    }
}

async fn step<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout(STEP, answer).await {
        Ok(answer) => answer.map_err(Failure::Said),
        Err(_) => Err(Failure::Late),
    }
}

fn delayed(why: impl fmt::Display) -> MailError {
    MailError::Delayed(why.to_string())
}

/// What an answer to a recipient, or to a message for them, means.
fn refused_for(recipient: &str, failure: Failure) -> MailError {
    // Servers repeat the address. Logs and rows keep none.
    let why = without(&failure.to_string(), recipient);
    match failure {
        Failure::Said(error) if is_final(&error) => MailError::Refused(why),
        _ => MailError::Delayed(why),
    }
}

/// Whether a server will say the same of this recipient tomorrow. What it has against whoever sends, or
/// against how, is an operator's to mend, and must not cost a message.
fn is_final(error: &Error) -> bool {
    // Syntax, sequence, and who may send (RFC 5321 section 4.2.2, RFC 4954 section 6).
    const OF_SENDERS: [u16; 9] = [500, 502, 503, 504, 530, 534, 535, 538, 555];
    let Some(code) = error.status().map(u16::from) else {
        return false;
    };
    let said = std::error::Error::source(error).map(ToString::to_string);
    let said = said.unwrap_or_default();
    // Mail system, protocol, policy (RFC 3463 section 3): "relaying denied" is 5.7.1.
    let is_of_sender = ["5.3.", "5.5.", "5.7."]
        .iter()
        .any(|class| said.starts_with(class));
    (500..600).contains(&code) && !OF_SENDERS.contains(&code) && !is_of_sender
}

fn without(text: &str, address: &str) -> String {
    let (lower, address) = (text.to_ascii_lowercase(), address.to_ascii_lowercase());
    let mut kept = String::new();
    let mut from = 0;
    for (at, found) in lower.match_indices(&address) {
        kept.push_str(text.get(from..at).unwrap_or_default());
        kept.push('…');
        from = at + found.len();
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

#[cfg(test)]
mod tests;
