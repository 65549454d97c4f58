//! Settings, from the environment. A wrong one stops the start with a sentence that names it.

mod hash_cost;
mod mail;
mod providers;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http::Uri;

use crate::error::Error;
use crate::model::AuthPolicy;
use crate::sealed;
use crate::store::StoreError;

pub(crate) use hash_cost::HashCost;
#[cfg(test)]
pub(crate) use mail::Login;
pub(crate) use mail::{Destination, MailServer, MailSettings, Security};
pub(crate) use providers::{ClientSecret, ProviderSettings, is_loopback};

/// Which rules apply to settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Environment {
    Production,
    Development,
}

/// Everything that the environment decides.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) database_url: String,
    /// PostgreSQL: the URL of the role that owns the tables.
    pub(crate) migrate_database_url: Option<String>,
    pub(crate) bind: SocketAddr,
    pub(crate) base_url: BaseUrl,
    pub(crate) mail: MailSettings,
    pub(crate) providers: Vec<ProviderSettings>,
    pub(crate) secret_key: SecretKey,
    pub(crate) secret_key_previous: Option<SecretKey>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) log: String,
    pub(crate) password_hash: HashCost,
    pub(crate) access_token_ttl: Duration,
    pub(crate) refresh_token_ttl: Duration,
    pub(crate) session_idle_ttl: Duration,
}

/// Where the application is reached: `https://app.example.com`, without path. Tenants live on subdomains of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// `https` or `http`.
    pub(crate) scheme: String,
    /// Lower case, without port.
    pub(crate) host: String,
    /// As given, when given.
    pub(crate) port: Option<u16>,
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at(&self.host))
    }
}

impl BaseUrl {
    /// The origin of `host` under this URL's scheme and port.
    fn at(&self, host: &str) -> String {
        match self.port {
            Some(port) => format!("{}://{host}:{port}", self.scheme),
            None => format!("{}://{host}", self.scheme),
        }
    }

    /// The origin of a tenant's own host.
    pub(crate) fn of_tenant(&self, slug: &str) -> String {
        self.at(&format!("{slug}.{}", self.host))
    }

    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let scheme = uri
            .scheme_str()
            .filter(|scheme| matches!(*scheme, "http" | "https"))?
            .to_owned();
        let authority = uri.authority()?;
        let bare = uri.path() == "/" && uri.query().is_none() && !authority.as_str().contains('@');
        let host = authority.host().to_ascii_lowercase();
        // A name or an address; `*` stands for no origin.
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-[]:".contains(&byte);
        (bare && !host.is_empty() && host.bytes().all(known)).then_some(Self {
            scheme,
            host,
            port: authority.port_u16(),
        })
    }
}

/// The secret that tokens are signed with. Never printed.
#[derive(Clone)]
pub(crate) struct SecretKey(String);

impl SecretKey {
    /// Fewer bytes than this are refused.
    const LEAST_BYTES: usize = 32;

    /// A key of its own for one purpose, which `label` keeps apart from every other.
    ///
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(crate) fn derive(&self, label: &str) -> Result<[u8; 32], Error> {
        sealed::derive(self.0.as_bytes(), label)
    }

    /// Refuses what is short, repeated or taken from an example (`changeme…`).
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let lower = text.to_ascii_lowercase();
        let distinct = text
            .bytes()
            .collect::<std::collections::BTreeSet<_>>()
            .len();
        if text.len() < Self::LEAST_BYTES {
            return Err("is shorter than 32 bytes");
        }
        let placeholders = [
            "change-me",
            "changeme",
            "change_me",
            "placeholder",
            "example",
            "secret",
            "your-",
            "your_",
        ];
        if distinct < 10 || placeholders.iter().any(|word| lower.contains(word)) {
            return Err("looks like a placeholder");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// A setting that is missing or wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingError(String);

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}

impl SettingError {
    /// That the database which a setting names cannot be used. The URL itself stays out of it, since
    /// it may hold a password.
    pub(crate) fn of_database(name: &str, url: &str, error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) if url.starts_with("sqlite://") => {
                wrong(name, format_args!("cannot be used: {cause}"))
            }
            StoreError::Unavailable(cause) => wrong(
                name,
                format_args!(
                    "names a database that does not answer: {cause}; start PostgreSQL there, or correct the URL"
                ),
            ),
            error => wrong(name, format_args!("cannot be used: {error}")),
        }
    }

    /// That TLS to the mail server cannot be set up on this machine.
    pub(crate) fn of_mail_server(error: &impl fmt::Display) -> Self {
        wrong("MAIL_URL", format_args!("cannot be used: {error}"))
    }
}

fn wrong(name: &str, what: impl fmt::Display) -> SettingError {
    SettingError(format!("{name} {what}"))
}

impl Settings {
    /// Reads settings by `get`, which answers like [`std::env::var`].
    pub(crate) fn read(
        get: &dyn Fn(&str) -> Option<String>,
        auth: &AuthPolicy,
    ) -> Result<Self, SettingError> {
        let get = |name: &str| {
            get(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let environment = match get("APP_ENV").as_deref() {
            None | Some("production") => Environment::Production,
            Some("development") => Environment::Development,
            Some(other) => {
                return Err(wrong(
                    "APP_ENV",
                    format_args!("is `{other}`; use `production` or `development`"),
                ));
            }
        };
        let production = environment == Environment::Production;

        let bind = get("BIND").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let bind: SocketAddr = bind.parse().map_err(|_| {
            wrong(
                "BIND",
                format_args!("is `{bind}`; use an address and port such as `127.0.0.1:8080`"),
            )
        })?;

        let base_url = match get("BASE_URL") {
            Some(text) => BaseUrl::parse(&text).ok_or_else(|| {
                wrong(
                    "BASE_URL",
                    format_args!("is `{text}`; use an origin such as `https://app.example.com`"),
                )
            })?,
            None if production => {
                return Err(wrong(
                    "BASE_URL",
                    "is missing; set it to the origin that people visit, such as `https://app.example.com`",
                ));
            }
            None => BaseUrl {
                scheme: "http".to_owned(),
                host: "localhost".to_owned(),
                port: Some(bind.port()),
            },
        };
        if production && base_url.scheme != "https" {
            return Err(wrong(
                "BASE_URL",
                format_args!("is `{base_url}`; in production it must begin with https://"),
            ));
        }

        let database_url = get("DATABASE_URL").unwrap_or_else(|| "sqlite://var/app.db".to_owned());
        if !["sqlite://", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| database_url.starts_with(scheme))
        {
            return Err(wrong(
                "DATABASE_URL",
                "must begin with sqlite:// or postgres://",
            ));
        }

        let mail_url = match get("MAIL_URL") {
            Some(url) => url,
            // Nobody looks for mail in a folder that was never asked for.
            None if production => {
                return Err(wrong(
                    "MAIL_URL",
                    "is missing; in production say where mail goes, such as `smtps://user:password@mail.example.com`",
                ));
            }
            None => "file:var/mail".to_owned(),
        };
        let mail = MailSettings {
            to: Destination::parse(&mail_url).map_err(|why| wrong("MAIL_URL", why))?,
            from: match get("MAIL_FROM") {
                Some(text) => mail::sender(&text),
                None => mail::default_sender(&base_url.host),
            }
            .ok_or_else(|| {
                wrong(
                    "MAIL_FROM",
                    "is no address; use one such as `Storefront <no-reply@example.com>`",
                )
            })?,
        };

        let secret = |name: &str| {
            get(name)
                .map(|text| {
                    SecretKey::parse(&text).map_err(|why| {
                        wrong(
                            name,
                            format_args!("{why}; make one with `openssl rand -base64 48`"),
                        )
                    })
                })
                .transpose()
        };
        let secret_key = secret("SECRET_KEY")?.ok_or_else(|| {
            wrong(
                "SECRET_KEY",
                "is missing; make one with `openssl rand -base64 48`",
            )
        })?;

        let trusted_proxies = list(get("TRUSTED_PROXIES"))
            .map(|text| {
                text.parse()
                    .map(|proxy: IpAddr| proxy.to_canonical())
                    .map_err(|_| {
                        wrong(
                            "TRUSTED_PROXIES",
                            format_args!("holds `{text}`, which is no IP address; list addresses such as `10.0.0.1`"),
                        )
                    })
            })
            .collect::<Result<_, _>>()?;
        let cors_origins = list(get("CORS_ORIGINS"))
            .map(|text| match BaseUrl::parse(&text) {
                Some(origin) if !production || origin.scheme == "https" => Ok(origin.to_string()),
                _ => Err(wrong("CORS_ORIGINS", format_args!("holds `{text}`; list exact origins such as `https://shop.example.com` (wildcards are refused)"))),
            })
            .collect::<Result<_, _>>()?;

        let lifetime = |name: &str, of_schema: u64| match get(name) {
            None => Ok(Duration::from_secs(of_schema)),
            Some(_) if production => Err(wrong(
                name,
                "can be set in development only; in production the schema decides",
            )),
            Some(text) => duration(&text).ok_or_else(|| {
                wrong(
                    name,
                    format_args!("is `{text}`; use a number and s, m, h or d, such as `10m`"),
                )
            }),
        };

        Ok(Self {
            environment,
            database_url,
            migrate_database_url: get("MIGRATE_DATABASE_URL"),
            bind,
            base_url,
            mail,
            providers: providers::read(&get, production, auth.providers)?,
            secret_key,
            secret_key_previous: secret("SECRET_KEY_PREVIOUS")?,
            trusted_proxies,
            cors_origins,
            log: get("LOG").unwrap_or_else(|| "info".to_owned()),
            password_hash: HashCost::read(&get)?,
            access_token_ttl: lifetime("ACCESS_TOKEN_TTL", auth.access_token_ttl)?,
            refresh_token_ttl: lifetime("REFRESH_TOKEN_TTL", auth.refresh_token_ttl)?,
            session_idle_ttl: lifetime("SESSION_IDLE_TTL", auth.session_idle_ttl)?,
        })
    }
}

fn list(value: Option<String>) -> impl Iterator<Item = String> {
    let items: Vec<String> = value
        .unwrap_or_default()
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect();
    items.into_iter().filter(|item| !item.is_empty())
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number
        .checked_mul(unit)
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
