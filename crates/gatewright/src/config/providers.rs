//! The settings of providers: `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET` and so on for each by its name.

use std::fmt;

use url::Url;

use super::{SettingError, wrong};
use crate::model::{ProviderDef, ProviderKind};

/// A provider that people can sign in with here.
#[derive(Debug, Clone)]
pub(crate) struct ProviderSettings {
    pub(crate) def: &'static ProviderDef,
    pub(crate) client_id: String,
    pub(crate) client_secret: ClientSecret,
    /// In development: a provider on this machine that stands in for the real one. An origin, without the
    /// slash at its end.
    pub(crate) stand_in: Option<String>,
}

/// What the application proves itself with to a provider. Never printed.
#[derive(Clone)]
pub(crate) struct ClientSecret(String);

impl ClientSecret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// Those that can be used. In production that is all of the schema's, or the application does not start:
/// a way to sign in must not go missing unnoticed.
pub(super) fn read(
    get: &dyn Fn(&str) -> Option<String>,
    production: bool,
    providers: &'static [ProviderDef],
) -> Result<Vec<ProviderSettings>, SettingError> {
    let mut found = Vec::with_capacity(providers.len());
    for def in providers {
        let name = |rest: &str| format!("{}_{rest}", def.name.to_ascii_uppercase());
        let id = get(&name("CLIENT_ID"));
        let secret = get(&name("CLIENT_SECRET"));
        let (client_id, client_secret) = match (id, secret) {
            (Some(id), Some(secret)) => (id, ClientSecret(secret)),
            (None, None) if !production => continue,
            (None, _) => return Err(missing(&name("CLIENT_ID"), def)),
            (Some(_), None) => return Err(missing(&name("CLIENT_SECRET"), def)),
        };
        let place = name(match def.kind {
            ProviderKind::Github => "BASE_URL",
            ProviderKind::Google | ProviderKind::Oidc { .. } => "ISSUER",
        });
        let stand_in = match get(&place) {
            None => None,
            Some(_) if production => {
                return Err(wrong(
                    &place,
                    "can be set in development only; in production the schema decides",
                ));
            }
            Some(text) => Some(on_this_machine(&text).ok_or_else(|| {
                wrong(
                    &place,
                    format_args!(
                        "is `{text}`; use an origin of this machine such as `http://127.0.0.1:9000`"
                    ),
                )
            })?),
        };
        found.push(ProviderSettings {
            def,
            client_id,
            client_secret,
            stand_in,
        });
    }
    Ok(found)
}

fn missing(name: &str, def: &ProviderDef) -> SettingError {
    wrong(
        name,
        format_args!(
            "is missing; {} gives it to whoever registers the application there. Or take `{}` out of `providers` in gatewright.toml",
            def.label, def.name
        ),
    )
}

/// An origin over plain HTTP that no network lies before.
fn on_this_machine(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = matches!(
        (url.path(), url.query(), url.fragment()),
        ("" | "/", None, None)
    );
    let known = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
    (bare && known && is_loopback(&url)).then(|| text.trim_end_matches('/').to_owned())
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PROVIDERS: [ProviderDef; 2] = [
        ProviderDef {
            name: "github",
            label: "GitHub",
            kind: ProviderKind::Github,
        },
        ProviderDef {
            name: "acme_sso",
            label: "Acme SSO",
            kind: ProviderKind::Oidc {
                issuer: "https://sso.acme.example",
                domains: &[],
            },
        },
    ];

    fn with(production: bool, given: &[(&str, &str)]) -> Result<Vec<ProviderSettings>, String> {
        let get = |name: &str| {
            let found = given.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        read(&get, production, &PROVIDERS).map_err(|error| error.to_string())
    }

    const ALL: [(&str, &str); 4] = [
        ("GITHUB_CLIENT_ID", "id"),
        ("GITHUB_CLIENT_SECRET", "hunter2"),
        ("ACME_SSO_CLIENT_ID", "other"),
        ("ACME_SSO_CLIENT_SECRET", "hunter3"),
    ];

    #[test]
    fn production_has_all_that_the_schema_names() {
        let found = with(true, &ALL).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|it| (it.def.name, &*it.client_id))
            .collect();
        assert_eq!(names, [("github", "id"), ("acme_sso", "other")]);
        assert!(!format!("{found:?}").contains("hunter"));
        for (at, (name, _)) in ALL.iter().enumerate() {
            let mut given = ALL.to_vec();
            given.remove(at);
            let refusal = with(true, &given).unwrap_err();
            let start = format!("{name} is missing; ");
            assert!(refusal.starts_with(&start), "{refusal}");
        }
    }

    #[test]
    fn in_development_what_is_not_set_up_is_off() {
        assert_eq!(with(false, &[]).unwrap().len(), 0);
        assert_eq!(with(false, &ALL[..2]).unwrap().len(), 1);
        let refusal = with(false, &ALL[..1]).unwrap_err();
        assert!(refusal.starts_with("GITHUB_CLIENT_SECRET is missing; "));
    }

    #[test]
    fn another_stands_in_on_this_machine_and_in_development_alone() {
        let at = |production, place| {
            let mut given = ALL.to_vec();
            given.push(("ACME_SSO_ISSUER", place));
            with(production, &given).map(|found| found[1].stand_in.clone())
        };
        for place in [
            "http://127.0.0.1:9000",
            "http://localhost:1",
            "http://[::1]:9",
        ] {
            assert_eq!(at(false, place).unwrap().as_deref(), Some(place));
            let refusal = at(true, place).unwrap_err();
            assert!(refusal.starts_with("ACME_SSO_ISSUER can be set in development only"));
        }
        for place in [
            "http://sso.acme.example",
            "https://127.0.0.1",
            "http://127.0.0.1/path",
            "http://127.0.0.1@evil.example",
            "http://localhost.evil.example",
            "x",
        ] {
            let refusal = at(false, place).unwrap_err();
            assert!(refusal.starts_with("ACME_SSO_ISSUER is `"), "{refusal}");
        }
    }
}
