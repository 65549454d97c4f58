//! What an OpenID provider says of itself (OpenID Connect Discovery 1.0), and its keys (RFC 7517).
//!
//! Both are remembered. A provider that is down for a while does not lock out whoever signs in by an
//! identity that it has vouched for already: what it said of itself last is used until it says more.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::fetch::{Client, FetchError, Sent};
use super::provider_key::{ProviderKey, read_keys};
use crate::config::is_loopback;

/// How long the configuration is used before it is asked for again.
const CONFIGURATION_AGE: Duration = Duration::from_secs(60 * 60);

/// How long keys are used: one that a provider takes back is refused after that.
const KEYS_AGE: Duration = Duration::from_secs(15 * 60);

/// Tokens that name unknown keys make us ask no more often.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// OpenID Connect Discovery 1.0 section 3, as far as it is used.
#[derive(Debug, Deserialize)]
pub(super) struct Configuration {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// RFC 9207 section 3.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Configuration {
    /// Whether the client's secret goes into the form. Into the header otherwise, which is the default.
    pub(super) fn wants_secret_in_form(&self) -> bool {
        let Some(methods) = &self.token_endpoint_auth_methods_supported else {
            return false;
        };
        let has = |method: &str| methods.iter().any(|known| known == method);
        has("client_secret_post") && !has("client_secret_basic")
    }

    fn check(&self, issuer: &str) -> Result<(), FetchError> {
        // Section 4.3: exactly the issuer that was asked, or one could speak for another.
        if self.issuer != issuer {
            return Err(FetchError::Senseless(
                "its configuration is another issuer's".to_owned(),
            ));
        }
        let local = Url::parse(issuer).is_ok_and(|issuer| is_loopback(&issuer));
        let ours = [
            Some(&self.authorization_endpoint),
            Some(&self.token_endpoint),
            Some(&self.jwks_uri),
            self.userinfo_endpoint.as_ref(),
        ];
        let sound = ours.into_iter().flatten().all(|address| {
            Url::parse(address).is_ok_and(|url| {
                url.fragment().is_none()
                    && (url.scheme() == "https" || (local && is_loopback(&url)))
            })
        });
        match sound {
            true => Ok(()),
            false => Err(FetchError::Senseless(
                "its configuration names an address that is not https".to_owned(),
            )),
        }
    }
}

/// What is known of one issuer.
#[derive(Debug)]
pub(super) struct Discovery {
    issuer: String,
    configuration: Mutex<Option<(Instant, Arc<Configuration>)>>,
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    keys: Vec<Arc<ProviderKey>>,
    read_at: Option<Instant>,
    /// When they were last read for a token that names an unknown one.
    asked_again: Option<Instant>,
}

impl Discovery {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            configuration: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's configuration. Whoever comes while it is asked for waits for the same answer.
    pub(super) async fn configuration(
        &self,
        client: &Client,
    ) -> Result<Arc<Configuration>, FetchError> {
        let mut held = self.configuration.lock().await;
        if let Some((at, configuration)) = held.as_ref()
            && at.elapsed() < CONFIGURATION_AGE
        {
            return Ok(Arc::clone(configuration));
        }
        match self.ask(client).await {
            Ok(configuration) => {
                let configuration = Arc::new(configuration);
                *held = Some((Instant::now(), Arc::clone(&configuration)));
                Ok(configuration)
            }
            Err(error) => match held.as_ref() {
                Some((_, configuration)) => {
                    tracing::warn!(issuer = self.issuer, %error, "the configuration of a provider could not be read; the one before is used");
                    Ok(Arc::clone(configuration))
                }
                None => Err(error),
            },
        }
    }

    async fn ask(&self, client: &Client) -> Result<Configuration, FetchError> {
        let issuer = self.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let configuration: Configuration = client.get(&url, Sent::Nothing).await?;
        configuration.check(&self.issuer)?;
        Ok(configuration)
    }

    /// The key that a token names, or the only one of its algorithm where it names none. One that is
    /// not known may be newer than what was read, so the provider is asked once more.
    pub(super) async fn key(
        &self,
        client: &Client,
        kid: Option<&str>,
        algorithm: jsonwebtoken::Algorithm,
    ) -> Result<Option<Arc<ProviderKey>>, FetchError> {
        let mut held = self.keys.lock().await;
        if held.read_at.is_none_or(|at| at.elapsed() >= KEYS_AGE) {
            held.keys = self.read_keys(client).await?;
            held.read_at = Some(Instant::now());
        }
        let found = held.find(kid, algorithm);
        if found.is_some() || held.asked_again.is_some_and(|at| at.elapsed() < ASK_AGAIN) {
            return Ok(found);
        }
        held.asked_again = Some(Instant::now());
        held.keys = self.read_keys(client).await?;
        held.read_at = Some(Instant::now());
        Ok(held.find(kid, algorithm))
    }

    async fn read_keys(&self, client: &Client) -> Result<Vec<Arc<ProviderKey>>, FetchError> {
        let configuration = self.configuration(client).await?;
        let set = client.get(&configuration.jwks_uri, Sent::Nothing).await?;
        Ok(read_keys(set).into_iter().map(Arc::new).collect())
    }
}

impl Keys {
    fn find(
        &self,
        kid: Option<&str>,
        algorithm: jsonwebtoken::Algorithm,
    ) -> Option<Arc<ProviderKey>> {
        let mut fit = self.keys.iter().filter(|key| {
            key.algorithm == algorithm && kid.is_none_or(|kid| key.id.as_deref() == Some(kid))
        });
        // Two that fit are no choice of ours.
        match (fit.next(), fit.next()) {
            (Some(key), None) => Some(Arc::clone(key)),
            _ => None,
        }
    }
}
