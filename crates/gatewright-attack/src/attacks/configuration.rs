//! GN01: in production the application starts with sound settings or not at all.

use std::time::Duration;

use crate::report::{Attempt, Report};
use crate::target::Target;

/// A refusal comes at once; a start that takes longer has begun to serve.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sound, so that each case is wrong in one setting alone. Empty unsets.
const SOUND: &[(&str, &str)] = &[
    ("APP_ENV", "production"),
    ("BASE_URL", "https://app.example.com"),
    ("BIND", "127.0.0.1:0"),
    ("ACCESS_TOKEN_TTL", ""),
    ("REFRESH_TOKEN_TTL", ""),
    ("SESSION_IDLE_TTL", ""),
    ("CORS_ORIGINS", ""),
    ("MAIL_URL", "file:mail"),
];

/// The setting that is wrong, the value and what is wrong with it.
const CASES: &[(&str, &str, &str)] = &[
    ("SECRET_KEY", "", "missing"),
    (
        "SECRET_KEY",
        "change-me-change-me-change-me-change-me",
        "a placeholder",
    ),
    (
        "SECRET_KEY",
        "changeme0123456789abcdefghijklmnopqrstuv",
        "a placeholder with a tail",
    ),
    (
        "SECRET_KEY",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "one character repeated",
    ),
    (
        "SECRET_KEY",
        "Zk3vQ9xT1mR7bN5wY2cL8pD4sF6gH0j",
        "31 bytes long",
    ),
    ("BASE_URL", "", "missing"),
    ("BASE_URL", "http://app.example.com", "without TLS"),
    ("BASE_URL", "app.example.com", "without a scheme"),
    ("MAIL_URL", "", "missing"),
    ("CORS_ORIGINS", "*", "a wildcard"),
    (
        "CORS_ORIGINS",
        "https://*.example.com",
        "a wildcard for subdomains",
    ),
    ("CORS_ORIGINS", "null", "the null origin"),
    ("ACCESS_TOKEN_TTL", "2s", "for development only"),
];

/// What a provider is said to call the application. Nobody is asked about it here.
const PROVIDERS: &str = "gatewright-attack";

/// More settings than this no application's providers have.
const MOST_OF_PROVIDERS: usize = 100;

/// The settings of the application's providers, which it names one by one.
fn providers(target: &Target) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    while found.len() < MOST_OF_PROVIDERS {
        let given = found.iter().map(|name| (name.as_str(), PROVIDERS));
        let settings: Vec<(&str, &str)> = SOUND.iter().copied().chain(given).collect();
        let Err(said) = target.application.serve(&settings) else {
            break;
        };
        let missing = said.rsplit("error: ").next();
        let missing = missing.and_then(|said| said.split_once(" is missing"));
        match missing {
            Some((name, _))
                if name.contains("_CLIENT_") && !found.iter().any(|known| known == name) =>
            {
                found.push(name.to_owned());
            }
            _ => break,
        }
    }
    found
}

/// GN01: each wrong setting ends the start with a sentence that names it.
pub(super) fn gn01_production_start(target: &Target, report: &mut Report) -> Result<(), String> {
    let control = Attempt::new("GN01", "serve", "sound settings");
    let providers = providers(target);
    let sound: Vec<(&str, &str)> = SOUND
        .iter()
        .copied()
        .chain(providers.iter().map(|name| (name.as_str(), PROVIDERS)))
        .collect();
    let started = target.application.serve(&sound);
    report.check(
        &control,
        started.is_ok(),
        "serve with sound settings in production",
        "a start",
        started.err().unwrap_or_default(),
    );

    for (name, value, what) in CASES {
        let mut settings: Vec<(&str, &str)> = sound
            .iter()
            .copied()
            .filter(|(sound, _)| sound != name)
            .collect();
        settings.push((name, value));
        let who = format!("{name}, {what}");
        let attempt = Attempt::new("GN01", "serve", &who);
        let sent = format!("serve in production with {name}={value}");
        match target
            .application
            .run_within(&["serve"], &settings, PATIENCE)?
        {
            None => report.check(&attempt, false, sent, "no start", "it serves"),
            Some(ended) => {
                let said = format!("{}{}", ended.stdout, ended.stderr);
                report.check(
                    &attempt,
                    !ended.status.success(),
                    &sent,
                    "an exit status that is not zero",
                    ended.status,
                );
                report.check(
                    &attempt,
                    said.contains(name),
                    &sent,
                    "a sentence that names the setting",
                    &said,
                );
                let shown = *name == "SECRET_KEY" && !value.is_empty() && said.contains(value);
                report.check(&attempt, !shown, &sent, "no secret in the message", &said);
            }
        }
    }

    let attempt = Attempt::new("GN01", "seed-demo", "production");
    let seeded = target
        .application
        .run(&["seed-demo", "--format", "json"], SOUND)?;
    report.check(
        &attempt,
        !seeded.status.success(),
        "seed-demo in production",
        "a refusal",
        seeded.status,
    );
    Ok(())
}
