//! What a link becomes.

use serde_json::json;

use super::super::super::testing::world::{
    CLOSED, INVITE_ONLY, OPEN, PASSWORD, Place, World, on_both,
};
use super::assert_bad_token;
use crate::store::FieldValue;

on_both! {
    somebody_new_gets_an_account_and_joins:
        somebody_new_gets_an_account_and_joins_on_sqlite,
        somebody_new_gets_an_account_and_joins_on_postgres;
    a_link_is_good_once: a_link_is_good_once_on_sqlite, a_link_is_good_once_on_postgres;
    a_member_gains_roles: a_member_gains_roles_on_sqlite, a_member_gains_roles_on_postgres;
    a_suspended_membership_stays_suspended:
        a_suspended_membership_stays_suspended_on_sqlite,
        a_suspended_membership_stays_suspended_on_postgres;
    nobody_joins_a_suspended_tenant:
        nobody_joins_a_suspended_tenant_on_sqlite,
        nobody_joins_a_suspended_tenant_on_postgres;
    sign_up_decides_who_gets_an_account:
        sign_up_decides_who_gets_an_account_on_sqlite,
        sign_up_decides_who_gets_an_account_on_postgres;
    what_is_no_token_is_refused:
        what_is_no_token_is_refused_on_sqlite,
        what_is_no_token_is_refused_on_postgres;
    a_forged_token_is_as_bad_as_any:
        a_forged_token_is_as_bad_as_any_on_sqlite,
        a_forged_token_is_as_bad_as_any_on_postgres;
}

async fn somebody_new_gets_an_account_and_joins(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (id, token) = world
        .invite("acme", &owner, "New@example.com", &["viewer", "lead"])
        .await;
    for (body, field, code) in [
        (json!({ "token": token }), "password", "required"),
        (
            json!({ "token": token, "password": "short" }),
            "password",
            "too_short",
        ),
        (
            json!({ "token": token, "password": PASSWORD, "name": "a\nb" }),
            "name",
            "invalid",
        ),
        (
            json!({ "token": token, "password": PASSWORD, "roles": ["owner"] }),
            "roles",
            "unknown_field",
        ),
        (
            json!({ "token": token, "password": PASSWORD, "email": "x@y.zz" }),
            "email",
            "unknown_field",
        ),
    ] {
        let (status, answer) = world.accept("acme", None, body).await;
        let wrong = &answer["errors"][0];
        assert_eq!(
            (status, &wrong["field"], &wrong["code"]),
            (422, &json!(field), &json!(code)),
            "{answer}"
        );
    }
    let body = json!({ "token": token, "password": PASSWORD, "name": "Nia" });
    let (status, answer) = world.accept("", None, body).await;
    let expected = json!({ "status": "accepted", "tenant": { "slug": "acme", "name": "ACME" } });
    assert_eq!((status, answer), (200, expected));
    assert_eq!(
        world.members("acme").await,
        [
            "New@example.com: lead",
            "New@example.com: viewer",
            "ada@example.com: owner"
        ]
    );
    let token = world.sign_in("new@example.com").await;
    let (_, mine) = world
        .send("GET", "acme", "/api/me/permissions", Some(&token), None)
        .await;
    assert_eq!(mine["roles"], json!(["lead", "viewer"]));
    let listed = world.invitations("acme", &owner).await;
    assert_eq!(listed[0]["status"], json!("accepted"));
    let user: Vec<uuid::Uuid> = world
        .app
        .column("SELECT id FROM users WHERE name = 'Nia'", &[])
        .await;
    let accepted: Vec<uuid::Uuid> = world
        .column(
            "acme",
            "SELECT accepted_by FROM invitations WHERE tenant_id = $1",
        )
        .await;
    assert_eq!(accepted, user);
    let entries: Vec<serde_json::Value> = world
        .column(
            "acme",
            "SELECT changes FROM audit_log WHERE tenant_id = $1 AND action = 'members:create'",
        )
        .await;
    let [changes] = &entries[..] else {
        panic!("{entries:?}")
    };
    assert_eq!(changes["invitation_id"], json!({ "new": id }));
    let actor: Vec<uuid::Uuid> = world
        .column(
            "acme",
            "SELECT actor_id FROM audit_log WHERE tenant_id = $1 AND action = 'members:create'",
        )
        .await;
    assert_eq!(actor, user);
}

async fn a_link_is_good_once(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
    world.give("acme", "new@example.com", &[]).await;
    assert_bad_token(world.accept_by_password("acme", &token).await);
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "new@example.com: "]
    );
}

async fn a_member_gains_roles(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "vic@example.com", &["lead", "viewer"])
        .await;
    let vic = world.member("acme", "vic@example.com", &["viewer"]).await;
    let (status, _) = world
        .accept("acme", Some(&vic), json!({ "token": token }))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        world.members("acme").await,
        [
            "ada@example.com: owner",
            "vic@example.com: lead",
            "vic@example.com: viewer"
        ]
    );
    let actions: Vec<String> = world
        .column(
            "acme",
            "SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id DESC",
        )
        .await;
    assert_eq!(actions.first().unwrap(), "members:update");
}

async fn a_suspended_membership_stays_suspended(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "vic@example.com", &["lead"])
        .await;
    world.member("acme", "vic@example.com", &["viewer"]).await;
    let sql = "UPDATE user_tenants SET status = 'suspended' WHERE tenant_id = $1 \
               AND user_id = (SELECT id FROM users WHERE email = 'vic@example.com')";
    let tenant = world.tenant("acme").into_value();
    world.write("acme", sql, &[tenant]).await;
    assert_bad_token(world.accept_by_password("acme", &token).await);
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "vic@example.com: viewer"]
    );
    // Nor can they be invited anew.
    let path = "/api/invitations";
    world.send("DELETE", "acme", path, Some(&owner), None).await;
    let (status, answer) = world
        .try_invite("acme", &owner, "vic@example.com", &["lead"])
        .await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["code"]),
        (409, &json!("member"))
    );
}

async fn nobody_joins_a_suspended_tenant(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    let set = |status: &str| format!("UPDATE tenants SET status = '{status}' WHERE slug = 'acme'");
    world.app.write(&set("suspended"), &[]).await;
    let (status, answer) = world.accept_by_password("acme", &token).await;
    assert_eq!((status, &answer["code"]), (403, &json!("tenant_suspended")));
    assert_eq!(world.members("acme").await, ["ada@example.com: owner"]);
    assert_eq!(world.app.count("users").await, 1);
    // Once that is lifted, the link is as good as it was.
    world.app.write(&set("active"), &[]).await;
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
}

async fn sign_up_decides_who_gets_an_account(place: Place) {
    for (model, newcomer) in [(&INVITE_ONLY, 200), (&CLOSED, 404)] {
        let world = World::start(place, model).await;
        world.account("ada@example.com", Some("acme")).await;
        world.account("known@example.com", None).await;
        let owner = world.sign_in("ada@example.com").await;
        let (_, token) = world
            .invite("acme", &owner, "new@example.com", &["viewer"])
            .await;
        assert_eq!(world.accept_by_password("acme", &token).await.0, newcomer);
        let (_, token) = world
            .invite("acme", &owner, "known@example.com", &["viewer"])
            .await;
        assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
        let body = json!({ "email": "other@example.com", "password": PASSWORD });
        let (status, _) = world
            .send("POST", "", "/auth/signup", None, Some(body))
            .await;
        assert_eq!(status, 404);
    }
}

async fn a_forged_token_is_as_bad_as_any(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    let other = crate::authn::OpaqueToken::invitation(world.tenant("acme")).unwrap();
    // The secret of one tenant's invitation under the name of another's.
    let moved = crate::authn::OpaqueToken::invitation(world.tenant("globex")).unwrap();
    let (head, tail) = (&moved.reveal()[..25], &token[25..]);
    let nowhere = crate::authn::OpaqueToken::invitation(uuid::Uuid::now_v7()).unwrap();
    for forged in [
        "",
        "gwi_",
        &token[..token.len() - 1],
        &token.to_uppercase(),
        &format!("{head}{tail}"),
        other.reveal(),
        nowhere.reveal(),
    ] {
        for slug in ["acme", "globex", ""] {
            assert_bad_token(world.accept_by_password(slug, forged).await);
        }
    }
    assert_eq!(world.app.count("users").await, 2);
}

async fn what_is_no_token_is_refused(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    for token in [
        json!(null),
        json!(""),
        json!(" "),
        json!("\n"),
        json!("%"),
        json!([]),
        json!([""]),
        json!({}),
        json!({ "$ne": null }),
        json!(0),
        json!(true),
    ] {
        let body = json!({ "token": token, "password": PASSWORD });
        let (status, answer) = world.accept("acme", None, body).await;
        assert_eq!(
            (status, &answer["errors"][0]["field"]),
            (422, &json!("token")),
            "{token}"
        );
    }
    let (status, _) = world
        .accept("acme", None, json!({ "password": PASSWORD }))
        .await;
    assert_eq!(status, 422);
    assert_eq!(world.members("acme").await, ["ada@example.com: owner"]);
    assert_eq!(world.app.count("users").await, 1);
}
