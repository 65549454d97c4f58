//! `DATABASE_URL` for PostgreSQL.

use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{PATIENCE, STATEMENT_DEADLINE, tls};
use crate::store::StoreError;

/// Connections in the pool unless the URL says otherwise.
const POOL_SIZE: usize = 16;

/// How long a transaction may be idle before the server ends it: a last resort, since dropping a
/// transaction ends it.
const IDLE_DEADLINE: Duration = Duration::from_secs(15);

/// What a URL asks for.
pub(super) struct Config {
    pub(super) server: tokio_postgres::Config,
    /// Used where `sslmode` asks for it.
    pub(super) tls: MakeRustlsConnect,
    pub(super) pool_size: usize,
}

impl Config {
    /// Reads a URL. Errors do not repeat it, since it holds a password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(wrong(
                "write `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`",
            ));
        }
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut pool_size = POOL_SIZE;
        let mut encrypted = false;
        let mut root_file = None;
        let mut rest = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=').unwrap_or((parameter, "")) {
                ("pool_size", size) => {
                    pool_size = size
                        .parse()
                        .ok()
                        .filter(|size| (1..=1000).contains(size))
                        .ok_or_else(|| wrong("`pool_size` is a number from 1 to 1000"))?;
                }
                ("sslmode", "disable" | "allow" | "prefer") => encrypted = false,
                ("sslmode", "require" | "verify-ca" | "verify-full") => encrypted = true,
                ("sslmode", _) => return Err(wrong("`sslmode` is `disable` or `verify-full`")),
                ("sslrootcert", path) => root_file = Some(path),
                _ => rest.push(parameter),
            }
        }
        let mut server: tokio_postgres::Config = format!("{address}?{}", rest.join("&"))
            .parse()
            .map_err(|error: tokio_postgres::Error| match error.source() {
                Some(cause) => wrong(&cause.to_string()),
                None => wrong(&error.to_string()),
            })?;
        // `allow` and `prefer` would leave the choice to whoever sits on the wire: that is `disable`.
        // `require` without a verified certificate would let them read along: that is `verify-full`.
        server.ssl_mode(if encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = tls::connector(encrypted, root_file)?;
        if server.get_application_name().is_none() {
            server.application_name("gatewright");
        }
        if server.get_connect_timeout().is_none() {
            server.connect_timeout(PATIENCE);
        }
        Ok(Self {
            server,
            tls,
            pool_size,
        })
    }

    /// With the server's own deadlines, sent with a connection's first message, so that they cost
    /// no round trip.
    pub(super) fn with_deadlines(mut self) -> Self {
        let options = format!(
            "{} -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
            self.server.get_options().unwrap_or_default(),
            STATEMENT_DEADLINE.as_millis(),
            IDLE_DEADLINE.as_millis(),
        );
        self.server.options(options);
        self
    }
}

/// Where the server is looked for, for people.
pub(super) fn address(server: &tokio_postgres::Config) -> String {
    let host = match server.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = server.get_ports().first().unwrap_or(&5432);
    format!("{host}:{port}")
}

pub(super) fn wrong(why: &str) -> StoreError {
    StoreError::Other(why.to_owned())
}
