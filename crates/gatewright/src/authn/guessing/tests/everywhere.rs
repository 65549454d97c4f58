//! Every path that verifies a password shares the counters.

use super::*;
use crate::authn::create_super_admin;
use crate::tenancy::testing::world::{OPEN, Place, on_both};

on_both! {
    a_guess_is_a_guess_wherever_it_is_made: everywhere_on_sqlite, everywhere_on_postgres;
    a_form_says_when_to_come_again: a_form_on_sqlite, a_form_on_postgres;
}

/// A request to every path that takes a password, by its name, with this one.
struct Paths {
    access: String,
    link: String,
    invitation: String,
}

impl Paths {
    async fn prepare(world: &World) -> Self {
        world.account("gus@example.com", Some("globex")).await;
        world.account("ada@example.com", None).await;
        let access = world.sign_in("ada@example.com").await;
        let runtime = &world.app.runtime;
        let link = create_super_admin(runtime, "ada@example.com")
            .await
            .unwrap();
        let owner = world.sign_in("gus@example.com").await;
        let invited = json!({ "email": "ada@example.com", "roles": ["viewer"] });
        let path = "/api/invitations";
        let (status, answer) = world
            .send("POST", "globex", path, Some(&owner), Some(invited))
            .await;
        assert_eq!(status, 201, "{answer}");
        let sql = "SELECT payload FROM outbox WHERE tenant_id = $1";
        let mail: String = world.column("globex", sql).await.remove(0);
        let mail: Json = serde_json::from_str(&mail).unwrap();
        let token = |text: &str| {
            let rest = text.split("token=").nth(1).unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };
        Self {
            access,
            link: token(&link),
            invitation: token(mail["body"].as_str().unwrap()),
        }
    }

    fn requests(&self, password: &str) -> [(&'static str, Request); 5] {
        let access = Some(self.access.as_str());
        let post = |path: &'static str, access, body| {
            (path, request("POST", "", path, access, Some(body)))
        };
        [
            ("/auth/login", login("ada@example.com", password)),
            post(
                "/auth/verify-email",
                None,
                json!({ "token": self.link, "password": password }),
            ),
            post(
                "/auth/invitations/accept",
                None,
                json!({ "token": self.invitation, "password": password }),
            ),
            post(
                "/auth/password/change",
                access,
                json!({ "current_password": password, "new_password": "a quiet lamp on the harbour wall" }),
            ),
            post(
                "/auth/reauthenticate",
                access,
                json!({ "password": password }),
            ),
        ]
    }
}

async fn a_guess_is_a_guess_wherever_it_is_made(place: Place) {
    let world = World::start(place, &OPEN).await;
    let paths = Paths::prepare(&world).await;
    let (ada, peer) = (account("ada@example.com"), "address:192.0.2.1");
    for (number, (path, request)) in (1..).zip(paths.requests(WRONG)) {
        let answer = seen(world.raw(from("192.0.2.1", request)).await).await;
        assert!(matches!(answer.status, 401 | 422), "{path}: {answer:?}");
        assert_eq!(failures(&world, &ada).await, Some(number), "{path}");
        assert_eq!(failures(&world, peer).await, Some(number), "{path}");
    }
    failed(&world, &ada, 12, 0).await;
    // A hash that cannot be read is a 500 as soon as anybody reads it.
    world
        .app
        .write("UPDATE passwords SET hash = 'broken'", &[])
        .await;
    for (path, request) in paths.requests(PASSWORD) {
        let answer = seen(world.raw(from("192.0.2.1", request)).await).await;
        assert_eq!(answer.status, 429, "{path}: {answer:?}");
        assert!((50..=64).contains(&answer.retry_after.unwrap()), "{path}");
    }
    assert_eq!(failures(&world, &ada).await, Some(12));
}

async fn a_form_says_when_to_come_again(place: Place) {
    let world = World::start(place, &OPEN).await;
    let paths = Paths::prepare(&world).await;
    failed(&world, &account("ada@example.com"), 12, 0).await;
    let forms = [
        ("/auth/verify-email", &paths.link),
        ("/auth/invitations/accept", &paths.invitation),
    ];
    for (path, token) in forms {
        let form = format!("token={token}&password=correct+horse+battery");
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(form))
            .unwrap();
        let page = world.raw(request).await;
        assert_eq!(page.status(), 429, "{path}");
        let seconds = page.headers()[header::RETRY_AFTER].to_str().unwrap();
        assert!((50..=64).contains(&seconds.parse().unwrap()), "{seconds}");
        assert_eq!(
            page.headers()[header::CONTENT_TYPE],
            "text/html; charset=utf-8"
        );
    }
}
