//! `MAIL_URL` and `MAIL_FROM`: where mail goes, and whom it is from.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use url::Url;

/// Ports of RFC 6409 section 3.1 and RFC 8314 section 3.3.
const SUBMISSION_PORT: u16 = 587;
const SUBMISSIONS_PORT: u16 = 465;

/// Both settings.
#[derive(Debug, Clone)]
pub(crate) struct MailSettings {
    pub(crate) to: Destination,
    pub(crate) from: Mailbox,
}

/// Where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// One file a message.
    Directory(PathBuf),
    /// A mail server, which sends it on.
    Server(MailServer),
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailServer {
    /// A name or an address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) login: Option<Login>,
}

/// How the way to a mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// TLS from the first byte on.
    Tls,
    /// STARTTLS; a server that does not offer it gets no mail.
    StartTls,
    /// STARTTLS where it is offered: there is no way, the server is on this machine.
    Local,
}

/// Who signs in at a mail server.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl Destination {
    /// Reads `MAIL_URL`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence. It does not quote the URL, which may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(directory) = text.strip_prefix("file:") {
            let directory = directory.strip_prefix("//").unwrap_or(directory);
            return match directory {
                "" => Err("names no directory; use one such as `file:var/mail`"),
                directory => Ok(Self::Directory(PathBuf::from(directory))),
            };
        }
        let is_tls = text.starts_with("smtps://");
        if !is_tls && !text.starts_with("smtp://") {
            return Err(
                "must begin with file:, smtp:// or smtps://, such as `file:var/mail` or `smtps://user:password@mail.example.com`",
            );
        }
        MailServer::parse(text, is_tls).map(Self::Server)
    }
}

impl MailServer {
    fn parse(text: &str, is_tls: bool) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| {
            "is no URL; write characters such as `/`, `#` and `@` of a password as `%2F`, `%23` and `%40`"
        })?;
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
        if host.is_empty() || !host.bytes().all(known) {
            return Err("names no server; use one such as `smtps://mail.example.com`");
        }
        let rest = (url.path(), url.query(), url.fragment());
        if !matches!(rest, ("" | "/", None, None)) {
            return Err(
                "must end with the server and its port; a `/`, `?` or `#` in a password is written as `%2F`, `%3F` or `%23`",
            );
        }
        let host = host.to_ascii_lowercase();
        let security = match (is_tls, is_this_machine(&host)) {
            (true, _) => Security::Tls,
            (false, false) => Security::StartTls,
            (false, true) => Security::Local,
        };
        let default = match is_tls {
            true => SUBMISSIONS_PORT,
            false => SUBMISSION_PORT,
        };
        match url.port() {
            Some(0) => Err("names port 0, which is none"),
            port => Ok(Self {
                host,
                port: port.unwrap_or(default),
                security,
                login: Login::of(&url)?,
            }),
        }
    }
}

impl Login {
    fn of(url: &Url) -> Result<Option<Self>, &'static str> {
        let decoded = |text: &str| {
            percent_decode_str(text)
                .decode_utf8()
                .map(String::from)
                .map_err(|_| "holds a user or password that is not UTF-8")
        };
        let user = decoded(url.username())?;
        let password = decoded(url.password().unwrap_or_default())?;
        match (user.as_str(), password.as_str()) {
            ("", "") => Ok(None),
            ("", _) | (_, "") => Err("must have both a user and a password, or neither"),
            _ => Ok(Some(Self { user, password })),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost",
    }
}

/// Reads `MAIL_FROM`: an address, with a name in front or without.
pub(super) fn sender(text: &str) -> Option<Mailbox> {
    let sender: Mailbox = text.parse().ok()?;
    // What is not ASCII in an address takes an extension that few servers have (RFC 6531).
    let address: &str = sender.email.as_ref();
    address.is_ascii().then_some(sender)
}

/// Whom mail is from unless `MAIL_FROM` says.
pub(super) fn default_sender(base_host: &str) -> Option<Mailbox> {
    // A bare IP address is no mail domain.
    let address = Address::new("no-reply", base_host);
    let address = address.or_else(|_| Address::new("no-reply", "localhost"));
    Some(Mailbox::new(None, address.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> MailServer {
        match Destination::parse(text) {
            Ok(Destination::Server(server)) => server,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_server_has_the_port_of_its_kind() {
        for (text, host, port, security) in [
            (
                "smtp://mail.example.com",
                "mail.example.com",
                587,
                Security::StartTls,
            ),
            (
                "smtp://Mail.example.com:25/",
                "mail.example.com",
                25,
                Security::StartTls,
            ),
            (
                "smtps://mail.example.com",
                "mail.example.com",
                465,
                Security::Tls,
            ),
            ("smtps://localhost", "localhost", 465, Security::Tls),
            ("smtp://localhost:1025", "localhost", 1025, Security::Local),
            ("smtp://127.0.0.9:1025", "127.0.0.9", 1025, Security::Local),
            ("smtp://[::1]:1025", "::1", 1025, Security::Local),
            (
                "smtp://localhost.example.com",
                "localhost.example.com",
                587,
                Security::StartTls,
            ),
            ("smtp://0.0.0.0:1025", "0.0.0.0", 1025, Security::StartTls),
            ("smtp://10.0.0.1", "10.0.0.1", 587, Security::StartTls),
        ] {
            let found = server(text);
            assert_eq!(
                (found.host.as_str(), found.port, found.security),
                (host, port, security),
                "{text}"
            );
            assert_eq!(found.login, None);
        }
    }

    #[test]
    fn a_login_is_decoded_and_never_printed() {
        let found = server("smtps://no-reply%40example.com:p%40ss%2Fw%C3%B6rd+@mail.example.com");
        let login = found.login.clone().unwrap();
        assert_eq!(login.user, "no-reply@example.com");
        assert_eq!(login.password, "p@ss/wörd+");
        assert!(!format!("{found:?}").contains("ss/w"), "{found:?}");
    }

    #[test]
    fn what_is_no_destination_is_refused_without_quoting_it() {
        for (text, why) in [
            ("", "must begin with"),
            ("http://mail.example.com", "must begin with"),
            ("smtp:mail.example.com", "must begin with"),
            ("file:", "names no directory"),
            ("file://", "names no directory"),
            ("smtp://", "names no server"),
            ("smtp://user:hunter2@", "is no URL"),
            ("smtp://mail.example.com:0", "names port 0"),
            ("smtp://mail.example.com:99999", "is no URL"),
            ("smtp://user:hunter2/x@mail.example.com", "is no URL"),
            ("smtp://user:1/hunter2@mail.example.com", "must end with"),
            ("smtp://mail.example.com?tls=none", "must end with"),
            ("smtp://mail.example.com/x", "must end with"),
            ("smtp://user@mail.example.com", "must have both"),
            ("smtp://:hunter2@mail.example.com", "must have both"),
            (
                "smtp://user:%FFhunter2@mail.example.com",
                "holds a user or password",
            ),
        ] {
            let refusal = Destination::parse(text).unwrap_err();
            assert!(refusal.starts_with(why), "{text}: {refusal}");
            assert!(!refusal.contains("hunter2"), "{text}: {refusal}");
        }
    }
}
