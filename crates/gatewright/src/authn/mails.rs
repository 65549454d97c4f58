//! What accounts are written. Links lead to `BASE_URL`, whatever host the request named: an attacker
//! who chooses the `Host` header must not choose where a stranger's secret goes.

use std::net::IpAddr;

use jiff::Timestamp;

use super::email::Email;
use super::opaque_token::OpaqueToken;
use crate::error::Result;
use crate::mail::Message;
use crate::runtime::Runtime;
use crate::templates::{
    ACCOUNT_DELETED, ADDRESS_CHANGED, ALREADY_REGISTERED, CONFIRM_NEW_ADDRESS, NEW_DEVICE,
    PASSWORD_CHANGED, RESET_PASSWORD, Shown, VERIFY_ADDRESS,
};

/// Where a token is spent.
pub(super) fn verification_link(runtime: &Runtime, token: &OpaqueToken) -> String {
    link(runtime, "/auth/verify-email", token)
}

fn link(runtime: &Runtime, path: &str, token: &OpaqueToken) -> String {
    let base_url = &runtime.settings.base_url;
    format!("{base_url}{path}?token={}", token.reveal())
}

fn origin(runtime: &Runtime) -> (&'static str, Shown) {
    ("origin", Shown::Link(runtime.settings.base_url.to_string()))
}

/// To the minute, in the one time zone that is nobody's own.
fn time(at: Timestamp) -> (&'static str, Shown) {
    (
        "time",
        Shown::Fact(at.strftime("%Y-%m-%d %H:%M UTC").to_string()),
    )
}

/// To whoever signs up. The link is good for 24 hours.
pub(super) fn verify_address(
    runtime: &Runtime,
    email: &Email,
    token: &OpaqueToken,
) -> Result<Message> {
    let link = verification_link(runtime, token);
    VERIFY_ADDRESS.to(email, runtime, [("link", Shown::Link(link))])
}

/// To whoever has an account and signs up once more, or somebody in their name.
pub(super) fn already_registered(runtime: &Runtime, email: &Email) -> Result<Message> {
    ALREADY_REGISTERED.to(email, runtime, [origin(runtime)])
}

/// To whoever forgot their password. The link is good for an hour.
pub(super) fn reset_password(
    runtime: &Runtime,
    email: &Email,
    token: &OpaqueToken,
) -> Result<Message> {
    let link = link(runtime, "/auth/password/reset", token);
    RESET_PASSWORD.to(email, runtime, [("link", Shown::Link(link))])
}

/// To whoever's password is another now.
pub(super) fn password_changed(runtime: &Runtime, email: &Email, at: Timestamp) -> Result<Message> {
    PASSWORD_CHANGED.to(email, runtime, [origin(runtime), time(at)])
}

/// To whoever's account is used from a device that it was not used on before. What the device says of
/// itself is its own word.
pub(super) fn new_device(
    runtime: &Runtime,
    email: &Email,
    device: &str,
    address: IpAddr,
    at: Timestamp,
) -> Result<Message> {
    let values = [
        origin(runtime),
        time(at),
        ("device", Shown::Name(device.to_owned())),
        ("address", Shown::Fact(address.to_string())),
    ];
    NEW_DEVICE.to(email, runtime, values)
}

/// To an address that an account is to have from now on. The link is good for 24 hours.
pub(super) fn confirm_new_address(
    runtime: &Runtime,
    new: &Email,
    token: &OpaqueToken,
) -> Result<Message> {
    let link = link(runtime, "/auth/email/confirm", token);
    CONFIRM_NEW_ADDRESS.to(new, runtime, [("link", Shown::Link(link))])
}

/// To the address that an account had until now.
pub(super) fn address_changed(
    runtime: &Runtime,
    old: &Email,
    new: &Email,
    at: Timestamp,
) -> Result<Message> {
    let new = ("new_address", Shown::Fact(new.as_given().to_owned()));
    ADDRESS_CHANGED.to(old, runtime, [origin(runtime), time(at), new])
}

/// To the address of an account that is no more.
pub(super) fn account_deleted(runtime: &Runtime, email: &Email, at: Timestamp) -> Result<Message> {
    ACCOUNT_DELETED.to(email, runtime, [time(at)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authn::opaque_token::Purpose;
    use crate::authn::testing::App;

    #[tokio::test]
    async fn each_mail_says_what_it_is_about_and_links_home() {
        let app = App::with(&[("BASE_URL", "https://app.example.com")]).await;
        let runtime = &app.runtime;
        let email = Email::parse("Ada@Example.com").unwrap();
        let new = Email::parse("ada@new.example").unwrap();
        let token = OpaqueToken::generate(Purpose::VerifyEmail).unwrap();
        let at: Timestamp = "2026-03-01T09:05:59Z".parse().unwrap();
        let address = "2001:db8::1".parse().unwrap();
        let device = "Mozilla/5.0 <b>\r\nhttps://evil.example";
        let shown = "Mozilla/ 5. 0 'b' https: / / evil. example";
        let time = "2026-03-01 09:05 UTC";
        let secret = token.reveal();
        let spent_at = |path: &str| format!("https://app.example.com/auth/{path}?token={secret}");
        let home = || "https://app.example.com".to_owned();
        for (message, said, link) in [
            (
                verify_address(runtime, &email, &token),
                "24 hours",
                spent_at("verify-email"),
            ),
            (
                already_registered(runtime, &email),
                "has an account",
                home(),
            ),
            (
                reset_password(runtime, &email, &token),
                "an hour",
                spent_at("password/reset"),
            ),
            (password_changed(runtime, &email, at), time, home()),
            (
                new_device(runtime, &email, device, address, at),
                shown,
                home(),
            ),
            (
                new_device(runtime, &email, device, address, at),
                "2001:db8::1",
                home(),
            ),
            (
                confirm_new_address(runtime, &email, &token),
                "24 hours",
                spent_at("email/confirm"),
            ),
            (
                address_changed(runtime, &email, &new, at),
                "ada@new.example",
                home(),
            ),
            (account_deleted(runtime, &email, at), time, String::new()),
        ] {
            let message = message.unwrap();
            let html = message.html.clone().unwrap_or_default();
            let readable = html.replace("&#x2f;", "/").replace("&#x27;", "'");
            assert_eq!(message.recipient, "Ada@Example.com");
            assert!(message.subject.contains("Storefront"), "{message:?}");
            for part in [&message.body, &readable] {
                assert!(part.contains(said), "{said}: {part}");
                let words = part.split(|c: char| c.is_whitespace() || "\"<>".contains(c));
                let links: Vec<&str> = words.filter(|word| word.contains("://")).collect();
                assert!(links.iter().all(|found| **found == link), "{links:?}");
                assert_eq!(links.is_empty(), link.is_empty(), "{part}");
            }
        }
    }
}
