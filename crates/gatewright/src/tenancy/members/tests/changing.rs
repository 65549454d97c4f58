//! Roles and status of members: nobody gives or takes what is above them.

use super::*;

impl Stage {
    /// `PATCH /api/members/{id}` in Ada's tenant.
    async fn patch(&self, by: &Person, whom: &Person, body: Json) -> String {
        let id = self.membership(self.acme, whom).await;
        let path = format!("/api/members/{id}");
        self.at_acme(by, ("PATCH", &path), body).await.brief()
    }

    async fn roles_of(&self, whom: &Person) -> Json {
        let id = self.membership(self.acme, whom).await;
        let path = format!("/api/members/{id}");
        let answer = self.at_acme(&self.ada, ("GET", &path), Json::Null).await;
        answer.body["roles"].clone()
    }
}

/// An admin, an editor, a viewer, an auditor and somebody without any role.
struct Cast {
    admin: Person,
    editor: Person,
    viewer: Person,
    auditor: Person,
    nobody: Person,
}

async fn cast(stage: &Stage) -> Cast {
    let join = async |name: &str, roles: &[&str]| {
        let email = format!("{name}@example.com");
        stage.join(stage.acme, &email, roles).await
    };
    Cast {
        admin: join("admin", &["admin"]).await,
        editor: join("editor", &["editor"]).await,
        viewer: join("viewer", &["viewer"]).await,
        auditor: join("auditor", &["auditor"]).await,
        nobody: join("nobody", &[]).await,
    }
}

const NO: &str = "403 permission_denied roles:assign";

#[tokio::test]
async fn a_role_above_ones_own_is_neither_given_nor_taken() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        let Cast {
            admin,
            editor,
            viewer,
            auditor,
            nobody,
        } = &cast;
        // By, whom, the roles that they are to have, the answer.
        let tries: [(&Person, &Person, Json, &str); 13] = [
            (admin, viewer, json!(["owner"]), NO),
            (admin, viewer, json!(["viewer", "auditor"]), NO),
            (admin, auditor, json!([]), NO),
            (admin, auditor, json!(["auditor", "viewer"]), "200"),
            (admin, admin, json!(["admin", "owner"]), NO),
            (admin, &stage.ada, json!([]), NO),
            (auditor, viewer, json!([]), NO),
            (
                editor,
                viewer,
                json!(["viewer"]),
                "403 permission_denied members:update",
            ),
            (admin, viewer, json!(["editor", "viewer"]), "200"),
            (admin, viewer, json!(["viewer"]), "200"),
            (admin, nobody, json!(["admin"]), "200"),
            (&stage.ada, nobody, json!(["auditor", "owner"]), "200"),
            (&stage.ada, nobody, json!([]), "200"),
        ];
        for (by, whom, roles, expected) in tries {
            let before = stage.roles_of(whom).await;
            let answer = stage.patch(by, whom, json!({ "roles": roles })).await;
            assert_eq!(answer, expected, "{roles}");
            let mut after = stage.roles_of(whom).await;
            if expected == "200" {
                let mut wanted: Vec<_> = roles.as_array().unwrap().clone();
                wanted.sort_by_key(|role| role.as_str().unwrap().to_owned());
                assert_eq!(after, json!(wanted));
            } else {
                assert_eq!(after.take(), before);
            }
        }
    }
}

/// A role of the tenant's own goes by what it holds alone.
#[tokio::test]
async fn a_custom_role_is_given_by_whoever_holds_all_of_it() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        for (name, permissions) in [
            ("Packer", json!(["orders:read", "orders:ship:own"])),
            ("Refunder", json!(["orders:read", "refunds:create"])),
        ] {
            let body = json!({ "name": name, "permissions": permissions });
            let answer = stage.at_acme(&stage.ada, ("POST", "/api/roles"), body);
            assert_eq!(answer.await.status, 201);
        }
        let patch = async |roles: Json| {
            stage
                .patch(&cast.admin, &cast.viewer, json!({ "roles": roles }))
                .await
        };
        assert_eq!(patch(json!(["Refunder"])).await, NO);
        assert_eq!(patch(json!(["viewer", "Packer"])).await, "200");
        let held = stage.held(&cast.viewer).await;
        assert_eq!(held, json!(["orders:read", "orders:ship:own"]));
    }
}

#[tokio::test]
async fn nobody_suspends_or_removes_somebody_above_them() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        let (admin, ada) = (&cast.admin, &stage.ada);
        let suspend = json!({ "status": "suspended" });
        for whom in [ada, &cast.auditor] {
            assert_eq!(stage.patch(admin, whom, suspend.clone()).await, NO);
            let id = stage.membership(stage.acme, whom).await;
            let path = format!("/api/members/{id}");
            let answer = stage.at_acme(admin, ("DELETE", &path), Json::Null).await;
            assert_eq!(answer.brief(), NO);
        }
        assert_eq!(stage.patch(admin, admin, suspend.clone()).await, "409 self");
        assert_eq!(
            stage.patch(admin, &cast.editor, suspend.clone()).await,
            "200"
        );
        assert_eq!(
            stage.held(&cast.editor).await,
            json!("403 tenant_forbidden")
        );
        // A suspension ends by the same right: what it was taken from comes back.
        let active = json!({ "status": "active" });
        assert_eq!(
            stage.patch(ada, &cast.auditor, suspend.clone()).await,
            "200"
        );
        assert_eq!(stage.patch(admin, &cast.auditor, active.clone()).await, NO);
        assert_eq!(stage.patch(admin, &cast.editor, active).await, "200");
        let viewer = stage.membership(stage.acme, &cast.viewer).await;
        let path = format!("/api/members/{viewer}");
        let answer = stage.at_acme(admin, ("DELETE", &path), Json::Null).await;
        assert_eq!(answer.status, 204);
        assert_eq!(
            stage.held(&cast.viewer).await,
            json!("403 tenant_forbidden")
        );
        let log = stage.log(stage.acme).await;
        assert_eq!(
            log,
            [
                "tenant:create",
                "members:update",
                "members:update",
                "members:update",
                "members:remove"
            ]
        );
    }
}

#[tokio::test]
async fn a_demotion_holds_from_the_next_request_on() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        let Cast { admin, viewer, .. } = &cast;
        let to = |roles: Json| json!({ "roles": roles });
        let editor = to(json!(["editor"]));
        assert_eq!(stage.patch(admin, viewer, editor).await, "200");
        assert_eq!(
            stage.held(viewer).await,
            json!(["orders:read", "orders:create", "orders:update:own"])
        );
        assert_eq!(
            stage.patch(&stage.ada, admin, to(json!(["viewer"]))).await,
            "200"
        );
        let refused = stage.patch(admin, viewer, to(json!(["viewer"]))).await;
        assert_eq!(refused, "403 permission_denied members:update");
        assert_eq!(stage.held(admin).await, json!(["orders:read"]));
    }
}

#[tokio::test]
async fn a_body_names_roles_to_the_letter() {
    for stage in Stage::both().await {
        let viewer = stage
            .join(stage.acme, "viewer@example.com", &["viewer"])
            .await;
        for (body, expected) in [
            (json!({ "roles": ["Viewer"] }), "roles.0=unknown"),
            (json!({ "roles": ["viewer", "*"] }), "roles.1=unknown"),
            (json!({ "roles": ["viewer "] }), "roles.0=unknown"),
            (json!({ "roles": ["super_admin"] }), "roles.0=unknown"),
            (
                json!({ "roles": ["viewer", "viewer"] }),
                "roles.1=duplicate",
            ),
            (json!({ "roles": null }), "roles=required"),
            (json!({ "roles": [1] }), "roles.0=invalid_type"),
            (json!({ "status": "gone" }), "status=invalid_value"),
            (json!({ "status": null }), "status=required"),
            (json!({ "tenant_id": "x" }), "tenant_id=unknown_field"),
        ] {
            let answer = stage.patch(&stage.ada, &viewer, body).await;
            assert_eq!(answer, format!("422 invalid_input {expected}"));
        }
        assert_eq!(stage.patch(&stage.ada, &viewer, json!({})).await, "200");
        assert_eq!(stage.log(stage.acme).await, ["tenant:create"]);
    }
}

/// A membership of another tenant is none, byte for byte, and stays as it was.
#[tokio::test]
async fn another_tenants_member_is_not_there() {
    for stage in Stage::both().await {
        let other = stage
            .join(stage.globex, "other@example.com", &["viewer"])
            .await;
        let theirs = stage.membership(stage.globex, &other).await;
        for (method, rest, body) in [
            ("GET", "", Json::Null),
            ("PATCH", "", json!({ "roles": [] })),
            ("PATCH", "", json!({ "status": "suspended" })),
            ("DELETE", "", Json::Null),
            ("POST", "/transfer-ownership", json!({})),
            ("GET", "/permissions/orders:read", Json::Null),
        ] {
            for id in [theirs, Uuid::now_v7()] {
                let path = format!("/api/members/{id}{rest}");
                let answer = stage.at_acme(&stage.ada, (method, &path), body.clone());
                assert_eq!(answer.await.brief(), "404 not_found", "{method} {path}");
            }
        }
        // The same account in both tenants: what happens in one leaves the other alone.
        stage.add(stage.acme, &other, &["viewer"]).await;
        let ours = stage.membership(stage.acme, &other).await;
        let path = format!("/api/members/{ours}");
        let roles = json!({ "roles": ["owner"] });
        let ada = &stage.ada;
        assert_eq!(
            stage.at_acme(ada, ("PATCH", &path), roles).await.status,
            200
        );
        let both = async || {
            let sql = "SELECT r.name FROM user_tenant_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
                 WHERE a.tenant_id = $1 AND a.user_id = $2";
            let user = [other.user_id.into_value()];
            let acme = stage.column::<String>(stage.acme, sql, &user).await;
            let globex = stage.column::<String>(stage.globex, sql, &user).await;
            (acme, globex)
        };
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(both().await, (names(&["owner"]), names(&["viewer"])));
        let answer = stage.at_acme(ada, ("DELETE", &path), Json::Null).await;
        assert_eq!(answer.status, 204);
        assert_eq!(both().await, (names(&[]), names(&["viewer"])));
    }
}

#[tokio::test]
async fn who_is_removed_or_suspended_is_signed_out_on_the_tenants_host_alone() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        let open = async |person: &Person, transport: &str, tenant: Uuid| {
            let sql = "INSERT INTO sessions (id, user_id, host_tenant, transport, created_at, expires_at) \
                 SELECT $1, user_id, $3, $4, created_at, expires_at FROM sessions WHERE id = $2";
            let id = Uuid::now_v7();
            let args = [
                id.into_value(),
                person.session_id.into_value(),
                tenant.into_value(),
                transport.to_owned().into_value(),
            ];
            stage.app.write(sql, &args).await;
            id
        };
        let (viewer, editor, nobody) = (&cast.viewer, &cast.editor, &cast.nobody);
        let ended = [
            open(viewer, "cookie", stage.acme).await,
            open(editor, "cookie", stage.acme).await,
            open(nobody, "cookie", stage.acme).await,
        ];
        let alive = [
            open(viewer, "cookie", stage.globex).await,
            open(viewer, "bearer", stage.acme).await,
            open(&cast.auditor, "cookie", stage.acme).await,
        ];
        let suspend = json!({ "status": "suspended" });
        assert_eq!(stage.patch(&stage.ada, viewer, suspend).await, "200");
        let id = stage.membership(stage.acme, editor).await;
        let path = format!("/api/members/{id}");
        stage
            .at_acme(&stage.ada, ("DELETE", &path), Json::Null)
            .await;
        let leave = ("DELETE", "/api/me/membership");
        assert_eq!(stage.at_acme(nobody, leave, Json::Null).await.status, 204);
        let lives = async |id: Uuid| {
            let sql = "SELECT id FROM sessions WHERE id = $1 AND revoked_at IS NULL";
            let found: Vec<Uuid> = stage.app.column(sql, &[id.into_value()]).await;
            found.len() == 1
        };
        for id in ended {
            assert!(!lives(id).await);
        }
        for id in alive {
            assert!(lives(id).await);
        }
    }
}

#[tokio::test]
async fn a_tenant_is_handed_over_by_its_owner_alone() {
    for stage in Stage::both().await {
        let cast = cast(&stage).await;
        let transfer = async |by: &Person, to: &Person| {
            let id = stage.membership(stage.acme, to).await;
            let path = format!("/api/members/{id}/transfer-ownership");
            let answer = stage.at_acme(by, ("POST", &path), json!({})).await;
            answer.brief()
        };
        let (ada, admin, editor) = (&stage.ada, &cast.admin, &cast.editor);
        assert_eq!(transfer(admin, editor).await, NO);
        assert_eq!(transfer(editor, editor).await, NO);
        assert_eq!(transfer(ada, ada).await, "409 self");
        stage
            .patch(ada, &cast.viewer, json!({ "status": "suspended" }))
            .await;
        assert_eq!(transfer(ada, &cast.viewer).await, "409 member_suspended");
        assert_eq!(stage.owners(stage.acme).await, 1);
        assert_eq!(transfer(ada, editor).await, "200");
        assert_eq!(stage.held(ada).await, json!([]));
        let ids = stage.column::<Uuid>(
            stage.acme,
            "SELECT user_id FROM user_tenant_roles a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id \
             WHERE a.tenant_id = $1 AND r.name = 'owner'",
            &[],
        );
        assert_eq!(ids.await, [editor.user_id]);
        let log = stage.log(stage.acme).await;
        assert_eq!(
            log,
            [
                "tenant:create",
                "members:update",
                "members:transfer_ownership",
                "members:transfer_ownership"
            ]
        );
    }
}
