//! Who is listed, and what may be done to whom.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::store::FieldValue;
use crate::tenancy::testing::{Person, Stage};

mod changing;
mod explaining;
mod racing;

#[tokio::test]
async fn each_member_is_listed_with_their_own_roles() {
    for stage in Stage::both().await {
        stage
            .join(stage.acme, "both@example.com", &["owner", "viewer"])
            .await;
        stage.join(stage.acme, "none@example.com", &[]).await;
        stage
            .join(stage.acme, "viewer@example.com", &["viewer"])
            .await;
        stage
            .join(stage.globex, "other@example.com", &["viewer"])
            .await;
        let get = async |query: &str| {
            let path = format!("/api/members?{query}");
            let answer = stage.at_acme(&stage.ada, ("GET", &path), Json::Null).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body
        };
        let of = |page: &Json| {
            let members = page["data"].as_array().unwrap().iter();
            let roles: Vec<Json> = members.map(|member| member["roles"].clone()).collect();
            json!(roles)
        };
        let first = get("limit=2").await;
        assert_eq!(of(&first), json!([["owner"], ["owner", "viewer"]]));
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = get(&format!("limit=2&cursor={cursor}")).await;
        assert_eq!(of(&second), json!([[], ["viewer"]]));
        assert_eq!(second["next_cursor"], Json::Null);
    }
}
