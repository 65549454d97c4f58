//! The ways to sign in, as the model has them.

use gatewright_schema::{Provider, ProviderKind};

use super::literal::quoted;

/// `&[ProviderDef { … }]`
pub(super) fn definitions(providers: &[Provider]) -> String {
    let definitions: Vec<String> = providers.iter().map(definition).collect();
    format!("&[{}]", definitions.join(", "))
}

fn definition(provider: &Provider) -> String {
    let kind = match &provider.kind {
        ProviderKind::Google => "Google".to_owned(),
        ProviderKind::Github => "Github".to_owned(),
        ProviderKind::Oidc { issuer, domains } => {
            let domains: Vec<String> = domains.iter().map(|domain| quoted(domain)).collect();
            format!(
                "Oidc {{ issuer: {}, domains: &[{}] }}",
                quoted(issuer),
                domains.join(", ")
            )
        }
    };
    format!(
        "ProviderDef {{ name: {}, label: {}, kind: ProviderKind::{kind} }}",
        quoted(&provider.name),
        quoted(&provider.label)
    )
}

/// `GOOGLE`, for `GOOGLE_CLIENT_ID` and the like.
pub(super) fn settings(providers: &[Provider]) -> Vec<String> {
    let names = providers.iter().map(|provider| provider.name.as_str());
    names.map(str::to_ascii_uppercase).collect()
}
