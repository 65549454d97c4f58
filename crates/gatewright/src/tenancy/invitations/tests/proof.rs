//! Who may accept.

use axum::body::Body;
use axum::extract::Request;
use http::header;
use serde_json::json;

use super::super::super::testing::world::{OPEN, PASSWORD, Place, World, on_both, read};
use super::{ACCEPT, assert_bad_token};

on_both! {
    an_account_accepts_by_its_password:
        an_account_accepts_by_its_password_on_sqlite,
        an_account_accepts_by_its_password_on_postgres;
    a_session_accepts_for_its_own_address_alone:
        a_session_accepts_for_its_own_address_alone_on_sqlite,
        a_session_accepts_for_its_own_address_alone_on_postgres;
    a_bad_credential_is_refused_and_spends_nothing:
        a_bad_credential_is_refused_and_spends_nothing_on_sqlite,
        a_bad_credential_is_refused_and_spends_nothing_on_postgres;
    a_cookie_accepts_from_a_page_of_its_own_host_alone:
        a_cookie_accepts_from_a_page_of_its_own_host_alone_on_sqlite,
        a_cookie_accepts_from_a_page_of_its_own_host_alone_on_postgres;
}

async fn an_account_accepts_by_its_password(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("known@example.com", None).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "KNOWN@example.com", &["viewer"])
        .await;
    let wrong = json!({ "token": token, "password": "another password" });
    let (status, answer) = world.accept("acme", None, wrong).await;
    assert_eq!(
        (status, &answer["errors"][0]["code"]),
        (422, &json!("incorrect"))
    );
    let suspend = "UPDATE users SET status = $1 WHERE email = 'known@example.com'";
    let status = |status: &str| [crate::store::Value::Text(status.to_owned())];
    world.app.write(suspend, &status("suspended")).await;
    let (code, answer) = world.accept_by_password("acme", &token).await;
    assert_eq!(
        (code, &answer["errors"][0]["code"]),
        (422, &json!("incorrect"))
    );
    world.app.write(suspend, &status("active")).await;
    assert_eq!(world.members("acme").await, ["ada@example.com: owner"]);
    let refused: Vec<String> = world
        .app
        .column(
            "SELECT action FROM platform_audit_log WHERE outcome = 'refused'",
            &[],
        )
        .await;
    assert_eq!(refused, ["auth.login_failed", "auth.login_failed"]);
    assert_eq!(world.accept_by_password("acme", &token).await.0, 200);
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "known@example.com: viewer"]
    );
}

async fn a_session_accepts_for_its_own_address_alone(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    world.account("known@example.com", None).await;
    let owner = world.sign_in("ada@example.com").await;
    let eve = world.sign_in("eve@example.com").await;
    let known = world.sign_in("known@example.com").await;
    for (address, right) in [("known@example.com", true), ("new@example.com", false)] {
        let (_, token) = world.invite("acme", &owner, address, &["viewer"]).await;
        // A password does not make somebody else of them.
        for body in [
            json!({ "token": token }),
            json!({ "token": token, "password": PASSWORD }),
        ] {
            for other in [&eve, &owner] {
                let (status, answer) = world.accept("acme", Some(other), body.clone()).await;
                assert_eq!(
                    (status, &answer["code"]),
                    (403, &json!("invitation_for_another"))
                );
            }
        }
        let (status, _) = world
            .accept("acme", Some(&known), json!({ "token": token }))
            .await;
        assert_eq!(status, if right { 200 } else { 403 });
    }
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "known@example.com: viewer"]
    );
    assert_eq!(world.app.count("users").await, 3);
}

async fn a_bad_credential_is_refused_and_spends_nothing(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("known@example.com", None).await;
    let owner = world.sign_in("ada@example.com").await;
    let known = world.sign_in("known@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "known@example.com", &["viewer"])
        .await;
    let body = json!({ "token": token, "password": PASSWORD });
    for bad in ["", "x", "a.b.c", &format!("{known}x")] {
        let (status, answer) = world.accept("acme", Some(bad), body.clone()).await;
        assert_eq!(
            (status, &answer["code"]),
            (401, &json!("unauthenticated")),
            "{bad:?}"
        );
    }
    let end = "UPDATE sessions SET revoked_at = created_at WHERE user_id = \
               (SELECT id FROM users WHERE email = 'known@example.com')";
    world.app.write(end, &[]).await;
    let (status, _) = world.accept("acme", Some(&known), body.clone()).await;
    assert_eq!(status, 401);
    let post = || Request::post(ACCEPT).header(header::HOST, "acme.localhost");
    let json_type = (header::CONTENT_TYPE, "application/json");
    let both = post()
        .header(json_type.0.clone(), json_type.1)
        .header(header::AUTHORIZATION, format!("Bearer {owner}"))
        .header("x-api-key", "gw_live_x")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(world.raw(both).await.status(), 400);
    let key = post()
        .header(json_type.0, json_type.1)
        .header("x-api-key", "gw_live_x")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(world.raw(key).await.status(), 401);
    assert_eq!(world.members("acme").await, ["ada@example.com: owner"]);
    assert_eq!(world.accept("acme", None, body).await.0, 200);
}

async fn a_cookie_accepts_from_a_page_of_its_own_host_alone(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("eve@example.com", Some("globex")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "eve@example.com", &["viewer"])
        .await;
    let cookie_at = async |host: &str| {
        let body = json!({ "email": "eve@example.com", "password": PASSWORD });
        let request = Request::post("/auth/login")
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = world.raw(request).await;
        let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        line.split(';').next().unwrap().to_owned()
    };
    let accept = async |host: &str, cookie: &str, site: Option<&str>| {
        let body = json!({ "token": token });
        let mut request = Request::post(ACCEPT)
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let (status, answer) = read(world.raw(request).await).await;
        (status.as_u16(), answer)
    };
    let (base, globex) = (
        cookie_at("localhost").await,
        cookie_at("globex.localhost").await,
    );
    for site in [None, Some("same-site"), Some("cross-site")] {
        let (status, answer) = accept("localhost", &base, site).await;
        assert_eq!((status, &answer["code"]), (403, &json!("cross_origin")));
    }
    // A browser's session is good on its own host, and another tenant's host knows nothing of the link.
    let same = Some("same-origin");
    for (host, cookie) in [
        ("acme.localhost", &base),
        ("acme.localhost", &globex),
        ("localhost", &globex),
    ] {
        let (status, answer) = accept(host, cookie, same).await;
        assert_eq!(
            (status, &answer["code"]),
            (403, &json!("tenant_forbidden")),
            "{host}"
        );
    }
    assert_bad_token(accept("globex.localhost", &globex, same).await);
    assert_eq!(accept("localhost", &base, same).await.0, 200);
    assert_eq!(
        world.members("acme").await,
        ["ada@example.com: owner", "eve@example.com: viewer"]
    );
}
