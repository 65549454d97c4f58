//! What roles may become, and by whom.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::store::FieldValue;
use crate::tenancy::testing::{Answer, Person, Stage};

mod changing;

impl Stage {
    pub(super) async fn create(&self, by: &Person, name: &str, permissions: Json) -> Answer {
        let body = json!({ "name": name, "permissions": permissions });
        self.at_acme(by, ("POST", "/api/roles"), body).await
    }

    /// Changes a role of Ada's tenant.
    pub(super) async fn alter(&self, by: &Person, role: &str, body: Json) -> Answer {
        let id = self.role(self.acme, role).await;
        let path = format!("/api/roles/{id}");
        self.at_acme(by, ("PATCH", &path), body).await
    }

    pub(super) async fn drop_role(&self, by: &Person, role: &str) -> String {
        let id = self.role(self.acme, role).await;
        let path = format!("/api/roles/{id}");
        let answer = self.at_acme(by, ("DELETE", &path), Json::Null).await;
        answer.brief()
    }

    pub(super) async fn show(&self, by: &Person, role: &str) -> Json {
        let id = self.role(self.acme, role).await;
        let path = format!("/api/roles/{id}");
        self.at_acme(by, ("GET", &path), Json::Null).await.body
    }
}

#[tokio::test]
async fn roles_are_listed_with_what_they_hold() {
    for stage in Stage::both().await {
        let admin = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let made = stage
            .create(
                &admin,
                "  Packer ",
                json!(["orders:read", "orders:ship:own"]),
            )
            .await;
        assert_eq!((made.status, made.etag.as_deref()), (201, Some("\"1\"")));
        assert_eq!(made.body["name"], "Packer");
        let get = async |path: &str| {
            let answer = stage.at_acme(&admin, ("GET", path), Json::Null).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body
        };
        let all = get("/api/roles").await;
        let rows = all["data"].as_array().unwrap();
        let of = |key: &str| -> Json { rows.iter().map(|row| row[key].clone()).collect() };
        assert_eq!(
            of("name"),
            json!(["owner", "admin", "editor", "auditor", "viewer", "Packer"])
        );
        assert_eq!(of("members"), json!([1, 1, 0, 0, 0, 0]));
        // An admin's roles assign neither; and an auditor holds what no admin holds.
        assert_eq!(
            of("assignable"),
            json!([false, true, true, false, true, true])
        );
        let mut editor = rows[2].clone();
        for key in ["id", "created_at"] {
            assert!(editor.as_object_mut().unwrap().remove(key).is_some());
        }
        assert_eq!(
            editor,
            json!({
                "name": "editor", "kind": "template", "version": 1, "members": 0, "assignable": true,
                "permissions": ["orders:read", "orders:create", "orders:update:own"],
                "added": [], "removed": [],
                "ceiling": ["orders:read", "orders:create", "orders:update", "orders:ship", "refunds:read", "refunds:create"],
            })
        );
        let packer = &rows[5];
        assert_eq!(packer["kind"], "custom");
        assert_eq!(
            packer["permissions"],
            json!(["orders:read", "orders:ship:own"])
        );
        assert_eq!(packer["ceiling"], Json::Null);
        assert!(packer.get("added").is_none());
        let first = get("/api/roles?limit=4").await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = get(&format!("/api/roles?limit=4&cursor={cursor}")).await;
        let names = |page: &Json| -> Vec<Json> {
            let rows = page["data"].as_array().unwrap().iter();
            rows.map(|row| row["name"].clone()).collect()
        };
        assert_eq!(json!([names(&first), names(&second)].concat()), of("name"));
    }
}

/// FN02, FN03: a slug is a permission of the model to the letter, or nothing.
#[tokio::test]
async fn a_permission_is_named_to_the_letter() {
    for stage in Stage::both().await {
        for slug in [
            "*",
            "*:*",
            "orders:*",
            "orders:*:own",
            "orders",
            "Orders:read",
            "orders:READ",
            "orders:read ",
            " orders:read",
            "orders:read\u{0}",
            "orders:re\u{430}d",
            "\u{ff4f}rders:read",
            "orders:read\u{200b}",
            "orders:read:own:own",
            "orders:read:all",
            "orders:create:own",
            "orders:read_cost:own",
            "members:read:own",
            "roles:assign:own",
            "platform:read_tenants",
            "platform:*",
            "super_admin",
            "member",
            "api_keys:create",
            "",
        ] {
            let answer = stage
                .create(&stage.ada, "Odd", json!(["orders:read", slug]))
                .await;
            assert_eq!(
                answer.brief(),
                "422 invalid_input permissions.1=unknown",
                "{slug:?}"
            );
            let answer = stage
                .alter(&stage.ada, "editor", json!({ "add": [slug] }))
                .await;
            assert_eq!(
                answer.brief(),
                "422 invalid_input add.0=unknown",
                "{slug:?}"
            );
        }
        for (permissions, expected) in [
            (
                json!(["orders:read", "orders:read"]),
                "permissions.1=duplicate",
            ),
            (
                json!(["orders:read", "orders:read:own"]),
                "permissions.1=duplicate",
            ),
            (json!("orders:read"), "permissions=invalid_type"),
            (json!([["orders:read"]]), "permissions.0=invalid_type"),
            (json!(null), "permissions=required"),
        ] {
            let answer = stage.create(&stage.ada, "Odd", permissions).await;
            assert_eq!(answer.brief(), format!("422 invalid_input {expected}"));
        }
        let body = json!({ "name": "Odd", "permissions": [], "template": "owner" });
        let answer = stage.at_acme(&stage.ada, ("POST", "/api/roles"), body);
        assert_eq!(
            answer.await.brief(),
            "422 invalid_input template=unknown_field"
        );
        assert_eq!(stage.log(stage.acme).await, ["tenant:create"]);
    }
}

#[tokio::test]
async fn a_role_has_a_name_of_its_own() {
    for stage in Stage::both().await {
        let long = "x".repeat(65);
        for name in [
            "",
            "  ",
            "a\nb",
            "own\u{200b}er",
            "a\u{202e}b",
            "tab\t.",
            &long,
        ] {
            let answer = stage.create(&stage.ada, name, json!([])).await;
            let brief = answer.brief();
            assert!(brief.starts_with("422 invalid_input name="), "{brief}");
        }
        let taken = "409 conflict name=taken";
        for name in ["owner", "Owner", "VIEWER", " viewer "] {
            let answer = stage.create(&stage.ada, name, json!([])).await;
            assert_eq!(answer.brief(), taken, "{name}");
        }
        for (name, expected) in [
            ("Packer", "201"),
            ("packer", taken),
            ("Ärzte", "201"),
            ("ärzte", taken),
            ("Filler", "201"),
        ] {
            let answer = stage.create(&stage.ada, name, json!([])).await;
            assert_eq!(answer.brief(), expected, "{name}");
        }
        let rename = async |name: &str| {
            let body = json!({ "name": name });
            stage.alter(&stage.ada, "Filler", body).await.brief()
        };
        assert_eq!(rename("PACKER").await, taken);
        assert_eq!(rename("Admin").await, taken);
        assert_eq!(rename("filler").await, "200");
        // A name is taken within its tenant alone.
        let body = json!({ "name": "Packer", "permissions": [] });
        let call = ("POST", "/api/roles");
        let answer = stage.send(&stage.gus, "globex", call, Some(body)).await;
        assert_eq!(answer.status, 201);
    }
}
