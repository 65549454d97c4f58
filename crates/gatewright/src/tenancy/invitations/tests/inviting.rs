//! The tenant's side.

use std::time::Duration;

use serde_json::json;

use super::super::super::testing::world::{OPEN, Place, World, on_both, request};
use super::assert_bad_token;
use crate::store::FieldValue;

on_both! {
    an_invitation_is_mailed_and_listed:
        an_invitation_is_mailed_and_listed_on_sqlite,
        an_invitation_is_mailed_and_listed_on_postgres;
    nobody_invites_above_what_they_may_give:
        nobody_invites_above_what_they_may_give_on_sqlite,
        nobody_invites_above_what_they_may_give_on_postgres;
    what_cannot_be_invited_is_named:
        what_cannot_be_invited_is_named_on_sqlite,
        what_cannot_be_invited_is_named_on_postgres;
    another_tenants_invitations_are_not_there:
        another_tenants_invitations_are_not_there_on_sqlite,
        another_tenants_invitations_are_not_there_on_postgres;
    a_revoked_link_is_dead:
        a_revoked_link_is_dead_on_sqlite,
        a_revoked_link_is_dead_on_postgres;
    a_link_that_is_sent_again_kills_the_one_before:
        a_link_that_is_sent_again_kills_the_one_before_on_sqlite,
        a_link_that_is_sent_again_kills_the_one_before_on_postgres;
    an_expired_link_is_dead_and_makes_room:
        an_expired_link_is_dead_and_makes_room_on_sqlite,
        an_expired_link_is_dead_and_makes_room_on_postgres;
    names_in_a_mail_are_one_line_without_a_link:
        names_in_a_mail_are_one_line_without_a_link_on_sqlite,
        names_in_a_mail_are_one_line_without_a_link_on_postgres;
}

async fn an_invitation_is_mailed_and_listed(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = world.account("ada@example.com", Some("acme")).await;
    let token = world.sign_in("ada@example.com").await;
    let (status, made) = world
        .try_invite(
            "acme",
            &token,
            " New.One@Example.com ",
            &["viewer", "lead", "viewer"],
        )
        .await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        (
            &made["email"],
            &made["roles"],
            &made["status"],
            &made["invited_by"]
        ),
        (
            &json!("New.One@Example.com"),
            &json!(["lead", "viewer"]),
            &json!("pending"),
            &json!(ada)
        )
    );
    let secret = world.mailed("acme").await;
    assert!(!made.to_string().contains(&secret));
    let mail = world.mail("acme").await;
    assert_eq!(mail["recipient"], json!("New.One@Example.com"));
    let link = format!("http://acme.localhost:8080/auth/invitations/accept?token={secret}");
    assert!(mail["body"].as_str().unwrap().contains(&link), "{mail}");
    let stored: Vec<String> = world
        .column(
            "acme",
            "SELECT token_hash FROM invitations WHERE tenant_id = $1",
        )
        .await;
    assert_eq!(stored, [crate::digest::sha256_hex(secret.as_bytes())]);
    assert_eq!(world.invitations("acme", &token).await, [made]);
    let logged: Vec<String> = world
        .column(
            "acme",
            "SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id",
        )
        .await;
    assert_eq!(logged, ["tenant:create", "invitations:create"]);
    for number in 0..3 {
        let email = format!("other{number}@example.com");
        world.invite("acme", &token, &email, &["viewer"]).await;
    }
    let path = "/api/invitations?limit=3";
    let (_, first) = world.send("GET", "acme", path, Some(&token), None).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 3);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/invitations?limit=3&cursor={cursor}");
    let (_, second) = world.send("GET", "acme", &path, Some(&token), None).await;
    assert_eq!(second["data"][0]["roles"], json!(["lead", "viewer"]));
    assert_eq!(second["next_cursor"], json!(null));
}

async fn nobody_invites_above_what_they_may_give(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let admin = world.member("acme", "admin@example.com", &["admin"]).await;
    let lead = world.member("acme", "lead@example.com", &["lead"]).await;
    let clerk = world.member("acme", "clerk@example.com", &["clerk"]).await;
    let viewer = world
        .member("acme", "viewer@example.com", &["viewer"])
        .await;
    for (token, roles, status, permission) in [
        (&admin, &["owner"][..], 403, json!("roles:assign")),
        (&admin, &["viewer", "owner"], 403, json!("roles:assign")),
        (&lead, &["lead"], 403, json!("roles:assign")),
        (&lead, &["admin", "viewer"], 403, json!("roles:assign")),
        // May invite, and may give the role by its template, but may give none at all.
        (&clerk, &["viewer"], 403, json!("roles:assign")),
        (&viewer, &["viewer"], 403, json!("invitations:create")),
        (&admin, &["admin"], 201, json!(null)),
        (&lead, &["viewer"], 201, json!(null)),
    ] {
        let email = format!("new{}@example.com", uuid::Uuid::now_v7().simple());
        let (answered, answer) = world.try_invite("acme", token, &email, roles).await;
        assert_eq!(
            (answered.as_u16(), &answer["permission"]),
            (status, &permission),
            "{roles:?} {answer}"
        );
    }
    let mails: Vec<String> = world
        .column("acme", "SELECT kind FROM outbox WHERE tenant_id = $1")
        .await;
    assert_eq!(mails.len(), 2);
    // Neither does whoever sends it again.
    let all = world.invitations("acme", &admin).await;
    let above = all
        .iter()
        .find(|it| it["roles"] == json!(["admin"]))
        .unwrap();
    let path = format!("/api/invitations/{}/resend", above["id"].as_str().unwrap());
    world.age("acme", 1).await;
    let (status, answer) = world.send("POST", "acme", &path, Some(&lead), None).await;
    assert_eq!(
        (status.as_u16(), &answer["permission"]),
        (403, &json!("roles:assign"))
    );
}

async fn what_cannot_be_invited_is_named(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.member("acme", "vic@example.com", &["viewer"]).await;
    let token = world.sign_in("ada@example.com").await;
    world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    for (body, status, field, code) in [
        (
            json!({ "email": "x", "roles": ["viewer"] }),
            422,
            "email",
            "invalid",
        ),
        (
            json!({ "email": "x@example.com", "roles": [] }),
            422,
            "roles",
            "empty",
        ),
        (
            json!({ "email": "x@example.com" }),
            422,
            "roles",
            "required",
        ),
        (
            json!({ "email": "x@example.com", "roles": ["viewer", "gone"] }),
            422,
            "roles.1",
            "unknown",
        ),
        (
            json!({ "email": "x@example.com", "roles": ["Viewer"] }),
            422,
            "roles.0",
            "unknown",
        ),
        (
            json!({ "email": "x@example.com", "roles": ["viewer"], "tenant_id": "x" }),
            422,
            "tenant_id",
            "unknown_field",
        ),
        (
            json!({ "email": "VIC@example.com", "roles": ["viewer"] }),
            409,
            "email",
            "member",
        ),
        (
            json!({ "email": "NEW@Example.com", "roles": ["viewer"] }),
            409,
            "email",
            "pending",
        ),
    ] {
        let path = "/api/invitations";
        let (answered, answer) = world
            .send("POST", "acme", path, Some(&token), Some(body))
            .await;
        let wrong = &answer["errors"][0];
        assert_eq!(
            (answered.as_u16(), &wrong["field"], &wrong["code"]),
            (status, &json!(field), &json!(code)),
            "{answer}"
        );
    }
    assert_eq!(world.invitations("acme", &token).await.len(), 1);
}

async fn another_tenants_invitations_are_not_there(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let ada = world.sign_in("ada@example.com").await;
    let eve = world.sign_in("eve@example.com").await;
    let (id, token) = world
        .invite("acme", &ada, "new@example.com", &["viewer"])
        .await;
    world.age("acme", 1).await;
    assert_eq!(
        world.invitations("globex", &eve).await,
        Vec::<serde_json::Value>::new()
    );
    let nobody = uuid::Uuid::now_v7().to_string();
    for (method, id, rest) in [
        ("DELETE", &id, ""),
        ("POST", &id, "/resend"),
        ("DELETE", &nobody, ""),
        ("POST", &nobody, "/resend"),
    ] {
        let path = format!("/api/invitations/{id}{rest}");
        let (status, mut answer) = world.send(method, "globex", &path, Some(&eve), None).await;
        answer["request_id"] = json!(null);
        let expected = json!({
            "type": "urn:gatewright:problem:not_found", "title": "Not Found", "status": 404,
            "code": "not_found", "detail": "There is nothing here.", "request_id": null,
        });
        assert_eq!(
            (status.as_u16(), answer),
            (404, expected),
            "{method} {path}"
        );
        let (status, _) = world.send(method, "acme", &path, Some(&eve), None).await;
        assert_eq!(status, 403);
    }
    // The same address may be invited there, and another's link is worth nothing there.
    world
        .invite("globex", &eve, "new@example.com", &["viewer"])
        .await;
    assert_bad_token(world.accept_by_password("globex", &token).await);
    let (status, _) = world.accept_by_password("acme", &token).await;
    assert_eq!(status, 200);
    assert_eq!(world.members("globex").await, ["eve@example.com: owner"]);
}

async fn a_revoked_link_is_dead(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let token = world.sign_in("ada@example.com").await;
    let clerk = world.member("acme", "clerk@example.com", &["clerk"]).await;
    let (id, secret) = world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    let path = format!("/api/invitations/{id}");
    // Nor one who may revoke, but not give what was offered.
    let lead = world.member("acme", "lead@example.com", &["lead"]).await;
    let (above, _) = world
        .invite("acme", &token, "chief@example.com", &["admin"])
        .await;
    let above = format!("/api/invitations/{above}");
    let (status, answer) = world
        .send("DELETE", "acme", &above, Some(&lead), None)
        .await;
    assert_eq!(
        (status.as_u16(), &answer["permission"]),
        (403, &json!("roles:assign"))
    );
    let (status, _) = world
        .send("DELETE", "acme", &above, Some(&token), None)
        .await;
    assert_eq!(status, 204);
    let (status, answer) = world
        .send("DELETE", "acme", &path, Some(&clerk), None)
        .await;
    assert_eq!(
        (status.as_u16(), &answer["permission"]),
        (403, &json!("invitations:revoke"))
    );
    let (status, _) = world
        .send("DELETE", "acme", &path, Some(&token), None)
        .await;
    assert_eq!(status, 204);
    assert_bad_token(world.accept_by_password("acme", &secret).await);
    for (method, path) in [("DELETE", path.clone()), ("POST", format!("{path}/resend"))] {
        let (status, answer) = world.send(method, "acme", &path, Some(&token), None).await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (409, &json!("not_pending"))
        );
    }
    assert_eq!(
        world.invitations("acme", &token).await[0]["status"],
        json!("revoked")
    );
    // Not at once: to invite and revoke in turn would mail somebody without an end.
    let again = world.try_invite("acme", &token, "new@example.com", &["viewer"]);
    assert_eq!(again.await.0, 429);
    let earlier =
        "UPDATE invitations SET sent_at = '2026-01-01T00:00:00.000000Z' WHERE tenant_id = $1";
    let tenant = world.tenant("acme").into_value();
    world.write("acme", earlier, &[tenant]).await;
    world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
}

async fn a_link_that_is_sent_again_kills_the_one_before(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let token = world.sign_in("ada@example.com").await;
    let (id, first) = world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    let path = format!("/api/invitations/{id}/resend");
    let wait = async || {
        let request = request("POST", "acme", &path, Some(&token), None);
        let answer = world.raw(request).await;
        assert_eq!(answer.status(), 429);
        let seconds = answer.headers()["retry-after"].to_str().unwrap();
        seconds.parse::<i64>().unwrap()
    };
    let seconds = wait().await;
    assert!((50..=60).contains(&seconds), "{seconds}");
    // What is left of the minute, and not the whole of it.
    let sent_at = crate::clock::before(crate::clock::now(), Duration::from_secs(40));
    let sql = "UPDATE invitations SET sent_at = $1 WHERE tenant_id = $2";
    let args = [sent_at.into_value(), world.tenant("acme").into_value()];
    world.write("acme", sql, &args).await;
    let seconds = wait().await;
    assert!((1..=20).contains(&seconds), "{seconds}");
    assert_eq!(world.mailed("acme").await, first);
    // An expired one lives again.
    world.age("acme", 8).await;
    assert_bad_token(world.accept_by_password("acme", &first).await);
    let (status, again) = world.send("POST", "acme", &path, Some(&token), None).await;
    assert_eq!(
        (status.as_u16(), &again["status"]),
        (200, &json!("pending"))
    );
    assert_eq!(world.invitations("acme", &token).await, [again]);
    let second = world.mailed("acme").await;
    assert_ne!(first, second);
    assert_bad_token(world.accept_by_password("acme", &first).await);
    let (status, _) = world.accept_by_password("acme", &second).await;
    assert_eq!(status, 200);
    let (status, answer) = world.send("POST", "acme", &path, Some(&token), None).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (409, &json!("not_pending"))
    );
}

async fn an_expired_link_is_dead_and_makes_room(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let token = world.sign_in("ada@example.com").await;
    let (id, first) = world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    world.age("acme", 8).await;
    assert_eq!(
        world.invitations("acme", &token).await[0]["status"],
        json!("expired")
    );
    assert_bad_token(world.accept_by_password("acme", &first).await);
    let (_, second) = world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    let path = format!("/api/invitations/{id}/resend");
    let (status, _) = world.send("POST", "acme", &path, Some(&token), None).await;
    assert_eq!(status, 409);
    let listed = world.invitations("acme", &token).await;
    let statuses: Vec<_> = listed
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["pending", "expired"]);
    assert_bad_token(world.accept_by_password("acme", &first).await);
    assert_eq!(world.accept_by_password("acme", &second).await.0, 200);
}

async fn names_in_a_mail_are_one_line_without_a_link(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = world.account("ada@example.com", Some("acme")).await;
    let token = world.sign_in("ada@example.com").await;
    let name = "Win\" now!\r\nBcc: x@evil.example <a href=https://evil.example>";
    let args = [
        crate::store::FieldValue::into_value(ada),
        crate::store::FieldValue::into_value(name.to_owned()),
    ];
    world
        .app
        .write("UPDATE users SET name = $2 WHERE id = $1", &args)
        .await;
    world
        .app
        .write("UPDATE tenants SET name = $2 WHERE id <> $1", &args)
        .await;
    world
        .invite("acme", &token, "new@example.com", &["viewer"])
        .await;
    let mail = world.mail("acme").await;
    for part in ["subject", "body"] {
        let text = mail[part].as_str().unwrap();
        assert!(!text.contains("evil.example"), "{text}");
        assert!(!text.contains("https://evil"), "{text}");
        assert!(!text.contains('<') && !text.contains("now!\r"), "{text}");
    }
    assert!(!mail["subject"].as_str().unwrap().contains(['\r', '\n']));
}
