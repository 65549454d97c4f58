//! The settings that concern everybody.

use super::*;

#[test]
fn settings_that_hold_less_back() {
    type Change = fn(&mut Schema);
    let cases: [(Change, &str, &str); 11] = [
        (
            |schema| schema.auth.signup = Signup::Closed,
            "- auth.signup: open -> closed",
            "+ auth.signup: closed -> open",
        ),
        (
            |schema| schema.auth.require_verified_email = false,
            "+ auth.require_verified_email: true -> false",
            "- auth.require_verified_email: false -> true",
        ),
        (
            |schema| schema.auth.access_token_ttl = 5_400,
            "+ auth.access_token_ttl: 10m -> 90m",
            "- auth.access_token_ttl: 90m -> 10m",
        ),
        (
            |schema| schema.auth.refresh_token_ttl = 86_400,
            "- auth.refresh_token_ttl: 30d -> 1d",
            "+ auth.refresh_token_ttl: 1d -> 30d",
        ),
        (
            |schema| schema.auth.session_idle_ttl = 3_600,
            "- auth.session_idle_ttl: 14d -> 1h",
            "+ auth.session_idle_ttl: 1h -> 14d",
        ),
        (
            |schema| schema.auth.providers = vec![google()],
            "+ auth.providers: password -> password, google",
            "- auth.providers: password, google -> password",
        ),
        // Another way in the place of one lets others in, there and back.
        (
            |schema| {
                schema.auth.passwords = false;
                schema.auth.providers = vec![acme()];
            },
            "+ auth.providers: password -> acme (https://sso.acme.example acme.example)",
            "+ auth.providers: acme (https://sso.acme.example acme.example) -> password",
        ),
        (
            |schema| schema.tenancy.row_level_security = false,
            "+ tenancy.row_level_security: true -> false",
            "- tenancy.row_level_security: false -> true",
        ),
        (
            |schema| schema.limits.per_key = rate(601, 60),
            "+ limits.per_key: 600/1m -> 601/1m",
            "- limits.per_key: 601/1m -> 600/1m",
        ),
        // As many at once as never before, but fewer in the long run: wider in both directions.
        (
            |schema| schema.limits.per_key = rate(1_000, 3_600),
            "+ limits.per_key: 600/1m -> 1000/1h",
            "+ limits.per_key: 1000/1h -> 600/1m",
        ),
        (
            |schema| schema.limits.per_key = None,
            "+ limits.per_key: 600/1m -> none",
            "- limits.per_key: none -> 600/1m",
        ),
    ];
    for (change, there, back) in cases {
        let before = shop_with(|schema| schema.limits.per_key = rate(600, 60));
        let mut after = before.clone();
        change(&mut after);
        assert_change(&before, &after, &["settings", there]);
        assert_change(&after, &before, &["settings", back]);
    }
}

fn rate(requests: u32, seconds: u32) -> Option<Rate> {
    Some(Rate { requests, seconds })
}

fn google() -> Provider {
    Provider {
        name: "google".to_owned(),
        label: "Google".to_owned(),
        kind: ProviderKind::Google,
    }
}

fn acme() -> Provider {
    Provider {
        name: "acme".to_owned(),
        label: "Acme SSO".to_owned(),
        kind: ProviderKind::Oidc {
            issuer: "https://sso.acme.example".to_owned(),
            domains: vec!["acme.example".to_owned()],
        },
    }
}
