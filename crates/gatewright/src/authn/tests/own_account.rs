//! What somebody may change of their own account, over HTTP, on both databases.

use serde_json::{Value as Json, json};

use super::mailbox::{ada_and_eve, ask, brief, logged};
use crate::tenancy::testing::world::{OPEN, Place, World, on_both};

on_both! {
    a_name_is_ones_own_to_change: a_name_on_sqlite, a_name_on_postgres;
    nothing_else_is: nothing_else_on_sqlite, nothing_else_on_postgres;
}

const ME: &str = "/auth/me";
const ADA: &str = "Ada@Example.com";

async fn a_name_is_ones_own_to_change(place: Place) {
    let world = World::start(place, &OPEN).await;
    ada_and_eve(&world).await;
    let access = world.sign_in(ADA).await;
    let (status, answer) = ask(
        &world,
        "PATCH",
        ME,
        Some(&access),
        json!({ "name": " Ada L. " }),
    )
    .await;
    assert_eq!((status, &answer["user"]["name"]), (200, &json!("Ada L.")));
    assert_eq!(answer["tenants"][0]["slug"], "acme");
    let (_, shown) = world.send("GET", "", ME, Some(&access), None).await;
    assert_eq!(shown, answer);
    for same in [json!({}), json!({ "name": "Ada L." })] {
        let again = ask(&world, "PATCH", ME, Some(&access), same).await;
        assert_eq!(again, (200, answer.clone()));
    }
    for (name, code) in [
        (json!("x".repeat(201)), "too_long"),
        (json!("Ada\nBcc: eve@example.com"), "invalid"),
        (json!(" "), "required"),
        (Json::Null, "required"),
        (json!(["Ada"]), "invalid_type"),
    ] {
        let refused = ask(&world, "PATCH", ME, Some(&access), json!({ "name": name })).await;
        assert_eq!(
            brief(refused),
            format!("422 invalid_input name={code}"),
            "{name}"
        );
    }
    assert_eq!(
        ask(&world, "PATCH", ME, None, json!({ "name": "Eve" }))
            .await
            .0,
        401
    );
    assert_eq!(logged(&world, "auth.renamed").await, 1);
    let names: Vec<String> = world
        .app
        .column("SELECT name FROM users ORDER BY name", &[])
        .await;
    assert_eq!(names, ["Ada L.", "eve"]);
}

async fn nothing_else_is(place: Place) {
    let world = World::start(place, &OPEN).await;
    let ada = ada_and_eve(&world).await;
    let unverified = "UPDATE users SET email_verified_at = NULL";
    world.app.write(unverified, &[]).await;
    let access = world.sign_in(ADA).await;
    for key in [
        "email",
        "email_normalized",
        "email_verified",
        "email_verified_at",
        "verified_at",
        "id",
        "user_id",
        "status",
        "password",
        "password_hash",
        "platform_role",
        "role",
        "roles",
        "created_at",
        "tenants",
        "user",
    ] {
        for value in [
            json!("eve@example.com"),
            json!(true),
            json!("super_admin"),
            json!({ "id": ada }),
        ] {
            let mut body = json!({ "name": "Mallory" });
            body[key] = value;
            let refused = ask(&world, "PATCH", ME, Some(&access), body).await;
            assert_eq!(
                brief(refused),
                format!("422 invalid_input {key}=unknown_field")
            );
        }
    }
    let sql = "SELECT email || ' ' || name || ' ' || status FROM users WHERE email_verified_at IS NULL ORDER BY email";
    let rows: Vec<String> = world.app.column(sql, &[]).await;
    assert_eq!(
        rows,
        ["Ada@Example.com Ada active", "eve@example.com eve active"]
    );
    assert_eq!(world.app.count("platform_roles").await, 0);
}
