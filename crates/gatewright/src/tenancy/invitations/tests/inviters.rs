//! What an invitation is worth once whoever made it is judged again.

use serde_json::json;

use super::super::super::testing::world::{OPEN, Place, World, on_both};
use super::assert_bad_token;
use crate::store::{FieldValue, Value};

on_both! {
    an_inviter_who_was_demoted_gives_what_they_may_give_now:
        an_inviter_who_was_demoted_gives_what_they_may_give_now_on_sqlite,
        an_inviter_who_was_demoted_gives_what_they_may_give_now_on_postgres;
    an_inviter_who_is_gone_gives_nothing:
        an_inviter_who_is_gone_gives_nothing_on_sqlite,
        an_inviter_who_is_gone_gives_nothing_on_postgres;
    a_role_that_is_gone_is_not_given:
        a_role_that_is_gone_is_not_given_on_sqlite,
        a_role_that_is_gone_is_not_given_on_postgres;
    a_role_that_grew_above_its_inviter_is_not_given:
        a_role_that_grew_above_its_inviter_is_not_given_on_sqlite,
        a_role_that_grew_above_its_inviter_is_not_given_on_postgres;
    whoever_sends_it_again_answers_for_it:
        whoever_sends_it_again_answers_for_it_on_sqlite,
        whoever_sends_it_again_answers_for_it_on_postgres;
}

/// Two tenants, and an admin of the first who invites `new@example.com`.
async fn invited(place: Place, roles: &[&str]) -> (World, String) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let admin = world.member("acme", "max@example.com", &["admin"]).await;
    let (_, token) = world.invite("acme", &admin, "new@example.com", roles).await;
    (world, token)
}

impl World {
    /// Runs a statement about the admin. `$1` is the tenant, `$2` the account.
    async fn of_max(&self, sql: &str) {
        let max: Vec<uuid::Uuid> = self
            .app
            .column("SELECT id FROM users WHERE email = 'max@example.com'", &[])
            .await;
        let args: [Value; 2] = [
            self.tenant("acme").into_value(),
            max.first().unwrap().into_value(),
        ];
        self.write("acme", sql, &args).await;
    }
}

async fn an_inviter_who_was_demoted_gives_what_they_may_give_now(place: Place) {
    for (roles, given) in [
        // Of what was promised, only this is theirs to give.
        (&["lead"][..], Some("viewer")),
        (&["admin"], Some("admin viewer")),
        // These may invite no more, or give nothing.
        (&["viewer"], None),
        (&["clerk"], None),
        (&[], None),
    ] {
        let (world, token) = invited(place, &["admin", "viewer"]).await;
        world.give("acme", "max@example.com", roles).await;
        let answer = world.accept_by_password("acme", &token).await;
        let names: Vec<String> = world
            .members("acme")
            .await
            .into_iter()
            .filter_map(|line| line.strip_prefix("new@example.com: ").map(str::to_owned))
            .collect();
        match given {
            Some(given) => assert_eq!((answer.0, &*names.join(" ")), (200, given), "{roles:?}"),
            None => {
                assert_bad_token(answer);
                assert!(names.is_empty(), "{roles:?}");
                assert_eq!(world.app.count("users").await, 2);
            }
        }
    }
}

async fn an_inviter_who_is_gone_gives_nothing(place: Place) {
    for sql in [
        "DELETE FROM user_tenants WHERE tenant_id = $1 AND user_id = $2",
        "UPDATE user_tenants SET status = 'suspended' WHERE tenant_id = $1 AND user_id = $2",
        "UPDATE users SET status = 'suspended' WHERE id = $2 AND $1 = $1",
    ] {
        let (world, token) = invited(place, &["viewer"]).await;
        let typed = match place {
            Place::Sqlite => sql.to_owned(),
            Place::Postgres => sql.replace("$1 = $1", "$1::uuid IS NOT NULL"),
        };
        world.of_max(&typed).await;
        assert_bad_token(world.accept_by_password("acme", &token).await);
        assert_eq!(world.app.count("users").await, 2);
        // An acceptance that was refused spends nothing.
        let pending: Vec<Option<uuid::Uuid>> = world
            .column(
                "acme",
                "SELECT accepted_by FROM invitations WHERE tenant_id = $1 AND accepted_at IS NULL",
            )
            .await;
        assert_eq!(pending, [None]);
    }
}

async fn a_role_that_is_gone_is_not_given(place: Place) {
    let (world, token) = invited(place, &["lead", "viewer"]).await;
    let gone = "DELETE FROM roles WHERE tenant_id = $1 AND name = $2";
    let tenant = world.tenant("acme").into_value();
    let args = |name: &str| [tenant.clone(), name.to_owned().into_value()];
    world.write("acme", gone, &args("lead")).await;
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
    assert_eq!(
        world.members("acme").await,
        [
            "ada@example.com: owner",
            "max@example.com: admin",
            "new@example.com: viewer"
        ]
    );
    let max = world.sign_in("max@example.com").await;
    let (_, token) = world
        .invite("acme", &max, "other@example.com", &["viewer"])
        .await;
    world.write("acme", gone, &args("viewer")).await;
    assert_bad_token(world.accept_by_password("acme", &token).await);
}

async fn a_role_that_grew_above_its_inviter_is_not_given(place: Place) {
    let (world, _) = invited(place, &["viewer"]).await;
    let role = uuid::Uuid::now_v7().into_value();
    let tenant = world.tenant("acme").into_value();
    let sql = "INSERT INTO roles (tenant_id, id, name, created_at) \
               SELECT id, $2, 'packer', created_at FROM tenants WHERE id = $1";
    world
        .write("acme", sql, &[tenant.clone(), role.clone()])
        .await;
    let max = world.sign_in("max@example.com").await;
    let (_, token) = world
        .invite("acme", &max, "packer@example.com", &["packer", "viewer"])
        .await;
    let (_, second) = world
        .invite("acme", &max, "second@example.com", &["packer"])
        .await;
    let sql = "INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at) \
               SELECT id, $2, 'tenant:suspend', 'add', 'all', created_at FROM tenants WHERE id = $1";
    world.write("acme", sql, &[tenant, role]).await;
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
    assert_bad_token(world.accept_by_password("acme", &second).await);
    let members = world.members("acme").await;
    assert_eq!(members.last().unwrap(), "packer@example.com: viewer");
    let (status, answer) = world
        .try_invite("acme", &max, "third@example.com", &["packer"])
        .await;
    assert_eq!(
        (status.as_u16(), &answer["permission"]),
        (403, &json!("roles:assign"))
    );
}

async fn whoever_sends_it_again_answers_for_it(place: Place) {
    let (world, token) = invited(place, &["viewer"]).await;
    world
        .of_max("DELETE FROM user_tenants WHERE tenant_id = $1 AND user_id = $2")
        .await;
    assert_bad_token(world.accept_by_password("acme", &token).await);
    world.age("acme", 1).await;
    let owner = world.sign_in("ada@example.com").await;
    let listed = world.invitations("acme", &owner).await;
    let path = format!(
        "/api/invitations/{}/resend",
        listed[0]["id"].as_str().unwrap()
    );
    let (status, _) = world.send("POST", "acme", &path, Some(&owner), None).await;
    assert_eq!(status, 200);
    let token = world.mailed("acme").await;
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
}
