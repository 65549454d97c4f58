//! Invitations over HTTP, on both databases.

mod accepting;
mod inviters;
mod inviting;
mod pages;
mod proof;
mod races;

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::super::testing::world::{PASSWORD, World};

const ACCEPT: &str = "/auth/invitations/accept";

impl World {
    /// Asks for an invitation.
    async fn try_invite(
        &self,
        slug: &str,
        inviter: &str,
        email: &str,
        roles: &[&str],
    ) -> (StatusCode, Json) {
        let body = json!({ "email": email, "roles": roles });
        let path = "/api/invitations";
        self.send("POST", slug, path, Some(inviter), Some(body))
            .await
    }

    /// Invites, and answers the invitation's id with the token that was mailed.
    async fn invite(
        &self,
        slug: &str,
        inviter: &str,
        email: &str,
        roles: &[&str],
    ) -> (String, String) {
        let (status, answer) = self.try_invite(slug, inviter, email, roles).await;
        assert_eq!(status, 201, "{answer}");
        let id = answer["id"].as_str().unwrap().to_owned();
        (id, self.mailed(slug).await)
    }

    /// The latest mail of a tenant.
    async fn mail(&self, slug: &str) -> Json {
        let sql =
            "SELECT payload FROM outbox WHERE tenant_id = $1 AND kind = 'mail' ORDER BY id DESC";
        let mails: Vec<String> = self.column(slug, sql).await;
        serde_json::from_str(mails.first().unwrap()).unwrap()
    }

    /// The token in the latest mail of a tenant.
    async fn mailed(&self, slug: &str) -> String {
        let mail = self.mail(slug).await;
        let body = mail["body"].as_str().unwrap().to_owned();
        let rest = body.split("token=").nth(1).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Accepts at the tenant's host.
    async fn accept(&self, slug: &str, signed_in: Option<&str>, body: Json) -> (u16, Json) {
        let (status, answer) = self.send("POST", slug, ACCEPT, signed_in, Some(body)).await;
        (status.as_u16(), answer)
    }

    /// Accepts with the password that accounts have here.
    async fn accept_by_password(&self, slug: &str, token: &str) -> (u16, Json) {
        let body = json!({ "token": token, "password": PASSWORD });
        self.accept(slug, None, body).await
    }

    async fn invitations(&self, slug: &str, reader: &str) -> Vec<Json> {
        let path = "/api/invitations";
        let (status, answer) = self.send("GET", slug, path, Some(reader), None).await;
        assert_eq!(status, 200, "{answer}");
        answer["data"].as_array().unwrap().clone()
    }

    /// Makes an invitation `days` older than it is.
    async fn age(&self, slug: &str, days: i64) {
        let sql = "SELECT sent_at FROM invitations WHERE tenant_id = $1 AND accepted_at IS NULL";
        let sent: Vec<jiff::Timestamp> = self.column(slug, sql).await;
        for sent in sent {
            let ago = |at: jiff::Timestamp| {
                let then = at - jiff::SignedDuration::from_hours(24 * days);
                crate::store::FieldValue::into_value(then)
            };
            let sql = "UPDATE invitations SET sent_at = $3, created_at = $3, expires_at = $4 \
                       WHERE tenant_id = $1 AND sent_at = $2";
            let expires = crate::clock::after(sent, super::LIFETIME);
            let args = [
                crate::store::FieldValue::into_value(self.tenant(slug)),
                crate::store::FieldValue::into_value(sent),
                ago(sent),
                ago(expires),
            ];
            self.write(slug, sql, &args).await;
        }
    }
}

/// A 422 on `token`, as every link that cannot be used gives, whatever the reason.
#[track_caller]
fn assert_bad_token((status, answer): (u16, Json)) {
    let errors = json!([{
        "field": "token", "code": "invalid",
        "message": "This invitation is not valid, or not any more. Ask for another.",
    }]);
    assert_eq!((status, &answer["errors"]), (422, &errors), "{answer}");
}
