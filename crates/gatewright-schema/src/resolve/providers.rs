//! `[auth] providers` and `[auth.oidc]`: the ways to sign in.

use crate::diagnostics::{invalid_provider, unknown_provider::unknown_provider};
use crate::keys::PROVIDERS;
use crate::model::{Provider, ProviderKind};
use crate::report::Diagnostic;
use crate::resolve::{labels, names};
use crate::syntax::{Auth, Issuer, Located};

/// RFC 1035 section 2.3.4.
const LONGEST_DOMAIN: usize = 253;
const LONGEST_ISSUER: usize = 500;

/// Whether passwords are one of them, and the others.
pub(crate) fn resolve(auth: &Auth, out: &mut Vec<Diagnostic>) -> (bool, Vec<Provider>) {
    let issuers: Vec<Option<Provider>> = auth
        .issuers
        .iter()
        .map(|issuer| resolve_issuer(issuer, out))
        .collect();
    let listed: &[Located<String>] = match &auth.providers {
        Some(list) => &list.value,
        None => &[],
    };
    let named: Vec<&str> = auth
        .issuers
        .iter()
        .map(|it| it.name.value.as_str())
        .collect();
    let passwords = auth.providers.is_none() || listed.iter().any(|it| it.value == "password");
    let mut providers = Vec::new();
    for name in listed {
        match name.value.as_str() {
            "password" => {}
            "google" => providers.push(built_in("google", "Google", ProviderKind::Google)),
            "github" => providers.push(built_in("github", "GitHub", ProviderKind::Github)),
            other => match named.iter().position(|known| *known == other) {
                Some(at) => providers.extend(issuers.get(at).cloned().flatten()),
                None => out.push(unknown_provider(name, &named)),
            },
        }
    }
    for issuer in &auth.issuers {
        let name = &issuer.name;
        let is_built_in = PROVIDERS.contains(&name.value.as_str());
        if !is_built_in && !listed.iter().any(|it| it.value == name.value) {
            out.push(invalid_provider::unused(name));
        }
    }
    (passwords, providers)
}

fn built_in(name: &str, label: &str, kind: ProviderKind) -> Provider {
    Provider {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
    }
}

/// `None` for one that was reported.
fn resolve_issuer(given: &Issuer, out: &mut Vec<Diagnostic>) -> Option<Provider> {
    let reported = out.len();
    let name = &given.name;
    names::check_provider(name, out);
    if PROVIDERS.contains(&name.value.as_str()) {
        out.push(invalid_provider::taken(name));
    }
    let label = labels::resolve(given.label.as_ref(), out);
    if let Some(issuer) = &given.issuer
        && !is_issuer(&issuer.value)
    {
        out.push(invalid_provider::issuer(issuer));
    }
    for domain in &given.domains {
        if !is_domain(&domain.value) {
            out.push(invalid_provider::domain(domain));
        }
    }
    // A missing issuer was reported where the table was read.
    let issuer = given.issuer.as_ref()?.value.clone();
    let domains = given.domains.iter().map(|it| it.value.clone()).collect();
    (out.len() == reported).then(|| Provider {
        label: label.unwrap_or_else(|| name.value.clone()),
        name: name.value.clone(),
        kind: ProviderKind::Oidc { issuer, domains },
    })
}

/// OpenID Connect Discovery 1.0 section 3: https, a host and perhaps a port and a path; no query, no
/// fragment, and nobody before the host.
fn is_issuer(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = host.split_once(':').unwrap_or((host, "443"));
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.len() <= LONGEST_ISSUER
        && is_domain(host)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
        && path.bytes().all(known)
}

/// Two labels at least, in lower case: addresses are compared so.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(known)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= LONGEST_DOMAIN && text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_https_address() {
        for text in [
            "https://accounts.google.com",
            "https://sso.acme.example/",
            "https://login.example.com:8443/realms/acme",
        ] {
            assert!(is_issuer(text), "{text}");
        }
        for text in [
            "",
            "http://sso.acme.example",
            "https://",
            "https://localhost",
            "https://sso.acme.example?x=1",
            "https://sso.acme.example/#x",
            "https://user@sso.acme.example",
            "https://sso.acme.example:0",
            "https://sso.acme.example:x",
            "https://SSO.acme.example",
            "https://sso.acme.example/a b",
        ] {
            assert!(!is_issuer(text), "{text}");
        }
    }
}
