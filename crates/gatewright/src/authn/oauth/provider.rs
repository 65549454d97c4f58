//! The providers of this application: where each sends a browser, and whom it says has come back.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use url::Url;

use super::arrival::{Arrival, Seen};
use super::discovery::Discovery;
use super::exchange;
use super::fetch::{Client, Sent};
use super::github::Github;
use super::id_token::{self, Claims, Expected, Person};
use crate::clock;
use crate::config::{ClientSecret, ProviderSettings, Settings};
use crate::error::{Error, Result};
use crate::model::{Model, ProviderDef, ProviderKind};
use crate::sealed::SealingKey;

/// Where Google's ID tokens are from.
const GOOGLE: &str = "https://accounts.google.com";

/// Domains whose mail Google itself delivers.
const GOOGLES_OWN: [&str; 2] = ["gmail.com", "googlemail.com"];

/// Of the key that visits are sealed with.
const LABEL: &str = "gatewright oauth flows v1";

/// All of them, and what asks them.
#[derive(Debug)]
pub(crate) struct Providers {
    all: Vec<Provider>,
    pub(super) client: Client,
    pub(super) key: SealingKey,
}

/// One that people can sign in with.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) def: &'static ProviderDef,
    client_id: String,
    client_secret: ClientSecret,
    speaks: Speaks,
}

#[derive(Debug)]
enum Speaks {
    OpenId(Discovery),
    Github(Github),
}

/// What ties a visit to its return.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) redirect_uri: &'a str,
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a str,
    /// Whether whoever is signed in at the provider has to prove it again.
    pub(super) anew: bool,
}

impl Providers {
    /// # Errors
    /// A sentence for whoever starts the application.
    pub(crate) fn new(
        model: &Model,
        settings: &Settings,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let all: Vec<Provider> = settings.providers.iter().map(Provider::new).collect();
        for def in model.auth.providers {
            if !all.iter().any(|known| known.def == def) {
                let setting = format!("{}_CLIENT_ID", def.name.to_ascii_uppercase());
                tracing::warn!(
                    provider = def.name,
                    setting,
                    "nobody can sign in by this provider: it is not set up"
                );
            }
        }
        let encrypted = settings.providers.iter().any(|it| it.stand_in.is_none());
        Ok(Self {
            all,
            client: Client::new(encrypted)?,
            key: SealingKey::new(&settings.secret_key.derive(LABEL)?)?,
        })
    }

    /// The provider of this name.
    ///
    /// # Errors
    /// 404 for one that there is none of here, as for any path that leads nowhere.
    pub(super) fn get(&self, name: &str) -> Result<&Provider> {
        let found = self.all.iter().find(|provider| provider.def.name == name);
        found.ok_or_else(Error::not_found)
    }

    /// Name and label of each that is set up.
    pub(crate) fn offered(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let defs = self.all.iter().map(|provider| provider.def);
        defs.map(|def| (def.name, def.label))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_ok()
    }
}

impl Provider {
    fn new(settings: &ProviderSettings) -> Self {
        let place = settings.stand_in.clone();
        let speaks = match settings.def.kind {
            ProviderKind::Google => {
                Speaks::OpenId(Discovery::new(place.unwrap_or_else(|| GOOGLE.to_owned())))
            }
            ProviderKind::Oidc { issuer, .. } => {
                Speaks::OpenId(Discovery::new(place.unwrap_or_else(|| issuer.to_owned())))
            }
            ProviderKind::Github => Speaks::Github(Github::new(place)),
        };
        Self {
            def: settings.def,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            speaks,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.def.name
    }

    /// What identities of this provider are kept under: subjects are told apart by it.
    pub(super) fn issuer(&self) -> &str {
        match &self.speaks {
            Speaks::OpenId(discovery) => discovery.issuer(),
            Speaks::Github(github) => github.issuer(),
        }
    }

    /// Where the browser goes (RFC 6749 section 4.1.1, RFC 7636 section 4.3).
    ///
    /// # Errors
    /// 502 or 503 when the provider does not say where that is.
    pub(super) async fn address(&self, client: &Client, visit: Visit<'_>) -> Result<String> {
        let (endpoint, scope) = match &self.speaks {
            Speaks::OpenId(discovery) => {
                let configuration = discovery.configuration(client).await?;
                let endpoint = configuration.authorization_endpoint.clone();
                (endpoint, "openid email profile")
            }
            Speaks::Github(github) => (github.authorize(), "read:user user:email"),
        };
        let mut url = Url::parse(&endpoint).map_err(|_| Error::provider_failed())?;
        let challenge = digest::digest(&digest::SHA256, visit.verifier.as_bytes());
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", visit.redirect_uri)
            .append_pair("scope", scope)
            .append_pair("state", visit.state)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        if matches!(self.speaks, Speaks::OpenId(_)) {
            query.append_pair("nonce", visit.nonce);
        }
        if visit.anew {
            if self.tells_time() {
                query
                    .append_pair("prompt", "login")
                    .append_pair("max_age", "0");
            } else {
                query.append_pair("prompt", "select_account");
            }
        }
        drop(query);
        Ok(url.into())
    }

    /// Whether the provider says when somebody proved who they are. Google and GitHub do not.
    pub(super) fn tells_time(&self) -> bool {
        matches!(self.def.kind, ProviderKind::Oidc { .. })
    }

    /// Checks the `iss` of an answer (RFC 9207), which keeps the code of one provider from another.
    ///
    /// # Errors
    /// 400 when it is another, or is missing although the provider says that it sends it.
    pub(super) async fn check_issuer(&self, client: &Client, given: Option<&str>) -> Result<()> {
        let required = match &self.speaks {
            Speaks::OpenId(discovery) => {
                let configuration = discovery.configuration(client).await?;
                configuration.authorization_response_iss_parameter_supported
            }
            Speaks::Github(_) => false,
        };
        match given {
            None if !required => Ok(()),
            Some(issuer) if issuer == self.issuer() => Ok(()),
            Some(_) | None => {
                Err(Error::broken_visit().caused_by("the answer is from another issuer"))
            }
        }
    }

    /// Trades the code for who it is that came back.
    ///
    /// # Errors
    /// 400 for a code that is not of this visit, 502 for an answer that cannot be believed, 503.
    pub(super) async fn arrival(
        &self,
        client: &Client,
        code: &str,
        visit: Visit<'_>,
    ) -> Result<Arrival> {
        match &self.speaks {
            Speaks::OpenId(discovery) => self.by_id_token(client, discovery, code, visit).await,
            Speaks::Github(github) => {
                let endpoint = github.token();
                let tokens = self.trade(client, &endpoint, true, code, visit).await?;
                let person = github.person(client, &tokens.access_token).await?;
                Ok(self.arrived(person))
            }
        }
    }

    async fn by_id_token(
        &self,
        client: &Client,
        discovery: &Discovery,
        code: &str,
        visit: Visit<'_>,
    ) -> Result<Arrival> {
        let configuration = discovery.configuration(client).await?;
        let endpoint = &configuration.token_endpoint;
        let in_form = configuration.wants_secret_in_form();
        let tokens = self.trade(client, endpoint, in_form, code, visit).await?;
        let refused = |why: &'static str| {
            Error::provider_failed().caused_by(format!("the ID token is refused: {why}"))
        };
        let token = tokens.id_token.ok_or_else(|| refused("there is none"))?;
        let head = id_token::head(&token).map_err(refused)?;
        let key = discovery
            .key(client, head.kid.as_deref(), head.algorithm)
            .await?
            .ok_or_else(|| refused("its key is unknown"))?;
        let expected = Expected {
            issuer: discovery.issuer(),
            client_id: &self.client_id,
            nonce: visit.nonce,
            access_token: &tokens.access_token,
            now: clock::now().as_second(),
        };
        let mut claims = id_token::check(&token, &key, expected).map_err(refused)?;
        // Core section 5.4: with an access token to ask by, a provider may keep the address for that.
        if claims.person.email().is_none()
            && let Some(endpoint) = &configuration.userinfo_endpoint
        {
            let sent = Sent::Bearer(&tokens.access_token);
            let info: UserInfo = client.get(endpoint, sent).await?;
            // Section 5.3.2: another's claims are not this token's.
            if info.sub != claims.subject {
                return Err(refused("its UserInfo is another's"));
            }
            claims.person = info.person;
        }
        Ok(self.arrived(Seen::of_claims(claims)))
    }

    async fn trade(
        &self,
        client: &Client,
        endpoint: &str,
        secret_in_form: bool,
        code: &str,
        visit: Visit<'_>,
    ) -> Result<exchange::Tokens> {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", visit.redirect_uri),
            ("code_verifier", visit.verifier),
        ];
        let (id, secret) = (self.client_id.as_str(), self.client_secret.reveal());
        let authorization = match secret_in_form {
            true => {
                pairs.extend([("client_id", id), ("client_secret", secret)]);
                None
            }
            false => Some(exchange::basic(id, secret)),
        };
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let sent = Sent::Form {
            body: &form,
            authorization: authorization.as_deref(),
        };
        exchange::trade(client, endpoint, sent).await
    }

    fn arrived(&self, seen: Seen) -> Arrival {
        let authoritative = seen.email.as_ref().is_some_and(|email| {
            let domain = email.normalized().rsplit('@').next().unwrap_or_default();
            self.is_authoritative(domain, seen.hosted_domain.as_deref())
        });
        Arrival {
            provider: self.name().to_owned(),
            issuer: self.issuer().to_owned(),
            subject: seen.subject,
            email: seen.email,
            verified: seen.verified,
            authoritative,
            name: seen.name,
            auth_time: seen.auth_time,
        }
    }

    /// Whether addresses of a domain are this provider's to give: then its word on one is as good as a
    /// mail to it. Google says itself where its word is: for its own mail, and for organisations whose
    /// mail it runs. GitHub verified the address once, and whose it is by now it does not know.
    fn is_authoritative(&self, domain: &str, hosted_domain: Option<&str>) -> bool {
        match self.def.kind {
            ProviderKind::Google => {
                GOOGLES_OWN.contains(&domain)
                    || hosted_domain.is_some_and(|hosted| hosted.eq_ignore_ascii_case(domain))
            }
            ProviderKind::Oidc { domains, .. } => domains.contains(&domain),
            ProviderKind::Github => false,
        }
    }
}

/// The answer of a UserInfo endpoint (Core section 5.3.2).
#[derive(serde::Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    person: Person,
}

impl Seen {
    fn of_claims(claims: Claims) -> Self {
        let person = &claims.person;
        Self {
            verified: person.email_is_verified(),
            email: Seen::address(person.email()),
            name: Seen::named(person.name()),
            subject: claims.subject,
            hosted_domain: claims.hosted_domain,
            auth_time: claims.auth_time,
        }
    }
}
