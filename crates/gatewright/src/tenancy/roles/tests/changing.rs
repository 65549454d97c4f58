//! Nobody gives what they do not hold, and a template stays below its ceiling.

use super::*;

#[tokio::test]
async fn a_role_is_made_by_whoever_holds_all_of_it() {
    for stage in Stage::both().await {
        let admin = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let refused = |slug: &str| format!("403 permission_denied {slug}");
        for (permissions, expected) in [
            (
                json!(["orders:read", "refunds:read"]),
                refused("refunds:read"),
            ),
            (json!(["orders:delete:own"]), refused("orders:delete")),
            (json!(["audit:read"]), refused("audit:read")),
            (json!(["orders:read_cost"]), refused("orders:read_cost")),
            (
                json!(["orders:update:own", "roles:assign"]),
                "201".to_owned(),
            ),
        ] {
            let answer = stage.create(&admin, "Helper", permissions).await;
            assert_eq!(answer.brief(), expected);
        }
        // One's own records are not all records; all of them cover one's own.
        let body = json!({ "name": "Maker", "permissions": ["roles:create", "orders:update:own"] });
        let call = ("POST", "/api/roles");
        assert_eq!(stage.at_acme(&admin, call, body).await.status, 201);
        let maker = stage
            .join(stage.acme, "maker@example.com", &["Maker"])
            .await;
        for (slug, expected) in [
            ("orders:update", refused("orders:update")),
            ("orders:update:own", "201".to_owned()),
        ] {
            let answer = stage.create(&maker, "Made", json!([slug])).await;
            assert_eq!(answer.brief(), expected);
        }
    }
}

#[tokio::test]
async fn a_role_above_ones_own_is_not_changed() {
    for stage in Stage::both().await {
        let admin = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let (ada, no) = (&stage.ada, "403 permission_denied ");
        let made = stage
            .create(ada, "Refunder", json!(["orders:read", "refunds:create"]))
            .await;
        assert_eq!(made.status, 201);
        for (role, body, slug) in [
            ("Refunder", json!({ "permissions": [] }), "refunds:create"),
            ("Refunder", json!({ "name": "Less" }), "refunds:create"),
            (
                "auditor",
                json!({ "remove": ["members:update"] }),
                "audit:read",
            ),
            ("editor", json!({ "add": ["refunds:read"] }), "refunds:read"),
        ] {
            let answer = stage.alter(&admin, role, body).await.brief();
            assert_eq!(answer, format!("{no}{slug}"), "{role}");
        }
        assert_eq!(
            stage.drop_role(&admin, "Refunder").await,
            format!("{no}refunds:create")
        );
        // What an owner has added to the editor puts it above an admin.
        let more = json!({ "add": ["refunds:read"] });
        assert_eq!(stage.alter(ada, "editor", more).await.status, 200);
        let less = json!({ "add": [] });
        let answer = stage.alter(&admin, "editor", less.clone()).await;
        assert_eq!(answer.brief(), format!("{no}refunds:read"));
        // Nor may it be given by one any more.
        let view = stage.show(&admin, "editor").await;
        assert_eq!(view["assignable"], false);
        assert_eq!(stage.alter(ada, "editor", less).await.status, 200);
        // Removing widens nothing, but to take a removal back does.
        let remove = json!({ "remove": ["orders:create"] });
        assert_eq!(stage.alter(&admin, "editor", remove).await.status, 200);
        let auditor = stage
            .join(stage.acme, "auditor@example.com", &["auditor"])
            .await;
        stage.give(stage.acme, &auditor, "viewer").await;
        let answer = stage
            .alter(&auditor, "editor", json!({ "remove": [] }))
            .await;
        assert_eq!(answer.status, 403);
        assert_eq!(stage.drop_role(ada, "Refunder").await, "204");
    }
}

#[tokio::test]
async fn a_template_stays_below_its_ceiling_and_the_owner_as_it_is() {
    for stage in Stage::both().await {
        let ada = &stage.ada;
        for body in [
            json!({ "remove": ["orders:read"] }),
            json!({ "add": [] }),
            json!({ "name": "boss" }),
            json!({}),
        ] {
            let answer = stage.alter(ada, "owner", body).await;
            assert_eq!(answer.brief(), "409 owner_role");
        }
        // Nor does it follow what somebody wrote into the table.
        let take = "INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at) \
             SELECT tenant_id, id, 'orders:read', 'remove', 'all', created_at FROM roles \
             WHERE tenant_id = $1 AND template = 'owner'";
        stage.run(stage.acme, take, &[]).await;
        let held = stage.held(ada).await;
        assert_eq!(
            held.as_array().unwrap().len(),
            stage.app.runtime.model.permissions.len()
        );
        for (role, body, expected) in [
            (
                "editor",
                json!({ "add": ["orders:delete"] }),
                "add.0=above_ceiling",
            ),
            (
                "editor",
                json!({ "add": ["orders:ship", "orders:delete:own"] }),
                "add.1=above_ceiling",
            ),
            (
                "viewer",
                json!({ "add": ["orders:create"] }),
                "add.0=above_ceiling",
            ),
            (
                "admin",
                json!({ "add": ["audit:read"] }),
                "add.0=above_ceiling",
            ),
            (
                "editor",
                json!({ "remove": ["refunds:read"] }),
                "remove.0=not_held",
            ),
            (
                "editor",
                json!({ "add": ["orders:create"], "remove": ["orders:create"] }),
                "add.0=duplicate",
            ),
            (
                "editor",
                json!({ "permissions": [] }),
                "permissions=unknown_field",
            ),
            ("editor", json!({ "name": "writer" }), "name=unknown_field"),
        ] {
            let answer = stage.alter(ada, role, body).await;
            assert_eq!(answer.brief(), format!("422 invalid_input {expected}"));
        }
        let made = stage.create(ada, "Packer", json!(["orders:read"])).await;
        assert_eq!(made.status, 201);
        let answer = stage.alter(ada, "Packer", json!({ "add": [] })).await;
        assert_eq!(answer.brief(), "422 invalid_input add=unknown_field");
        for role in ["owner", "viewer"] {
            assert_eq!(stage.drop_role(ada, role).await, "409 template_role");
        }

        let editor = stage
            .join(stage.acme, "editor@example.com", &["editor"])
            .await;
        let body =
            json!({ "add": ["orders:ship", "refunds:read:own"], "remove": ["orders:create"] });
        let answer = stage.alter(ada, "editor", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.etag.as_deref(), Some("\"2\""));
        let held = json!([
            "orders:read",
            "orders:update:own",
            "orders:ship",
            "refunds:read:own"
        ]);
        assert_eq!(stage.held(&editor).await, held);
        // A list that is not sent stays.
        let answer = stage.alter(ada, "editor", json!({ "remove": [] })).await;
        assert_eq!(
            answer.body["added"],
            json!(["orders:ship", "refunds:read:own"])
        );
        assert_eq!(stage.held(&editor).await.as_array().unwrap().len(), 5);
    }
}

/// A ceiling that the schema lowers takes effect with the next start, and takes nothing away for good.
#[tokio::test]
async fn a_ceiling_that_is_lowered_later_holds() {
    for stage in Stage::both().await {
        let editor = stage
            .join(stage.acme, "editor@example.com", &["editor"])
            .await;
        let auditor = stage
            .join(stage.acme, "auditor@example.com", &["auditor"])
            .await;
        let add = json!({ "add": ["orders:ship", "refunds:create", "orders:update"] });
        assert_eq!(stage.alter(&stage.ada, "editor", add).await.status, 200);
        let stage = stage.upgraded().await;
        assert_eq!(
            stage.held(&editor).await,
            json!(["orders:read", "orders:create", "orders:update"])
        );
        let view = stage.show(&stage.ada, "editor").await;
        assert_eq!(
            view["added"],
            json!(["orders:ship", "orders:update", "refunds:create"])
        );
        let remove = json!({ "remove": ["orders:create"] });
        let answer = stage.alter(&stage.ada, "editor", remove).await;
        assert_eq!(
            answer.body["permissions"],
            json!(["orders:read", "orders:update"])
        );
        let again = json!({ "add": ["orders:ship"] });
        let answer = stage.alter(&stage.ada, "editor", again).await;
        assert_eq!(answer.brief(), "422 invalid_input add.0=above_ceiling");

        // The schema has dropped the auditor: it gives nothing, nobody gets it, anybody may take it.
        assert_eq!(stage.held(&auditor).await, json!([]));
        let admin = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let patch = async |whom: &Person, roles: Json| {
            let id = stage.membership(stage.acme, whom).await;
            let path = format!("/api/members/{id}");
            let body = json!({ "roles": roles });
            stage.at_acme(&admin, ("PATCH", &path), body).await.brief()
        };
        assert_eq!(
            patch(&editor, json!(["auditor"])).await,
            "422 invalid_input roles.0=unknown"
        );
        assert_eq!(patch(&auditor, json!(["viewer"])).await, "200");
    }
}

#[tokio::test]
async fn a_role_that_is_used_stays() {
    for stage in Stage::both().await {
        let ada = &stage.ada;
        let made = stage.create(ada, "Packer", json!(["orders:read"])).await;
        assert_eq!(made.status, 201);
        let packer = stage
            .join(stage.acme, "packer@example.com", &["Packer"])
            .await;
        assert_eq!(stage.drop_role(ada, "Packer").await, "409 role_in_use");
        let id = stage.membership(stage.acme, &packer).await;
        let path = format!("/api/members/{id}");
        stage.at_acme(ada, ("DELETE", &path), Json::Null).await;

        let role = stage.role(stage.acme, "Packer").await;
        let invitation = Uuid::now_v7();
        let now = crate::clock::now();
        let hour = std::time::Duration::from_secs(3_600);
        let invite = "INSERT INTO invitations (tenant_id, id, email, email_normalized, token_hash, invited_by, \
             created_at, sent_at, expires_at) VALUES ($1, $2, 'x', 'x', 'x', $3, $4, $4, $5)";
        let args = [
            invitation.into_value(),
            ada.user_id.into_value(),
            now.into_value(),
            (now + hour).into_value(),
        ];
        stage.run(stage.acme, invite, &args).await;
        let offer =
            "INSERT INTO invitation_roles (tenant_id, invitation_id, role_id) VALUES ($1, $2, $3)";
        let args = [invitation.into_value(), role.into_value()];
        stage.run(stage.acme, offer, &args).await;
        assert_eq!(stage.drop_role(ada, "Packer").await, "409 role_in_use");
        let expire = "UPDATE invitations SET expires_at = $3 WHERE tenant_id = $1 AND id = $2";
        let args = [invitation.into_value(), (now - hour).into_value()];
        stage.run(stage.acme, expire, &args).await;
        assert_eq!(stage.drop_role(ada, "Packer").await, "204");
        assert_eq!(
            stage.log(stage.acme).await,
            [
                "tenant:create",
                "roles:create",
                "members:remove",
                "roles:delete"
            ]
        );
    }
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_told() {
    for stage in Stage::both().await {
        let ada = &stage.ada;
        let made = stage.create(ada, "Packer", json!(["orders:read"])).await;
        let path = format!("/api/roles/{}", made.body["id"].as_str().unwrap());
        let patch = async |tag: &str, slugs: Json| {
            let body = Some(json!({ "permissions": slugs }));
            let call = ("PATCH", path.as_str());
            let answer = stage.send_if(ada, "acme", call, Some(tag), body).await;
            (answer.status, answer.etag)
        };
        let tag = |version: u32| Some(format!("\"{version}\""));
        assert_eq!(patch("\"1\"", json!(["orders:ship"])).await, (200, tag(2)));
        assert_eq!(patch("\"1\"", json!([])).await, (412, None));
        // Nothing changes: no new version, no entry.
        assert_eq!(patch("\"2\"", json!(["orders:ship"])).await, (200, tag(2)));
        let delete = ("DELETE", path.as_str());
        let stale = stage
            .send_if(ada, "acme", delete, Some("\"1\""), None)
            .await;
        assert_eq!(stale.status, 412);
        let done = stage
            .send_if(ada, "acme", delete, Some("\"2\""), None)
            .await;
        assert_eq!(done.status, 204);
        let changes =
            "SELECT changes FROM audit_log WHERE tenant_id = $1 AND resource = 'roles' ORDER BY id";
        let changes: Vec<Json> = stage.column(stage.acme, changes, &[]).await;
        assert_eq!(
            changes,
            [
                json!({ "name": { "new": "Packer" }, "permissions": { "new": ["orders:read"] } }),
                json!({ "permissions": { "old": ["orders:read"], "new": ["orders:ship"] } }),
                json!({ "name": { "old": "Packer" }, "permissions": { "old": ["orders:ship"] } }),
            ]
        );
    }
}

/// A role of another tenant is none, byte for byte, and stays as it was.
#[tokio::test]
async fn another_tenants_role_is_not_there() {
    for stage in Stage::both().await {
        let call = ("POST", "/api/roles");
        let body = json!({ "name": "Theirs", "permissions": ["orders:read"] });
        let made = stage.send(&stage.gus, "globex", call, Some(body)).await;
        let theirs = made.body["id"].as_str().unwrap().to_owned();
        for (method, body) in [
            ("GET", Json::Null),
            ("PATCH", json!({ "permissions": [] })),
            ("DELETE", Json::Null),
        ] {
            for id in [theirs.clone(), Uuid::now_v7().to_string()] {
                let path = format!("/api/roles/{id}");
                let answer = stage.at_acme(&stage.ada, (method, &path), body.clone());
                assert_eq!(answer.await.brief(), "404 not_found");
            }
        }
        let path = format!("/api/roles/{theirs}");
        let still = stage.send(&stage.gus, "globex", ("GET", &path), None).await;
        assert_eq!(still.body, made.body);
        // Nor can it be given here, by its name or otherwise.
        let viewer = stage
            .join(stage.acme, "viewer@example.com", &["viewer"])
            .await;
        let id = stage.membership(stage.acme, &viewer).await;
        let path = format!("/api/members/{id}");
        let body = json!({ "roles": ["Theirs"] });
        let answer = stage.at_acme(&stage.ada, ("PATCH", &path), body).await;
        assert_eq!(answer.brief(), "422 invalid_input roles.0=unknown");
    }
}
