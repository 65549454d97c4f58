//! What somebody changes of their own, and where they are signed in.

use super::{ADA, beside, page, signed_in, world};
use crate::store::FieldValue;
use crate::tenancy::testing::browser::Browser;
use crate::tenancy::testing::world::{PASSWORD, Place, World, on_both};

on_both! {
    the_account_shows_what_is_theirs: shows_on_sqlite, shows_on_postgres;
    a_password_is_changed_by_a_form: password_on_sqlite, password_on_postgres;
    a_name_and_an_address_are_changed_by_forms: name_on_sqlite, name_on_postgres;
    an_account_is_deleted_by_a_form: delete_on_sqlite, delete_on_postgres;
    devices_are_listed_and_signed_out: devices_on_sqlite, devices_on_postgres;
    what_needs_a_recent_sign_in_asks_for_one: recent_on_sqlite, recent_on_postgres;
}

const ANOTHER: &str = "seven clocks melt over lakes";

async fn the_account_shows_what_is_theirs(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "").await;
    let seen = browser.get("", "/account").await;
    let html = page(&seen, 200);
    assert!(html.contains("<dd>ada@example.com</dd>"), "{html}");
    assert!(html.contains("ACME") && html.contains("owner"), "{html}");
    let link = "href=\"http:&#x2f;&#x2f;acme.localhost:8080&#x2f;auth&#x2f;handoff?from=\"";
    assert!(html.contains(link), "{html}");
    assert!(
        html.contains("<a href=\"/account\" aria-current=\"page\">"),
        "{html}"
    );
    assert!(!html.contains("Ways to sign in"), "{html}");
    let seen = signed_in(&world, "acme")
        .await
        .get("acme", "/account")
        .await;
    assert!(page(&seen, 200).contains("you are here"), "{}", seen.text);
    // Every input has a label, and no id stands twice.
    let ids: Vec<&str> = html
        .split("<input id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(ids.len() >= 6, "{ids:?}");
    for id in ids {
        assert!(html.contains(&format!("<label for=\"{id}\">")), "{id}");
        assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

async fn a_password_is_changed_by_a_form(place: Place) {
    let world = world(place).await;
    let mut other = signed_in(&world, "acme").await;
    let mut browser = signed_in(&world, "").await;
    let change = |current, new| [("current_password", current), ("new_password", new)];
    let path = "/auth/password/change";
    let seen = browser
        .submit("", path, &change("not this one", ANOTHER))
        .await;
    let html = page(&seen, 422);
    let wrong = "This is not the password of your account.";
    assert_eq!(beside(html, "current_password"), Some(wrong));
    assert!(
        !html.contains("not this one") && !html.contains(ANOTHER),
        "{html}"
    );
    let seen = browser.submit("", path, &change(PASSWORD, "short")).await;
    assert!(beside(page(&seen, 422), "new_password").is_some());
    let seen = browser.submit("", path, &change(PASSWORD, ANOTHER)).await;
    let done = "/account?notice=password_changed";
    assert_eq!((seen.status, seen.location()), (303, done));
    assert!(page(&browser.get("", done).await, 200).contains("Your password is changed"));
    assert_eq!(other.get("acme", "/account").await.status, 303);
}

async fn a_name_and_an_address_are_changed_by_forms(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "").await;
    let seen = browser.submit("", "/account/name", &[("name", " ")]).await;
    assert!(
        beside(page(&seen, 422), "name-name").is_some(),
        "{}",
        seen.text
    );
    let seen = browser
        .submit("", "/account/name", &[("name", "Ada L.")])
        .await;
    assert_eq!(seen.location(), "/account?notice=renamed");
    let seen = browser.get("", "/account").await;
    assert!(page(&seen, 200).contains("<dd>Ada L.</dd>"));

    let change = |email, password| [("email", email), ("password", password)];
    let path = "/auth/email/change";
    let seen = browser.submit("", path, &change("none", PASSWORD)).await;
    let html = page(&seen, 422);
    assert!(beside(html, "email-email").is_some(), "{html}");
    assert!(html.contains("value=\"none\""), "{html}");
    let seen = browser
        .submit("", path, &change("lovelace@example.com", "wrong one"))
        .await;
    assert!(beside(page(&seen, 422), "email-password").is_some());
    let seen = browser
        .submit("", path, &change("lovelace@example.com", PASSWORD))
        .await;
    assert_eq!(seen.location(), "/account?notice=confirmation_sent");

    let token = super::mailed_token(&world).await;
    let seen = browser
        .get("", &format!("/auth/email/confirm?token={token}"))
        .await;
    assert!(page(&seen, 200).contains(&token), "{}", seen.text);
    let fields = [("token", token.as_str())];
    let seen = browser.submit("", "/auth/email/confirm", &fields).await;
    assert_eq!(
        seen.location(),
        "/auth/login?notice=address_changed",
        "{}",
        seen.text
    );
    let seen = browser.submit("", "/auth/email/confirm", &fields).await;
    assert!(page(&seen, 422).contains("This link cannot be used"));
    let seen = browser.get("", "/account").await;
    assert!(page(&seen, 200).contains("<dd>lovelace@example.com</dd>"));
}

async fn an_account_is_deleted_by_a_form(place: Place) {
    let world = world(place).await;
    world.account("gus@example.com", None).await;
    let mut browser = Browser::new(&world);
    let fields = [("email", "gus@example.com"), ("password", PASSWORD)];
    browser.submit("", "/auth/login", &fields).await;
    let path = "/auth/account/delete";
    let seen = browser.submit("", path, &[("password", "wrong one")]).await;
    assert!(beside(page(&seen, 422), "delete-password").is_some());
    let seen = browser.submit("", path, &[]).await;
    assert!(beside(page(&seen, 422), "delete-password").is_some());
    let seen = browser.submit("", path, &[("password", PASSWORD)]).await;
    assert_eq!(seen.location(), "/auth/login?notice=account_deleted");
    assert!(browser.jar["localhost:8080"].is_empty());
    assert_eq!(world.app.count("users").await, 1);
    // The last owner of a tenant stays.
    let mut browser = signed_in(&world, "").await;
    let seen = browser.submit("", path, &[("password", PASSWORD)]).await;
    assert!(page(&seen, 409).contains("role=\"alert\""), "{}", seen.text);
    assert_eq!(world.app.count("users").await, 1);
}

async fn sessions(world: &World) -> Vec<uuid::Uuid> {
    let sql = "SELECT id FROM sessions WHERE revoked_at IS NULL ORDER BY created_at, id";
    world.app.column(sql, &[]).await
}

async fn devices_are_listed_and_signed_out(place: Place) {
    let world = world(place).await;
    world.account("gus@example.com", Some("globex")).await;
    let mut gus = Browser::new(&world);
    let fields = [("email", "gus@example.com"), ("password", PASSWORD)];
    gus.submit("globex", "/auth/login", &fields).await;
    let mut other = signed_in(&world, "acme").await;
    let mut browser = signed_in(&world, "").await;
    let of_ada = sessions(&world).await;
    let seen = browser.get("", "/account/sessions").await;
    let html = page(&seen, 200);
    assert_eq!(html.matches("<li>").count(), 2, "{html}");
    assert_eq!(html.matches("this one").count(), 1, "{html}");
    // Somebody else's is not there, and what is no form of ours ends nothing.
    let path = |id| format!("/account/sessions/{id}/end");
    page(&browser.submit("", &path(of_ada[0]), &[]).await, 404);
    page(
        &browser.submit("", &path(of_ada[1]), &[("x", "y")]).await,
        422,
    );
    assert_eq!(sessions(&world).await.len(), 3);
    let seen = browser.submit("", &path(of_ada[1]), &[]).await;
    assert_eq!(seen.location(), "/account/sessions?notice=ended");
    assert_eq!(other.get("acme", "/account").await.status, 303);
    let seen = browser.submit("", &path(of_ada[2]), &[]).await;
    assert_eq!(seen.location(), "/auth/login?notice=signed_out");
    assert!(browser.jar["localhost:8080"].is_empty());

    let mut other = signed_in(&world, "acme").await;
    let mut browser = signed_in(&world, "").await;
    let keep = [("keep_current", "true")];
    let seen = browser.submit("", "/auth/logout-all", &keep).await;
    assert_eq!(seen.location(), "/account/sessions?notice=others_ended");
    assert_eq!(other.get("acme", "/account").await.status, 303);
    page(
        &browser
            .submit("", "/auth/logout-all", &[("keep_current", "no")])
            .await,
        422,
    );
    let seen = browser.submit("", "/auth/logout-all", &[]).await;
    assert_eq!(seen.location(), "/auth/login?notice=signed_out_everywhere");
    assert_eq!(sessions(&world).await.len(), 1, "Gus's");
}

async fn what_needs_a_recent_sign_in_asks_for_one(place: Place) {
    let world = world(place).await;
    let mut browser = signed_in(&world, "").await;
    // An account without a password proves itself by a sign-in of the last ten minutes.
    let hashes: Vec<String> = world.app.column("SELECT hash FROM passwords", &[]).await;
    let users: Vec<uuid::Uuid> = world.app.column("SELECT user_id FROM passwords", &[]).await;
    world.app.write("DELETE FROM passwords", &[]).await;
    world
        .app
        .write("UPDATE sessions SET authenticated_at = NULL", &[])
        .await;
    let seen = browser.get("", "/account").await;
    assert!(
        !page(&seen, 200).contains("current_password"),
        "{}",
        seen.text
    );
    let change = [("email", "lovelace@example.com")];
    let seen = browser.submit("", "/auth/email/change", &change).await;
    let html = page(&seen, 403);
    assert!(html.contains("action=\"/auth/reauthenticate\""), "{html}");
    let seen = browser
        .submit("", "/auth/reauthenticate", &[("password", "x")])
        .await;
    assert!(
        page(&seen, 409).contains("Your account has no password."),
        "{}",
        seen.text
    );

    let sql =
        "INSERT INTO passwords (user_id, hash, changed_at) SELECT $1, $2, created_at FROM users";
    let args = [users[0].into_value(), hashes[0].clone().into_value()];
    world.app.write(sql, &args).await;
    let seen = browser
        .submit("", "/auth/reauthenticate", &[("password", "x")])
        .await;
    assert!(beside(page(&seen, 422), "password").is_some());
    let fields = [("password", PASSWORD), ("next", "/account/sessions")];
    let seen = browser.submit("", "/auth/reauthenticate", &fields).await;
    assert_eq!((seen.status, seen.location()), (303, "/account/sessions"));
    let recent: Vec<i64> = world
        .app
        .column(
            "SELECT COUNT(*) FROM sessions WHERE authenticated_at IS NOT NULL",
            &[],
        )
        .await;
    assert_eq!(recent, [1], "of {ADA}");
}
