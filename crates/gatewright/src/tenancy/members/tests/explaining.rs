//! What `explain` says is what the gate does.

use super::*;

async fn explain(stage: &Stage, whom: &Person, slug: &str) -> Json {
    let id = stage.membership(stage.acme, whom).await;
    let path = format!("/api/members/{id}/permissions/{slug}");
    let answer = stage.at_acme(&stage.ada, ("GET", &path), Json::Null).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

/// For every permission and everybody it decides as the gate does.
#[tokio::test]
async fn it_agrees_with_the_gate() {
    for stage in Stage::both().await {
        for (name, roles) in [
            ("none", &[][..]),
            ("viewer", &["viewer"]),
            ("two", &["viewer", "editor"]),
            ("auditor", &["auditor"]),
            ("admin", &["admin"]),
        ] {
            let email = format!("{name}@example.com");
            let person = stage.join(stage.acme, &email, roles).await;
            let held = stage.held(&person).await;
            for permission in stage.app.runtime.model.permissions {
                let slug = permission.slug;
                let holds = |slug: &str| held.as_array().unwrap().contains(&json!(slug));
                let expected = if holds(slug) {
                    "granted"
                } else if holds(&format!("{slug}:own")) {
                    "granted_own"
                } else {
                    "denied"
                };
                let answer = explain(&stage, &person, slug).await;
                assert_eq!(answer["decision"], expected, "{name} {slug}");
                assert_eq!(answer["roles"].as_array().unwrap().len(), roles.len());
            }
        }
    }
}

#[tokio::test]
async fn it_tells_where_a_permission_comes_from() {
    for stage in Stage::both().await {
        let editor = stage
            .join(stage.acme, "editor@example.com", &["editor"])
            .await;
        let id = stage.role(stage.acme, "editor").await;
        let path = format!("/api/roles/{id}");
        let body = json!({ "add": ["orders:ship", "refunds:create"], "remove": ["orders:create"] });
        let answer = stage.at_acme(&stage.ada, ("PATCH", &path), body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let share = async |stage: &Stage, slug: &str| {
            let mut answer = explain(stage, &editor, slug).await;
            let decision = answer["decision"].take();
            (decision, answer["reason"].take(), answer["roles"][0].take())
        };
        let (decision, reason, _) = share(&stage, "orders:update").await;
        assert_eq!(decision, "granted_own");
        assert_eq!(
            reason,
            "Given by `editor`, for the records that they made alone."
        );
        let (decision, _, role) = share(&stage, "orders:ship").await;
        assert_eq!(decision, "granted");
        assert_eq!(
            role,
            json!({
                "role": "editor", "kind": "template", "template_gives": "none", "added": "all",
                "removed": false, "above_ceiling": false, "gives": "all",
            })
        );
        let (decision, reason, role) = share(&stage, "orders:create").await;
        assert_eq!(decision, "denied");
        assert_eq!(
            reason,
            "The tenant has taken it from `editor`, and no other role gives it."
        );
        assert_eq!(
            (&role["template_gives"], &role["removed"], &role["gives"]),
            (&json!("all"), &json!(true), &json!("none"))
        );

        let stage = stage.upgraded().await;
        let (decision, reason, role) = share(&stage, "orders:ship").await;
        assert_eq!(decision, "denied");
        assert!(reason.as_str().unwrap().contains("above the ceiling"));
        assert_eq!(
            (&role["added"], &role["above_ceiling"], &role["gives"]),
            (&json!("all"), &json!(true), &json!("none"))
        );
    }
}

#[tokio::test]
async fn what_lies_above_roles_decides_first() {
    for stage in Stage::both().await {
        let person = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let of = async || {
            let answer = explain(&stage, &person, "orders:create").await;
            let part = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
            [part("decision"), part("account"), part("membership")].join(" ")
        };
        assert_eq!(of().await, "granted active active");
        let user = [person.user_id.into_value()];
        stage
            .run(
                stage.acme,
                "UPDATE user_tenants SET status = 'suspended' WHERE tenant_id = $1 AND user_id = $2",
                &user,
            )
            .await;
        assert_eq!(of().await, "denied active suspended");
        let role = "INSERT INTO platform_roles (user_id, role, created_at) \
             SELECT id, 'support', created_at FROM users WHERE id = $1";
        stage.app.write(role, &user).await;
        let enter = "INSERT INTO platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at) \
             SELECT $1, $3, $2, 'support', 'a ticket', created_at, expires_at FROM sessions WHERE user_id = $2";
        let args = [person.user_id.into_value(), Uuid::now_v7().into_value()];
        stage.run(stage.acme, enter, &args).await;
        let answer = explain(&stage, &person, "orders:read").await;
        assert_eq!(answer["platform_entry"], true);
        assert_eq!(answer["decision"], "granted");
        let answer = explain(&stage, &person, "orders:create").await;
        assert_eq!(answer["decision"], "denied");
        // What they have become since is not what the tenant was told of.
        let promote = "UPDATE platform_roles SET role = 'super_admin' WHERE user_id = $1";
        stage.app.write(promote, &user).await;
        let answer = explain(&stage, &person, "orders:create").await;
        assert_eq!(answer["decision"], "denied");
        let suspend = "UPDATE users SET status = 'suspended' WHERE id = $1";
        stage.app.write(suspend, &user).await;
        assert_eq!(of().await, "denied suspended suspended");
    }
}

#[tokio::test]
async fn it_answers_nothing_else() {
    for stage in Stage::both().await {
        let person = stage
            .join(stage.acme, "admin@example.com", &["admin"])
            .await;
        let id = stage.membership(stage.acme, &person).await;
        for slug in [
            "orders:*",
            "Orders:read",
            "orders:read:own",
            "platform:read_users",
            "x",
        ] {
            let path = format!("/api/members/{id}/permissions/{slug}");
            let answer = stage.at_acme(&stage.ada, ("GET", &path), Json::Null).await;
            assert_eq!(answer.brief(), "404 not_found", "{slug}");
        }
        let runtime = &stage.app.runtime;
        let ask = async |tenant: &str, email: &str, slug: &str| {
            let answer = crate::tenancy::explain_to_operator(runtime, tenant, email, slug).await;
            answer.map_or_else(|error| error.to_string(), |explained| explained.to_string())
        };
        let text = ask("acme", "ADMIN@example.com", "refunds:read").await;
        assert_eq!(
            text,
            "admin@example.com in acme, refunds:read: denied\nNone of their roles gives it.\n\n\
             account active, membership active, tenant active\n\
             role admin (template): gives none; its template none\n"
        );
        let none = ask("globex", "admin@example.com", "refunds:read").await;
        assert!(none.contains("They are no member of this tenant"), "{none}");
        for (tenant, email, slug, part) in [
            (
                "nobody",
                "admin@example.com",
                "orders:read",
                "no tenant has the slug",
            ),
            (
                "acme",
                "nobody@example.com",
                "orders:read",
                "no account has the address",
            ),
            (
                "acme",
                "admin@example.com",
                "orders:*",
                "no permission `orders:*`",
            ),
        ] {
            let answer = ask(tenant, email, slug).await;
            assert!(answer.contains(part), "{answer}");
        }
    }
}
