use super::*;
use crate::model::Signup;

const POLICY: AuthPolicy = AuthPolicy {
    signup: Signup::Open,
    require_verified_email: true,
    access_token_ttl: 600,
    refresh_token_ttl: 3_600,
    session_idle_ttl: 3_600,
    passwords: true,
    providers: &[],
};

/// Sound settings of production, but for one.
fn production(name: &str, value: &str) -> Result<Settings, String> {
    let get = |wanted: &str| match wanted {
        _ if wanted == name => Some(value.to_owned()),
        "BASE_URL" => Some("https://app.example.com".to_owned()),
        "MAIL_URL" => Some("file:/var/lib/app/mail".to_owned()),
        "SECRET_KEY" => Some("0123456789abcdefghijklmnopqrstuvwxyz".to_owned()),
        _ => None,
    };
    Settings::read(&get, &POLICY).map_err(|error| error.to_string())
}

#[test]
fn production_says_where_its_mail_goes() {
    assert!(production("LOG", "info").is_ok());
    let refusal = production("MAIL_URL", " ").unwrap_err();
    assert!(refusal.starts_with("MAIL_URL is missing; "), "{refusal}");
    let get = |name: &str| match name {
        "APP_ENV" => Some("development".to_owned()),
        "SECRET_KEY" => Some("0123456789abcdefghijklmnopqrstuvwxyz".to_owned()),
        _ => None,
    };
    let settings = Settings::read(&get, &POLICY).unwrap();
    assert_eq!(settings.mail.to, Destination::Directory("var/mail".into()));
    assert_eq!(settings.mail.from.to_string(), "no-reply@localhost");
}

#[test]
fn mail_is_from_whom_the_setting_names() {
    let from =
        |value: &str| production("MAIL_FROM", value).map(|settings| settings.mail.from.to_string());
    assert_eq!(from("").unwrap(), "no-reply@app.example.com");
    assert_eq!(from("shop@example.com").unwrap(), "shop@example.com");
    assert_eq!(
        from("Storefront <shop@example.com>").unwrap(),
        "Storefront <shop@example.com>"
    );
    for value in [
        "Storefront",
        "a@b@c",
        "ö@example.com",
        "x <a@example.com>, y <b@example.com>",
    ] {
        let refusal = from(value).unwrap_err();
        assert!(
            refusal.starts_with("MAIL_FROM is no address; "),
            "{refusal}"
        );
    }
    // An address of a machine is no mail domain.
    let address = production("BASE_URL", "https://10.0.0.1").unwrap();
    assert!(address.mail.from.to_string().starts_with("no-reply@"));
}

#[test]
fn a_proxy_is_one_address_in_either_notation() {
    let settings = production("TRUSTED_PROXIES", "::ffff:10.0.0.1, 2001:db8::1").unwrap();
    let addresses: Vec<String> = settings
        .trusted_proxies
        .iter()
        .map(IpAddr::to_string)
        .collect();
    assert_eq!(addresses, ["10.0.0.1", "2001:db8::1"]);
}

#[test]
fn each_label_has_a_key_of_its_own() {
    let secret = SecretKey::parse("0123456789abcdefghijklmnopqrstuvwxyz").unwrap();
    let [one, same, other] = ["one", "one", "other"].map(|label| secret.derive(label).unwrap());
    assert_eq!(one, same);
    assert_ne!(one, other);
    assert_ne!(one, [0; 32]);
}

#[test]
fn the_cost_of_a_hash_can_be_raised_and_not_lowered() {
    let cost = |name, value| production(name, value).map(|settings| settings.password_hash);
    assert_eq!(cost("LOG", "info"), Ok(HashCost::LEAST));
    let raised = cost("PASSWORD_HASH_MEMORY", "65536").unwrap();
    assert_eq!((raised.memory, raised.iterations), (65_536, 2));
    let raised = cost("PASSWORD_HASH_ITERATIONS", "3").unwrap();
    assert_eq!((raised.memory, raised.iterations), (19_456, 3));
    for (name, value) in [
        ("PASSWORD_HASH_MEMORY", "19455"),
        ("PASSWORD_HASH_MEMORY", "1048577"),
        ("PASSWORD_HASH_MEMORY", "64 MiB"),
        ("PASSWORD_HASH_ITERATIONS", "1"),
        ("PASSWORD_HASH_ITERATIONS", "101"),
    ] {
        let refusal = cost(name, value).unwrap_err();
        let start = format!("{name} is `{value}`; use a number");
        assert!(refusal.starts_with(&start), "{refusal}");
    }
}
