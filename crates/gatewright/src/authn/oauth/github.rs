//! GitHub: OAuth 2 without OpenID, and its own API to say who came.

use serde::Deserialize;

use super::arrival::Seen;
use super::fetch::{Client, Sent};
use crate::error::Result;

const SITE: &str = "https://github.com";
const API: &str = "https://api.github.com";

/// Where GitHub is.
#[derive(Debug)]
pub(super) struct Github {
    site: String,
    api: String,
}

#[derive(Deserialize)]
struct User {
    /// Stays when the user takes another name, which somebody else may take then.
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl Github {
    /// GitHub itself, or what stands in for it: there the API is below the site, as a GitHub of one's
    /// own has it.
    pub(super) fn new(stand_in: Option<String>) -> Self {
        match stand_in {
            Some(site) => Self {
                api: format!("{site}/api/v3"),
                site,
            },
            None => Self {
                site: SITE.to_owned(),
                api: API.to_owned(),
            },
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.site
    }

    pub(super) fn authorize(&self) -> String {
        format!("{}/login/oauth/authorize", self.site)
    }

    pub(super) fn token(&self) -> String {
        format!("{}/login/oauth/access_token", self.site)
    }

    /// The user of an access token. Of their addresses the primary one alone, if GitHub verified it:
    /// any that they add may be somebody else's.
    pub(super) async fn person(&self, client: &Client, access_token: &str) -> Result<Seen> {
        let sent = Sent::Bearer(access_token);
        let user: User = client.get(&format!("{}/user", self.api), sent).await?;
        let addresses: Vec<Address> = client
            .get(&format!("{}/user/emails", self.api), sent)
            .await?;
        let primary = addresses.into_iter().find(|address| address.primary);
        let name = user.name.as_deref().unwrap_or(&user.login);
        Ok(Seen {
            subject: user.id.to_string(),
            name: Seen::named(Some(name)),
            verified: primary.as_ref().is_some_and(|address| address.verified),
            email: Seen::address(primary.as_ref().map(|address| address.email.as_str())),
            hosted_domain: None,
            auth_time: None,
        })
    }
}
