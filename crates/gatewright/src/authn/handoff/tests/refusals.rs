//! What neither step takes.

use serde_json::{Value as Json, json};

use super::world;
use crate::tenancy::testing::browser::{Browser, Seen, origin};
use crate::tenancy::testing::world::{Place, on_both};

on_both! {
    only_our_own_hosts_are_gone_to:
        only_our_own_hosts_are_gone_to_on_sqlite,
        only_our_own_hosts_are_gone_to_on_postgres;
    a_code_is_made_for_a_browser_and_a_member:
        a_code_is_made_for_a_browser_and_a_member_on_sqlite,
        a_code_is_made_for_a_browser_and_a_member_on_postgres;
    a_tenant_of_others_is_like_none:
        a_tenant_of_others_is_like_none_on_sqlite,
        a_tenant_of_others_is_like_none_on_postgres;
}

async fn only_our_own_hosts_are_gone_to(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    let refused = browser.get("acme", "/auth/handoff").await;
    for query in [
        "from=//evil",
        "from=%2F%2Fevil.example",
        "from=evil.example",
        "from=a.b",
        "from=GLOBEX",
        "from=globex@evil.example",
        "from=globex:80",
        "from=globex%23",
        "from=globex%0d%0aSet-Cookie:%20a=b",
        "from=%20globex",
        "from=globex%00",
        "from=http://globex.localhost:8080",
        "from=gl%C3%B6bex",
        "from=acme",
        "from=globex&from=globex",
        "from=globex&from=",
        "from=globex&code=gwh_x",
        "from=globex&next=/x&next=/y",
        "next=/x",
        "code=gwh_x&next=/x",
        "from",
        "code=",
        "code=gwh_",
        "code=gwv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "code=gwh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "code=%3Cscript%3E",
        "other=1",
    ] {
        let seen = browser.get("acme", &format!("/auth/handoff?{query}")).await;
        // `from` alone is the empty one: the base host.
        if query == "from" {
            assert_eq!(seen.status, 303);
            continue;
        }
        assert_eq!(seen.status, 400, "{query}");
        assert_eq!(seen.text, refused.text, "{query}");
        assert!(seen.set_cookies().is_empty(), "{query}");
        assert_eq!(seen.location(), "", "{query}");
    }
    let at_base = browser.get("", "/auth/handoff?from=").await;
    assert_eq!((at_base.status, at_base.location()), (400, ""));
    let from_base = browser.get("acme", "/auth/handoff?from=").await;
    let start = origin("") + "/auth/switch-tenant?to=acme&nonce=";
    assert!(from_base.location().starts_with(&start), "{from_base:?}");
    let to_base = browser.get("", "/auth/handoff?from=acme").await;
    let start = origin("acme") + "/auth/switch-tenant?to=&nonce=";
    assert!(to_base.location().starts_with(&start), "{to_base:?}");
}

async fn a_code_is_made_for_a_browser_and_a_member(place: Place) {
    let world = world(place).await;
    let hash = "0123456789abcdef".repeat(4);
    let path = |query: String| format!("/auth/switch-tenant?{query}");
    let good = path(format!("to=globex&nonce={hash}"));
    let mut browser = Browser::new(&world);
    assert_eq!(browser.get("acme", &good).await.status, 401);
    browser.sign_in("acme", "ada@example.com").await;
    for query in [
        String::new(),
        "to=globex".to_owned(),
        format!("nonce={hash}"),
        "to=globex&nonce=".to_owned(),
        format!("to=globex&nonce={}", hash.to_uppercase()),
        format!("to=globex&nonce={hash}0"),
        format!("to=globex&to=acme&nonce={hash}"),
        format!("to=globex&nonce={hash}&next=x"),
    ] {
        let seen = browser.get("acme", &path(query.clone())).await;
        assert_eq!(
            (seen.status, &seen.json()["code"], seen.location()),
            (400, &json!("broken_handoff"), ""),
            "{query}"
        );
    }
    let token = world.sign_in("ada@example.com").await;
    let (status, seen) = world.send("GET", "acme", &good, Some(&token), None).await;
    assert_eq!(
        (status.as_u16(), &seen["code"]),
        (400, &json!("broken_handoff"))
    );
    for (body, status) in [
        (json!({}), 422),
        (json!({ "tenant": 1 }), 422),
        (json!({ "tenant": "globex", "user": "x" }), 422),
        (json!({ "tenant": "//evil" }), 403),
        (json!({ "tenant": "evil.example" }), 403),
        (json!({ "tenant": "GLOBEX" }), 403),
        (json!({ "tenant": "" }), 403),
    ] {
        let seen = browser
            .post("acme", "/auth/switch-tenant", body.clone())
            .await;
        assert_eq!(seen.status, status, "{body}");
        let (bearer, _) = world
            .send("POST", "", "/auth/switch-tenant", Some(&token), Some(body))
            .await;
        assert_eq!(bearer.as_u16(), status);
    }
    assert_eq!(world.app.count("one_time_tokens").await, 0);
    assert_eq!(browser.get("acme", &good).await.status, 303);
}

/// Without what is the request's own.
fn bare(seen: &Seen) -> Json {
    let mut body = seen.json();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

async fn a_tenant_of_others_is_like_none(place: Place) {
    let world = world(place).await;
    let mut browser = Browser::new(&world);
    browser.sign_in("globex", "gus@example.com").await;
    let mut answers = Vec::new();
    let hash = "0123456789abcdef".repeat(4);
    for slug in ["acme", "nobody", "x"] {
        let body = json!({ "tenant": slug });
        answers.push(browser.post("globex", "/auth/switch-tenant", body).await);
        let path = format!("/auth/switch-tenant?to={slug}&nonce={hash}");
        answers.push(browser.get("globex", &path).await);
    }
    for answer in &answers {
        assert_eq!(answer.status, 403);
        assert_eq!(answer.json()["code"], "tenant_forbidden");
        assert_eq!(bare(answer), bare(&answers[0]));
    }
    let token = world.sign_in("gus@example.com").await;
    let mut answers = Vec::new();
    for slug in ["acme", "nobody"] {
        let body = json!({ "tenant": slug });
        let path = "/auth/switch-tenant";
        let (status, mut seen) = world.send("POST", "", path, Some(&token), Some(body)).await;
        assert_eq!(status, 403);
        seen.as_object_mut().unwrap().remove("request_id");
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(world.app.count("one_time_tokens").await, 0);
}
