use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::header;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::*;
use crate::authn;
use crate::authn::testing::App;
use crate::http::wrap;

async fn body(routes: &Router, request: Request) -> Json {
    let answer = routes.clone().oneshot(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn each_member_is_listed_with_their_own_roles() {
    let app = App::at_once().await;
    let mut api = Api::default();
    authn::register(&mut api);
    register(&mut api);
    let public: Vec<String> = api
        .routes()
        .filter(|route| route.access == crate::Access::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let routes = api.build(app.runtime.model, &public.join("\n")).unwrap();
    let routes = wrap(routes.router, &app.runtime);
    let signup = json!({
        "email": "owner@example.com", "password": "correct horse battery", "transport": "bearer",
        "tenant": { "name": "Acme", "slug": "acme" },
    });
    let signup = Request::post("/auth/signup")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(signup.to_string()))
        .unwrap();
    let token = body(&routes, signup).await["access_token"].clone();
    for (name, roles) in [
        ("both", &["owner", "viewer"][..]),
        ("none", &[]),
        ("viewer", &["viewer"]),
    ] {
        let id = Uuid::now_v7().into_value();
        let user = "INSERT INTO users (id, email, email_normalized, name, password_hash, created_at) \
                    VALUES ($1, $2, $2, $2, '', '2026-01-01T00:00:00.000000Z')";
        app.write(user, &[id.clone(), name.to_owned().into_value()])
            .await;
        let member = "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) \
                      SELECT id, $1, $2, created_at FROM tenants";
        app.write(member, &[Uuid::now_v7().into_value(), id.clone()])
            .await;
        for role in roles {
            let role = (*role).to_owned().into_value();
            let given = "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) \
                         SELECT tenant_id, $1, id, created_at FROM roles WHERE name = $2";
            app.write(given, &[id.clone(), role]).await;
        }
    }
    let get = |query: &str| {
        Request::get(format!("/api/members?{query}"))
            .header(header::HOST, "acme.localhost")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", token.as_str().unwrap()),
            )
            .body(Body::empty())
            .unwrap()
    };
    let of = |page: &Json| {
        let members = page["data"].as_array().unwrap().iter();
        let roles: Vec<Json> = members.map(|member| member["roles"].clone()).collect();
        json!(roles)
    };
    let first = body(&routes, get("limit=2")).await;
    assert_eq!(of(&first), json!([["owner"], ["owner", "viewer"]]));
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = body(&routes, get(&format!("limit=2&cursor={cursor}"))).await;
    assert_eq!(of(&second), json!([[], ["viewer"]]));
}
