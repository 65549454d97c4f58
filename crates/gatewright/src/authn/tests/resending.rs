//! Another link for a registration that waits, over HTTP, on both databases.

use serde_json::json;

use super::mailbox::{NEW, an_hour_later, ask, brief, mails, token, without_request};
use crate::tenancy::testing::world::{PASSWORD, Place, VERIFYING, World, on_both};

const RESEND: &str = "/auth/verify-email/resend";
const VERIFY: &str = "/auth/verify-email";

on_both! {
    a_newer_link_takes_the_place_of_the_older:
        a_newer_link_on_sqlite, a_newer_link_on_postgres;
    nobody_learns_who_has_an_account_by_asking_for_a_link:
        nobody_learns_on_sqlite, nobody_learns_on_postgres;
    an_inbox_is_not_filled_with_links: an_inbox_on_sqlite, an_inbox_on_postgres;
}

async fn sign_up(world: &World, email: &str, password: &str) {
    let body = json!({ "email": email, "password": password });
    let (status, answer) = ask(world, "POST", "/auth/signup", None, body).await;
    assert_eq!(status, 202, "{answer}");
}

async fn resend(world: &World, email: &str) -> String {
    let answer = ask(world, "POST", RESEND, None, json!({ "email": email })).await;
    without_request(answer)
}

async fn verify(world: &World, token: &str, password: &str) -> String {
    let body = json!({ "token": token, "password": password });
    brief(ask(world, "POST", VERIFY, None, body).await)
}

async fn a_newer_link_takes_the_place_of_the_older(place: Place) {
    let world = World::start(place, &VERIFYING).await;
    sign_up(&world, "Ada@example.com", PASSWORD).await;
    let first = token(&world, "Ada@example.com").await;
    // An operator's link for the same address is none of a stranger's business.
    let operators = crate::authn::create_super_admin(&world.app.runtime, "ada@example.com");
    let operators = operators.await.unwrap();
    let operators = operators.split("token=").nth(1).unwrap();
    resend(&world, "ada@EXAMPLE.com").await;
    let second = token(&world, "Ada@example.com").await;
    assert_ne!(first, second);
    assert_eq!(world.app.count("pending_registrations").await, 2);
    let refused = "422 invalid_input token=invalid";
    assert_eq!(verify(&world, &first, PASSWORD).await, refused);
    // The registration is what it was.
    let wrong = "422 invalid_input password=incorrect";
    assert_eq!(verify(&world, &second, NEW).await, wrong);
    assert_eq!(verify(&world, &second, PASSWORD).await, "200");
    assert_eq!(verify(&world, &second, PASSWORD).await, refused);
    assert_eq!(world.app.count("users").await, 1);
    assert_eq!(verify(&world, operators, PASSWORD).await, "200");
}

async fn nobody_learns_who_has_an_account_by_asking_for_a_link(place: Place) {
    let world = World::start(place, &VERIFYING).await;
    sign_up(&world, "pending@example.com", PASSWORD).await;
    sign_up(&world, "late@example.com", PASSWORD).await;
    let late =
        "UPDATE pending_registrations SET expires_at = created_at WHERE email = 'late@example.com'";
    world.app.write(late, &[]).await;
    world.account("ada@example.com", None).await;
    world.account("gone@example.com", None).await;
    let suspend = "UPDATE users SET status = 'suspended' WHERE email = 'gone@example.com'";
    world.app.write(suspend, &[]).await;
    for who in ["pending", "late", "nobody", "ada", "gone"] {
        let email = format!("{who}@example.com");
        let answer = resend(&world, &email).await;
        let expected = r#"202 {"request_id":null,"status":"verification_sent"}"#;
        assert_eq!(answer, expected, "{who}");
    }
    let subject = "Confirm your address for Storefront";
    let mut mails = mails(&world).await;
    mails.sort();
    let [late, pending, again] = mails.as_slice() else {
        panic!("{mails:?}")
    };
    assert_eq!(*late, format!("late@example.com: {subject}"));
    assert_eq!(
        (pending, again),
        (&format!("pending@example.com: {subject}"), pending)
    );
    for (body, wrong) in [
        (
            json!({ "email": "nobody" }),
            "422 invalid_input email=invalid",
        ),
        (json!({ "email": null }), "422 invalid_input email=required"),
        (
            json!({ "email": ["a@example.com"] }),
            "422 invalid_input email=invalid_type",
        ),
        (json!({}), "422 invalid_input email=required"),
        (
            json!({ "email": "a@example.com", "host": "evil.example" }),
            "422 invalid_input host=unknown_field",
        ),
    ] {
        assert_eq!(brief(ask(&world, "POST", RESEND, None, body).await), wrong);
    }
}

async fn an_inbox_is_not_filled_with_links(place: Place) {
    let world = World::start(place, &VERIFYING).await;
    sign_up(&world, "ada@example.com", PASSWORD).await;
    for _ in 0..5 {
        resend(&world, "ada@example.com").await;
    }
    assert_eq!(mails(&world).await.len(), 2, "of the sign-up, and one more");
    let link = token(&world, "ada@example.com").await;
    an_hour_later(&world).await;
    resend(&world, "ada@example.com").await;
    assert_eq!(mails(&world).await.len(), 3);
    assert_ne!(token(&world, "ada@example.com").await, link);
}
