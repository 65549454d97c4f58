//! Requests to providers, and what may come back: JSON of a bounded size, in time, over verified TLS.
//!
//! hyper alone: no redirect is followed, nothing is unpacked, no proxy is taken from the environment,
//! and a connection serves one request. More than that a sign-in does not need, and each would be a way
//! for an answer to be somebody else's.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::config::is_loopback;
use crate::error::Error;

/// For one request, from the name's look-up to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer. Sets of keys have some kilobytes.
const LARGEST: usize = 256 * 1024;

/// Why there is no usable answer.
#[derive(Debug)]
pub(super) enum FetchError {
    /// No connection, none that can be trusted, or no answer in time.
    Unreachable(String),
    /// An answer that is none.
    Senseless(String),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(cause) => write!(f, "the provider cannot be reached: {cause}"),
            Self::Senseless(cause) => write!(f, "the provider's answer is senseless: {cause}"),
        }
    }
}

impl std::error::Error for FetchError {}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Unreachable(_) => Self::provider_unavailable().caused_by(error),
            FetchError::Senseless(_) => Self::provider_failed().caused_by(error),
        }
    }
}

fn senseless(what: impl fmt::Display) -> FetchError {
    FetchError::Senseless(what.to_string())
}

/// What asks providers.
pub(super) struct Client {
    tls: TlsConnector,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}

/// What goes with a request.
#[derive(Clone, Copy)]
pub(super) enum Sent<'a> {
    Nothing,
    /// An access token, in the header.
    Bearer(&'a str),
    /// A form, and the header `Authorization` if there is one.
    Form {
        body: &'a str,
        authorization: Option<&'a str>,
    },
}

impl Client {
    /// One that trusts the system's certificates. They are not read where nobody is asked over TLS.
    ///
    /// # Errors
    /// A sentence for whoever starts the application.
    pub(super) fn new(encrypted: bool) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        if encrypted {
            // A system's store may hold some that rustls does not take.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(
                    "the system has no root certificates, which signing in by providers needs; \
                     install `ca-certificates`, or name a file of them in SSL_CERT_FILE"
                        .to_owned(),
                );
            }
        }
        // Named rather than taken from the process, where another crate may have installed its own.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// The JSON at an address.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: &str,
        sent: Sent<'_>,
    ) -> Result<T, FetchError> {
        let (status, body) = self.send(Method::GET, url, sent).await?;
        if status != StatusCode::OK {
            return Err(senseless(format_args!("{status} from {}", shown(url))));
        }
        read(url, &body)
    }

    /// The answer to a form, whatever its status.
    pub(super) async fn post(
        &self,
        url: &str,
        sent: Sent<'_>,
    ) -> Result<(StatusCode, Bytes), FetchError> {
        self.send(Method::POST, url, sent).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        sent: Sent<'_>,
    ) -> Result<(StatusCode, Bytes), FetchError> {
        let parsed = Url::parse(url).map_err(senseless)?;
        let answer = timeout(PATIENCE, self.converse(method, &parsed, sent)).await;
        answer.unwrap_or_else(|_| {
            let cause = format!("{} takes longer than 10 s", shown(url));
            Err(FetchError::Unreachable(cause))
        })
    }

    async fn converse(
        &self,
        method: Method,
        url: &Url,
        sent: Sent<'_>,
    ) -> Result<(StatusCode, Bytes), FetchError> {
        let unreachable = |error: &dyn fmt::Display| {
            FetchError::Unreachable(format!("{}: {error}", shown(url.as_str())))
        };
        let encrypted = match url.scheme() {
            "https" => true,
            "http" if is_loopback(url) => false,
            _ => return Err(senseless("an address that is not https")),
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(senseless("an address without a host"));
        };
        let name = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let request = request(method, url, sent)?;
        let stream = TcpStream::connect((name.as_str(), port))
            .await
            .map_err(|error| unreachable(&error))?;
        if !encrypted {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(name).map_err(senseless)?;
        let stream = self
            .tls
            .connect(name, stream)
            .await
            .map_err(|error| unreachable(&error))?;
        exchange(stream, request).await
    }
}

fn request(method: Method, url: &Url, sent: Sent<'_>) -> Result<Request<Full<Bytes>>, FetchError> {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, url.authority())
        .header(header::ACCEPT, "application/json")
        // GitHub refuses whoever does not say what it is.
        .header(header::USER_AGENT, "gatewright");
    let secret = |text: &str| {
        let mut value = HeaderValue::from_str(text).map_err(senseless)?;
        value.set_sensitive(true);
        Ok::<_, FetchError>(value)
    };
    let body = match sent {
        Sent::Nothing => Bytes::new(),
        Sent::Bearer(token) => {
            request = request.header(header::AUTHORIZATION, secret(&format!("Bearer {token}"))?);
            Bytes::new()
        }
        Sent::Form {
            body,
            authorization,
        } => {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            if let Some(text) = authorization {
                request = request.header(header::AUTHORIZATION, secret(text)?);
            }
            Bytes::copy_from_slice(body.as_bytes())
        }
    };
    request.body(Full::new(body)).map_err(senseless)
}

async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let lost = |error: hyper::Error| FetchError::Unreachable(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    let mut answer = pin!(async {
        let answer = sender.send_request(request).await.map_err(lost)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|error| senseless(error.as_ref()))?;
        Ok((status, body.to_bytes()))
    });
    // The connection moves while somebody looks at it; the end of the answer is the end of both.
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        ended = connection => {
            ended.map_err(lost)?;
            answer.await
        }
    }
}

/// Reads JSON. The text itself may hold secrets and stays out of the log.
pub(super) fn read<T: DeserializeOwned>(url: &str, body: &[u8]) -> Result<T, FetchError> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let url = shown(url);
        senseless(format_args!(
            "no such JSON from {url}, line {line} column {column}"
        ))
    })
}

/// An address as the log may have it.
fn shown(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
