//! Two tenants whose members and roles have the very same ids, in one database without row-level
//! security: whatever one tenant does, the other's rows stay as they are, and show nowhere. A statement
//! that forgets its tenant is noticed here, whichever one it is.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::testing::stage::{Person, Stage};
use crate::store::FieldValue;

/// Ids that both tenants have.
const PACKER: Uuid = Uuid::from_u128(0xF1);
const EDITOR: Uuid = Uuid::from_u128(0xF2);
const OWNER: Uuid = Uuid::from_u128(0xF5);
const VERA: Uuid = Uuid::from_u128(0xF3);
const OSCAR: Uuid = Uuid::from_u128(0xF4);

/// Ada owns acme, where Vera is a viewer and Oscar an editor. In globex Gus and Oscar are owners, Vera
/// is suspended and a packer, and the roles of these ids hold other things.
struct Twins {
    stage: Stage,
    vera: Person,
    oscar: Person,
}

impl Twins {
    async fn both() -> Vec<Self> {
        let mut both = Vec::new();
        for stage in Stage::both().await {
            stage.without_row_level_security().await;
            let vera = stage.account("vera@example.com").await;
            let oscar = stage.account("oscar@example.com").await;
            let twins = Self { stage, vera, oscar };
            twins.fill().await;
            both.push(twins);
        }
        both
    }

    async fn fill(&self) {
        let stage = &self.stage;
        for (tenant, person) in [(stage.globex, &stage.gus), (stage.acme, &stage.ada)] {
            // The owners have one id.
            let all = "DELETE FROM user_tenant_roles WHERE tenant_id = $1";
            stage.run(tenant, all, &[]).await;
            let owner = "UPDATE roles SET id = $2 WHERE tenant_id = $1 AND name = 'owner'";
            stage.run(tenant, owner, &[OWNER.into_value()]).await;
            stage.give(tenant, person, "owner").await;
        }
        stage.add(stage.globex, &stage.ada, &[]).await;
        for (tenant, name, slug, version) in [
            (stage.globex, "Globex packer", "refunds:delete", 7),
            (stage.acme, "Packer", "orders:ship", 1),
        ] {
            let role = "INSERT INTO roles (tenant_id, id, name, version, created_at) \
                 SELECT id, $2, $3, $4, created_at FROM tenants WHERE id = $1";
            let args = [
                PACKER.into_value(),
                name.to_owned().into_value(),
                i64::from(version).into_value(),
            ];
            stage.run(tenant, role, &args).await;
            // The editors have one id.
            let editor = "UPDATE roles SET id = $2 WHERE tenant_id = $1 AND name = 'editor'";
            stage.run(tenant, editor, &[EDITOR.into_value()]).await;
            let hold = "INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at) \
                 SELECT id, $2, $3, 'add', 'all', created_at FROM tenants WHERE id = $1";
            for (role, slug) in [(PACKER, slug), (EDITOR, "orders:ship")] {
                let args = [role.into_value(), slug.to_owned().into_value()];
                stage.run(tenant, hold, &args).await;
            }
        }
        for (id, person, ours, theirs) in [
            (VERA, &self.vera, "viewer", "Globex packer"),
            (OSCAR, &self.oscar, "editor", "owner"),
        ] {
            for (tenant, role, status) in [
                (
                    stage.globex,
                    theirs,
                    if id == VERA { "suspended" } else { "active" },
                ),
                (stage.acme, ours, "active"),
            ] {
                let member = "INSERT INTO user_tenants (tenant_id, id, user_id, status, created_at) \
                     SELECT id, $2, $3, $4, created_at FROM tenants WHERE id = $1";
                let args = [
                    id.into_value(),
                    person.user_id.into_value(),
                    status.to_owned().into_value(),
                ];
                stage.run(tenant, member, &args).await;
                stage.give(tenant, person, role).await;
            }
        }
        let user = [self.vera.user_id.into_value()];
        let staff = "INSERT INTO platform_roles (user_id, role, created_at) \
             SELECT id, 'super_admin', created_at FROM users WHERE id = $1";
        stage.app.write(staff, &user).await;
        let enter = "INSERT INTO platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at) \
             SELECT $1, id, user_id, 'super_admin', 'a ticket', created_at, expires_at FROM sessions WHERE user_id = $2";
        stage.run(stage.globex, enter, &user).await;
        // Globex's invitation can still be accepted; acme's of the same id is over.
        for (tenant, until) in [(stage.globex, "expires_at"), (stage.acme, "created_at")] {
            let invite = format!(
                "INSERT INTO invitations (tenant_id, id, email, email_normalized, token_hash, invited_by, created_at, \
                 sent_at, expires_at) \
                 SELECT $1, $2, 'x', 'x', 'x', user_id, created_at, created_at, {until} FROM sessions WHERE id = $3"
            );
            let args = [VERA.into_value(), stage.gus.session_id.into_value()];
            stage.run(tenant, &invite, &args).await;
            let offer = "INSERT INTO invitation_roles (tenant_id, invitation_id, role_id) VALUES ($1, $2, $3)";
            let args = [VERA.into_value(), PACKER.into_value()];
            stage.run(tenant, offer, &args).await;
        }
    }

    /// Everything that globex has of members and roles, and its log.
    async fn globex(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for sql in [
            "SELECT CAST(id AS TEXT) || name || COALESCE(template, '-') || CAST(version AS TEXT) FROM roles",
            "SELECT CAST(role_id AS TEXT) || permission || effect || extent FROM role_permissions",
            "SELECT CAST(id AS TEXT) || CAST(user_id AS TEXT) || status FROM user_tenants",
            "SELECT CAST(user_id AS TEXT) || CAST(role_id AS TEXT) FROM user_tenant_roles",
            "SELECT CAST(invitation_id AS TEXT) || CAST(role_id AS TEXT) FROM invitation_roles",
            "SELECT action FROM audit_log",
        ] {
            let sql = format!("{sql} WHERE tenant_id = $1 ORDER BY 1");
            all.push(self.stage.column(self.stage.globex, &sql, &[]).await);
        }
        all
    }

    /// Ada's request; globex is the same after it.
    async fn ada(&self, method: &str, path: &str, body: Json) -> (u16, Json) {
        self.by(&self.stage.ada, method, path, body).await
    }

    async fn by(&self, person: &Person, method: &str, path: &str, body: Json) -> (u16, Json) {
        let before = self.globex().await;
        let answer = self.stage.at_acme(person, (method, path), body).await;
        assert_eq!(self.globex().await, before, "{method} {path}");
        (answer.status, answer.body)
    }
}

#[tokio::test]
async fn what_is_read_is_the_tenants_own() {
    for twins in Twins::both().await {
        let (_, members) = twins.ada("GET", "/api/members", Json::Null).await;
        let of = |list: &Json, key: &str| -> Json {
            let rows = list["data"].as_array().unwrap().iter();
            rows.map(|row| row[key].clone()).collect()
        };
        let names = ["vera@example.com", "oscar@example.com", "ada@example.com"];
        assert_eq!(of(&members, "email"), json!(names));
        assert_eq!(
            of(&members, "roles"),
            json!([["viewer"], ["editor"], ["owner"]])
        );
        assert_eq!(
            of(&members, "status"),
            json!(["active", "active", "active"])
        );
        let vera = format!("/api/members/{VERA}");
        let (_, member) = twins.ada("GET", &vera, Json::Null).await;
        assert_eq!(member["status"], "active");
        assert_eq!(member["roles"], json!(["viewer"]));

        let (_, roles) = twins.ada("GET", "/api/roles", Json::Null).await;
        let names = ["Packer", "editor", "owner", "admin", "auditor", "viewer"];
        assert_eq!(of(&roles, "name"), json!(names));
        assert_eq!(of(&roles, "members"), json!([0, 1, 1, 0, 0, 1]));
        let packer = format!("/api/roles/{PACKER}");
        let (_, role) = twins.ada("GET", &packer, Json::Null).await;
        assert_eq!(role["permissions"], json!(["orders:ship"]));
        assert_eq!((&role["version"], &role["members"]), (&json!(1), &json!(0)));

        let explain = format!("{vera}/permissions/refunds:delete");
        let (_, explained) = twins.ada("GET", &explain, Json::Null).await;
        assert_eq!(explained["decision"], "denied");
        assert_eq!(explained["membership"], "active");
        assert_eq!(explained["roles"].as_array().unwrap().len(), 1);
        // Staff of the platform, she has entered globex and not acme.
        assert_eq!(explained["platform_entry"], false);
        let held = twins.stage.held(&twins.vera).await;
        assert_eq!(held, json!(["orders:read"]));
        // What the packer of globex holds is nothing to the packer of acme.
        let stage = &twins.stage;
        stage.give(stage.acme, &twins.vera, "Packer").await;
        let held = stage.held(&twins.vera).await;
        assert_eq!(held, json!(["orders:read", "orders:ship"]));
    }
}

#[tokio::test]
async fn what_is_changed_is_the_tenants_own() {
    for twins in Twins::both().await {
        let vera = format!("/api/members/{VERA}");
        // An admin holds all that acme's packer holds, and not what globex's does.
        let admin = twins
            .stage
            .join(twins.stage.acme, "admin@example.com", &["admin"])
            .await;
        for roles in [json!(["Packer", "viewer"]), json!(["viewer"])] {
            let body = json!({ "roles": roles });
            let (status, member) = twins.by(&admin, "PATCH", &vera, body).await;
            assert_eq!((status, &member["roles"]), (200, &roles));
        }
        for (body, status) in [
            (json!({ "roles": ["viewer", "Globex packer"] }), 422),
            (json!({ "roles": ["editor", "Packer"] }), 200),
            (json!({ "roles": ["owner", "viewer"] }), 200),
            (json!({ "roles": [] }), 200),
            (json!({ "status": "suspended" }), 200),
            (json!({ "status": "active" }), 200),
        ] {
            assert_eq!(twins.ada("PATCH", &vera, body).await.0, status);
        }
        let packer = format!("/api/roles/{PACKER}");
        let editor = format!("/api/roles/{EDITOR}");
        for (path, body) in [
            (&packer, json!({ "name": "globex packer" })),
            (
                &packer,
                json!({ "permissions": ["orders:read", "orders:ship"] }),
            ),
            (
                &editor,
                json!({ "add": ["refunds:read"], "remove": ["orders:create"] }),
            ),
            (&editor, json!({ "add": [], "remove": [] })),
        ] {
            let (status, answer) = twins.ada("PATCH", path, body).await;
            assert_eq!(status, 200, "{answer}");
        }
        // Globex has a packer and has offered the role; acme has not.
        assert_eq!(twins.ada("DELETE", &packer, Json::Null).await.0, 204);
        assert_eq!(twins.ada("DELETE", &vera, Json::Null).await.0, 204);
        assert_eq!(twins.ada("GET", &vera, Json::Null).await.0, 404);
    }
}

/// An owner of another tenant is none.
#[tokio::test]
async fn the_last_owner_is_the_tenants_own() {
    for twins in Twins::both().await {
        let leave = ("DELETE", "/api/me/membership");
        let (status, answer) = twins.ada(leave.0, leave.1, Json::Null).await;
        assert_eq!((status, &answer["code"]), (409, &json!("last_owner")));
        let ada = twins.stage.membership(twins.stage.acme, &twins.stage.ada);
        let ada = format!("/api/members/{}", ada.await);
        let (status, answer) = twins.ada("PATCH", &ada, json!({ "roles": [] })).await;
        assert_eq!((status, &answer["code"]), (409, &json!("last_owner")));
        let transfer = format!("/api/members/{OSCAR}/transfer-ownership");
        assert_eq!(twins.ada("POST", &transfer, json!({})).await.0, 200);
        // Ada is active in globex, and suspended here.
        for body in [
            json!({ "roles": ["owner"] }),
            json!({ "status": "suspended" }),
        ] {
            let (status, _) = twins.by(&twins.oscar, "PATCH", &ada, body).await;
            assert_eq!(status, 200);
        }
        let (status, _) = twins.by(&twins.vera, leave.0, leave.1, Json::Null).await;
        assert_eq!(status, 204);
        let (status, answer) = twins.by(&twins.oscar, leave.0, leave.1, Json::Null).await;
        assert_eq!((status, &answer["code"]), (409, &json!("last_owner")));
    }
}
