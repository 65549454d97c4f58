//! The ways back in.

use super::{ADA, beside, page, signed_in, world};
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{PASSWORD, Place, World, on_both};

on_both! {
    a_forgotten_password_is_replaced_by_forms: forgot_on_sqlite, forgot_on_postgres;
    who_has_an_account_cannot_be_told: told_on_sqlite, told_on_postgres;
}

const ANOTHER: &str = "seven clocks melt over lakes";

/// The mail is made after the answer.
async fn mails(world: &World, count: i64) {
    for _ in 0..200 {
        if world.app.count("account_outbox").await >= count {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail came");
}

async fn a_forgotten_password_is_replaced_by_forms(place: Place) {
    let world = world(place).await;
    let mut old = signed_in(&world, "acme").await;
    let before = world.app.count("account_outbox").await;
    let mut browser = Browser::new(&world);
    let seen = browser.get("", "/auth/login").await;
    assert!(page(&seen, 200).contains("href=\"/auth/password/forgot\""));
    let seen = browser.get("", "/auth/password/forgot").await;
    assert!(page(&seen, 200).contains("href=\"/auth/verify-email/resend\""));
    let seen = browser
        .submit("", "/auth/password/forgot", &[("email", ADA)])
        .await;
    assert_eq!(seen.location(), "/auth/login?notice=reset_sent");
    mails(&world, before + 1).await;
    let token = super::mailed_token(&world).await;
    for _ in 0..2 {
        let seen = browser
            .get("", &format!("/auth/password/reset?token={token}"))
            .await;
        assert!(page(&seen, 200).contains(&token), "a look spends nothing");
    }
    let with = |password| [("token", token.as_str()), ("password", password)];
    let seen = browser
        .submit("", "/auth/password/reset", &with("short"))
        .await;
    let html = page(&seen, 422);
    assert!(
        beside(html, "password").is_some() && html.contains(&token),
        "{html}"
    );
    let seen = browser
        .submit("", "/auth/password/reset", &with(ANOTHER))
        .await;
    let done = "/auth/login?notice=password_reset";
    assert_eq!((seen.status, seen.location()), (303, done));
    assert!(seen.set_cookies().is_empty(), "nobody is signed in by it");
    let seen = browser
        .submit("", "/auth/password/reset", &with(PASSWORD))
        .await;
    assert!(
        page(&seen, 422).contains("Get another link"),
        "{}",
        seen.text
    );
    assert_eq!(old.get("acme", "/account").await.status, 303);
    let fields = [("email", ADA), ("password", ANOTHER)];
    assert_eq!(browser.submit("", "/auth/login", &fields).await.status, 303);
}

async fn who_has_an_account_cannot_be_told(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    for path in ["/auth/password/forgot", "/auth/verify-email/resend"] {
        let mut answers = Vec::new();
        for email in [ADA, "nobody@example.com"] {
            let seen = browser.submit("", path, &[("email", email)]).await;
            assert_eq!(seen.status, 303, "{path}");
            answers.push(seen.location().to_owned());
        }
        assert_eq!(answers[0], answers[1]);
        let seen = browser.submit("", path, &[("email", "x")]).await;
        assert!(beside(page(&seen, 422), "email").is_some());
    }
}
