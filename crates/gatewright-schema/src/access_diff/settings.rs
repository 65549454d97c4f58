//! The keys that concern everybody: `[auth]`, `[tenancy]`, `[limits]`.

use std::fmt::Display;

use super::changes::{Effect, SettingChange};
use crate::model::{Auth, ProviderKind, Rate, Schema, Signup};

/// The units of a duration, largest first.
const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];

/// Compares the settings of two schemas.
pub(super) fn compare(before: &Schema, after: &Schema) -> Vec<SettingChange> {
    let signup = |schema: &Schema| schema.auth.signup;
    let verified = |schema: &Schema| schema.auth.require_verified_email;
    let access = |schema: &Schema| schema.auth.access_token_ttl;
    let refresh = |schema: &Schema| schema.auth.refresh_token_ttl;
    let idle = |schema: &Schema| schema.auth.session_idle_ttl;
    let rls = |schema: &Schema| schema.tenancy.row_level_security;
    let changes = [
        setting(
            "auth.signup",
            (signup_word(signup(before)), signup_word(signup(after))),
            Effect::of(&openness(signup(before)), &openness(signup(after))),
        ),
        guard(
            "auth.require_verified_email",
            verified(before),
            verified(after),
        ),
        lifetime("auth.access_token_ttl", access(before), access(after)),
        lifetime("auth.refresh_token_ttl", refresh(before), refresh(after)),
        lifetime("auth.session_idle_ttl", idle(before), idle(after)),
        providers(&ways_in(&before.auth), &ways_in(&after.auth)),
        guard("tenancy.row_level_security", rls(before), rls(after)),
        limit(
            "limits.per_key",
            before.limits.per_key,
            after.limits.per_key,
        ),
        limit(
            "limits.anonymous",
            before.limits.anonymous,
            after.limits.anonymous,
        ),
    ];
    changes.into_iter().flatten().collect()
}

/// A setting whose text changed.
pub(super) fn setting<T: Display>(
    key: &str,
    (before, after): (T, T),
    effect: Effect,
) -> Option<SettingChange> {
    let (before, after) = (before.to_string(), after.to_string());
    (before != after).then(|| SettingChange {
        key: key.to_owned(),
        before,
        after,
        effect,
    })
}

/// A setting that holds something back while it is on.
fn guard(key: &str, before: bool, after: bool) -> Option<SettingChange> {
    setting(key, (before, after), Effect::of(&after, &before))
}

fn lifetime(key: &str, before: u64, after: u64) -> Option<SettingChange> {
    let texts = (duration(before), duration(after));
    setting(key, texts, Effect::of(&before, &after))
}

/// A limit is wider if more may come at once or in the long run, and narrower only if neither.
fn limit(key: &str, before: Option<Rate>, after: Option<Rate>) -> Option<SettingChange> {
    let effect = match (before, after) {
        (Some(_), None) => Effect::Widens,
        (None, Some(_)) => Effect::Narrows,
        (None, None) => Effect::Neutral,
        (Some(before), Some(after)) => {
            let faster = u64::from(after.requests) * u64::from(before.seconds)
                > u64::from(before.requests) * u64::from(after.seconds);
            if faster || after.requests > before.requests {
                Effect::Widens
            } else {
                Effect::Narrows
            }
        }
    };
    setting(key, (rate(before), rate(after)), effect)
}

/// Another way in lets more in, whatever goes for it.
fn providers(before: &[String], after: &[String]) -> Option<SettingChange> {
    let more = after.iter().any(|way| !before.contains(way));
    let effect = match (more, before.len() == after.len()) {
        (true, _) => Effect::Widens,
        (false, false) => Effect::Narrows,
        // The same in another order.
        (false, true) => return None,
    };
    setting(
        "auth.providers",
        (before.join(", "), after.join(", ")),
        effect,
    )
}

/// Each way to sign in, with all that decides whom it lets in.
fn ways_in(auth: &Auth) -> Vec<String> {
    let password = auth.passwords.then(|| "password".to_owned());
    let others = auth.providers.iter().map(|provider| match &provider.kind {
        ProviderKind::Google | ProviderKind::Github => provider.name.clone(),
        ProviderKind::Oidc { issuer, domains } => {
            let domains: String = domains.iter().map(|domain| format!(" {domain}")).collect();
            format!("{} ({issuer}{domains})", provider.name)
        }
    });
    password.into_iter().chain(others).collect()
}

fn openness(signup: Signup) -> u8 {
    match signup {
        Signup::Closed => 0,
        Signup::InviteOnly => 1,
        Signup::Open => 2,
    }
}

fn signup_word(signup: Signup) -> &'static str {
    match signup {
        Signup::Open => "open",
        Signup::InviteOnly => "invite_only",
        Signup::Closed => "closed",
    }
}

/// `10m`, `36h`: in the largest unit that leaves no rest.
fn duration(seconds: u64) -> String {
    let unit = UNITS
        .into_iter()
        .find(|(size, _)| seconds.is_multiple_of(*size));
    let (size, unit) = unit.unwrap_or((1, "s"));
    format!("{}{unit}", seconds / size)
}

fn rate(rate: Option<Rate>) -> String {
    match rate {
        Some(rate) => format!("{}/{}", rate.requests, duration(u64::from(rate.seconds))),
        None => "none".to_owned(),
    }
}
