//! The pages behind the link.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header;
use http_body_util::BodyExt;

use super::super::super::testing::world::{CLOSED, OPEN, Place, World, on_both};
use super::ACCEPT;

on_both! {
    the_form_spends_nothing_and_joins_when_it_is_sent:
        the_form_spends_nothing_and_joins_when_it_is_sent_on_sqlite,
        the_form_spends_nothing_and_joins_when_it_is_sent_on_postgres;
    names_stay_text_in_a_page: names_stay_text_in_a_page_on_sqlite, names_stay_text_in_a_page_on_postgres;
    a_page_says_why_not: a_page_says_why_not_on_sqlite, a_page_says_why_not_on_postgres;
}

async fn page(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    if status == 303 {
        return (
            303,
            answer.headers()["location"].to_str().unwrap().to_owned(),
        );
    }
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

impl World {
    async fn open(&self, token: &str) -> (u16, String) {
        let request = Request::get(format!("{ACCEPT}?token={token}"))
            .header(header::HOST, "acme.localhost")
            .body(Body::empty())
            .unwrap();
        page(self.raw(request).await).await
    }

    async fn submit(&self, form: &str, cookie: Option<&str>) -> Response {
        let mut request = Request::post(ACCEPT)
            .header(header::HOST, "acme.localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.raw(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }
}

async fn the_form_spends_nothing_and_joins_when_it_is_sent(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("known@example.com", None).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, known) = world
        .invite("acme", &owner, "known@example.com", &["viewer"])
        .await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    for _ in 0..3 {
        let (status, text) = world.open(&token).await;
        assert_eq!(status, 200);
        assert!(
            text.contains("Choose a password") && text.contains("new@example.com"),
            "{text}"
        );
        assert!(text.contains("name=\"name\""), "{text}");
    }
    let (status, text) = world.open(&known).await;
    assert!(
        status == 200 && text.contains("Your password") && !text.contains("name=\"name\""),
        "{text}"
    );
    let form = format!("token={token}&password=short&name=Nia");
    let (status, text) = page(world.submit(&form, None).await).await;
    assert!(
        status == 422 && text.contains("Use at least 8 characters"),
        "{text}"
    );
    let form = format!("token={token}&password=correct+horse+battery&name=Nia");
    let (status, text) = page(world.submit(&form, None).await).await;
    assert_eq!((status, text.as_str()), (303, "/auth/login?notice=joined"));
    let form = format!("token={known}&password=correct+horse+battery");
    assert_eq!(page(world.submit(&form, None).await).await.0, 303);
    assert_eq!(
        world.members("acme").await,
        [
            "ada@example.com: owner",
            "known@example.com: viewer",
            "new@example.com: viewer"
        ]
    );
}

async fn names_stay_text_in_a_page(place: Place) {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let name = "<script>alert(1)</script>\" onload=x '&";
    let args = [crate::store::Value::Text(name.to_owned())];
    world.app.write("UPDATE tenants SET name = $1", &args).await;
    let address = "o'neil&co@example.com";
    let (_, token) = world.invite("acme", &owner, address, &["viewer"]).await;
    let escaped = "&lt;script&gt;alert(1)&lt;&#x2f;script&gt;&quot; onload=x &#x27;&amp;";
    let (_, text) = world.open(&token).await;
    assert!(
        text.contains(escaped) && !text.contains("<script"),
        "{text}"
    );
    assert!(text.contains("o&#x27;neil&amp;co@example.com"), "{text}");
    let form = format!("token={token}&password=x&name=%3Cscript%3E%22");
    let (status, text) = page(world.submit(&form, None).await).await;
    assert!(
        status == 422 && text.contains(escaped) && !text.contains("<script"),
        "{text}"
    );
    assert!(text.contains("value=\"&lt;script&gt;&quot;\""), "{text}");
}

async fn a_page_says_why_not(place: Place) {
    let world = World::start(place, &CLOSED).await;
    world.account("ada@example.com", Some("acme")).await;
    let owner = world.sign_in("ada@example.com").await;
    let (_, token) = world
        .invite("acme", &owner, "new@example.com", &["viewer"])
        .await;
    let (status, text) = world.open(&token).await;
    assert!(
        status == 404 && text.contains("New accounts are not made here"),
        "{text}"
    );
    let (status, text) = world.open("gwi_%22%3E%3Cscript%3E").await;
    assert!(
        status == 422 && text.contains("cannot be used") && !text.contains("<script"),
        "{text}"
    );
    assert_eq!(world.open(&format!("{token}&token={token}")).await.0, 422);
    assert_eq!(page(world.submit("password=x", None).await).await.0, 422);
    // A session that is over is forgotten, so that it stands in nobody's way.
    let form = format!("token={token}&password=x");
    let answer = world.submit(&form, Some("__Host-access=a.b.c")).await;
    let cleared = answer.headers().get_all(header::SET_COOKIE).iter().count();
    assert_eq!((page(answer).await.0, cleared), (401, 2));
}
