//! What a member may do is theirs in one tenant, and is decided anew for each request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Browser, Caller, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::client::Answer;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

/// One account's three ways in: a bearer token, which serves both tenants, and a browser on each host.
struct Ways<'a> {
    acme: [Way<'a>; 2],
    globex: [Way<'a>; 2],
}

enum Way<'a> {
    Bearer(Caller<'a>),
    Cookie(Browser<'a>),
}

impl Way<'_> {
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        match self {
            Self::Bearer(caller) => caller.send_with("", method, path, body),
            Self::Cookie(browser) => browser.send(method, path, body),
        }
    }

    /// What they may do, as the application says.
    fn roles(&self) -> Value {
        self.send("GET", "/api/me/permissions", None).body["roles"].clone()
    }

    /// Status of making a category, which editors and admins may and viewers may not; and what the
    /// refusal says.
    fn make(&self, name: &str) -> (u16, Value) {
        let body = json!({ "name": name });
        let answer = self.send("POST", "/api/categories", Some(&body));
        (answer.status, answer.body["permission"].clone())
    }

    /// Whether they may see who belongs to the tenant, which admins may.
    fn sees_members(&self) -> u16 {
        self.send("GET", "/api/members", None).status
    }
}

/// The id of a membership, found by an owner.
fn membership(owner: &Caller<'_>, email: &str) -> String {
    let members = owner.get("/api/members?limit=100").body;
    let members = members["data"].as_array().unwrap();
    let member = members.iter().find(|member| member["email"] == email);
    member.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_admin_in_tenant_a_is_still_a_viewer_in_tenant_b_unless_explicitly_granted_resolved_on_every_request()
 {
    const ALICE: &str = "admin@acme.example";
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        application.join(ALICE, "globex");
        application.give_role(ALICE, "globex", "viewer");
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@globex.example", "globex");
        let token = server.sign_in(ALICE, "acme");
        let ways = Ways {
            acme: [
                Way::Bearer(token.at("acme")),
                Way::Cookie(server.open_browser(ALICE, "acme")),
            ],
            globex: [
                Way::Bearer(token.at("globex")),
                Way::Cookie(server.open_browser(ALICE, "globex")),
            ],
        };
        let mut made = 0;
        // In turn, so that what one request resolved could serve the next one if anything kept it.
        let mut is_admin_in_acme_and = |roles: Value, makes: (u16, Value)| {
            for (acme, globex) in ways.acme.iter().zip(&ways.globex) {
                for _ in 0..2 {
                    made += 1;
                    assert_eq!(acme.roles(), json!(["admin"]));
                    assert_eq!(globex.roles(), roles);
                    assert_eq!(acme.make(&format!("A{made}")), (201, Value::Null));
                    assert_eq!(globex.make(&format!("G{made}")), makes);
                    assert_eq!(acme.sees_members(), 200);
                    assert_eq!(globex.sees_members(), 403);
                }
            }
        };
        let may_not = (403, json!("categories:create"));
        is_admin_in_acme_and(json!(["viewer"]), may_not.clone());

        // What she is in one tenant gives her nothing in the other, her own roles there least of all.
        let id = membership(&owner, ALICE);
        let path = format!("/api/members/{id}");
        for way in &ways.globex {
            let body = json!({ "roles": ["admin"] });
            let answer = way.send("PATCH", &path, Some(&body));
            assert_eq!(
                (answer.status, &answer.body["permission"]),
                (403, &json!("members:update"))
            );
        }
        for way in &ways.acme {
            let body = json!({ "roles": ["admin"] });
            assert_eq!(way.send("PATCH", &path, Some(&body)).status, 404);
        }
        is_admin_in_acme_and(json!(["viewer"]), may_not.clone());

        // Granted explicitly, it holds with the next request, and so it goes.
        let give = |roles: Value| {
            let answer = owner.patch(&path, &json!({ "roles": roles }));
            assert_eq!(answer.status, 200, "{answer:?}");
        };
        give(json!(["viewer", "editor"]));
        is_admin_in_acme_and(json!(["editor", "viewer"]), (201, Value::Null));
        give(json!(["viewer"]));
        is_admin_in_acme_and(json!(["viewer"]), may_not);

        // A browser's session is of one host. Out of the tenant, hers there ends; the others go on.
        for (way, tenant) in [(&ways.acme[1], "globex"), (&ways.globex[1], "acme")] {
            if let Way::Cookie(browser) = way {
                let astray = browser.send_astray(tenant, "/api/me/permissions");
                assert_eq!(astray.body["code"], "tenant_forbidden");
            }
        }
        assert_eq!(owner.delete(&path).status, 204);
        let code = |way: &Way<'_>| {
            let answer = way.send("GET", "/api/me/permissions", None);
            answer.body["code"].clone()
        };
        assert_eq!(code(&ways.globex[0]), "tenant_forbidden");
        assert_eq!(code(&ways.globex[1]), "unauthenticated");
        for way in &ways.acme {
            assert_eq!(way.roles(), json!(["admin"]));
        }
    }
}

/// The command decides as the gate does.
#[test]
fn the_command_explains_what_the_gate_decides() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let ask = |email: &str, permission: &str| -> Value {
            let output = application.must(&[
                "explain",
                "--tenant",
                "acme",
                "--email",
                email,
                "--permission",
                permission,
                "--format",
                "json",
            ]);
            serde_json::from_slice(&output.stdout).unwrap()
        };
        for (email, permission, decision, part) in [
            (
                "clerk@acme.example",
                "orders:update",
                "granted_own",
                "`clerk`",
            ),
            ("clerk@acme.example", "orders:read", "granted", "`clerk`"),
            (
                "viewer@acme.example",
                "orders:create",
                "denied",
                "None of their roles",
            ),
            ("no-roles@acme.example", "orders:read", "denied", "no role"),
            (
                "suspended-user@acme.example",
                "orders:read",
                "denied",
                "account is suspended",
            ),
            (
                "suspended-member@acme.example",
                "orders:read",
                "denied",
                "membership is suspended",
            ),
            ("owner@globex.example", "orders:read", "denied", "no member"),
        ] {
            let answer = ask(email, permission);
            assert_eq!(answer["decision"], decision, "{answer}");
            assert!(
                answer["reason"].as_str().unwrap().contains(part),
                "{answer}"
            );
        }
    }
}
