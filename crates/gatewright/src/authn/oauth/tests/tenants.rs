//! Visits from a tenant's host, and by an invitation.

use super::*;

on_both! {
    a_tenants_host_gets_its_session_by_the_handoff: handoff_on_sqlite, handoff_on_postgres;
    an_invitation_is_accepted_by_who_was_invited: invited_on_sqlite, invited_on_postgres;
}

async fn a_tenants_host_gets_its_session_by_the_handoff(place: Place) {
    let stage = Stage::open(place).await;
    stage.world.account("ada@acme.example", Some("acme")).await;
    stage
        .world
        .account("bob@acme.example", Some("globex"))
        .await;
    let mut browser = stage.browser();
    let path = "/auth/oauth/acme/start?next=/admin%3Fx%3D1";
    let ada = person("17", "ada@acme.example");
    let back = stage
        .visit_from(&mut browser, "acme", path, "acme", ada)
        .await;
    assert!(back.starts_with("http://localhost:8080/"), "{back}");
    let seen = browser.follow(&back).await;
    welcome(&seen, "/admin?x=1");
    assert_eq!(
        stage.me(&mut browser, "acme").await["email"],
        "ada@acme.example"
    );

    // Whoever is no member gets no session anywhere, and whoever is new no account.
    let before = stage.count("sessions").await;
    for (sub, email) in [("18", "bob@acme.example"), ("19", "new@acme.example")] {
        let mut browser = stage.browser();
        let who = person(sub, email);
        let back = stage
            .visit_from(&mut browser, "acme", path, "acme", who)
            .await;
        refused(&browser.follow(&back).await, 403);
    }
    assert_eq!(stage.count("users").await, 2);
    assert_eq!(stage.count("sessions").await, before);
    // A next that leads elsewhere does so by no host.
    for next in ["%2F%2Fevil.example", "http://globex.localhost:8080/"] {
        let mut browser = stage.browser();
        let path = format!("/auth/oauth/acme/start?next={next}");
        let ada = person("17", "ada@acme.example");
        let back = stage
            .visit_from(&mut browser, "acme", &path, "acme", ada)
            .await;
        welcome(&browser.follow(&back).await, "/");
    }
}

#[tokio::test]
async fn the_handoff_itself_leads_to_paths_alone() {
    let stage = Stage::open(Place::Sqlite).await;
    stage.world.account("ada@acme.example", Some("acme")).await;
    let mut browser = stage.browser();
    browser.sign_in("", "ada@acme.example").await;
    for (next, path) in [
        ("%2Fadmin", "/admin"),
        ("%2F%2Fevil.example", "/"),
        ("https:evil", "/"),
    ] {
        let url = format!("http://acme.localhost:8080/auth/handoff?from=&next={next}");
        welcome(&browser.follow(&url).await, path);
    }
    // What the cookie was made to say is judged again.
    let seen = browser
        .visit("http://acme.localhost:8080/auth/handoff?from=")
        .await;
    let to = seen.location().to_owned();
    let jar = browser.jar.get_mut("acme.localhost:8080").unwrap();
    let held = &jar["__Host-handoff"];
    let nonce = held.split('.').next().unwrap().to_owned();
    jar.insert(
        "__Host-handoff".to_owned(),
        format!("{nonce}..Ly9ldmlsLmV4YW1wbGU"),
    );
    welcome(&browser.follow(&to).await, "/");
}

async fn an_invitation_is_accepted_by_who_was_invited(place: Place) {
    for model in [&OPEN, &INVITE_ONLY] {
        let stage = Stage::of(place, model).await;
        stage.world.account("owner@example.com", Some("acme")).await;
        let owner = stage.world.sign_in("owner@example.com").await;
        stage.world.account("old@example.com", None).await;
        let token = invite(&stage, &owner, "new@example.com").await;
        let path = format!("/auth/oauth/globex/start?invitation={token}");

        // Somebody else's address, verified as it is, and an address that is not.
        let mut browser = stage.browser();
        let mut unverified = person("16", "new@example.com");
        unverified["email_verified"] = json!(false);
        for who in [person("17", "other@example.com"), unverified] {
            let back = stage
                .visit_from(&mut browser, "", &path, "globex", who)
                .await;
            refused(&browser.follow(&back).await, 403);
        }
        assert_eq!(stage.count("users").await, 2);
        let who = person("18", "New@Example.com");
        let back = stage
            .visit_from(&mut browser, "acme", &path, "globex", who.clone())
            .await;
        welcome(&browser.follow(&back).await, "/");
        assert_eq!(
            stage.me(&mut browser, "acme").await["email"],
            "New@Example.com"
        );
        let members = stage.world.members("acme").await;
        assert_eq!(
            members,
            ["New@Example.com: viewer", "owner@example.com: owner"]
        );
        // Once.
        let mut again = stage.browser();
        let back = stage.visit_from(&mut again, "", &path, "globex", who).await;
        refused(&again.follow(&back).await, 422);

        // An account that is there is invited by its address, and joins by its identity.
        let token = invite(&stage, &owner, "old@example.com").await;
        let path = format!("/auth/oauth/globex/start?invitation={token}");
        let mut browser = stage.browser();
        let back = stage
            .visit_from(
                &mut browser,
                "",
                &path,
                "globex",
                person("18", "old@example.com"),
            )
            .await;
        refused(&browser.follow(&back).await, 403);
        let mut old = stage.browser();
        old.sign_in("", "old@example.com").await;
        let asked = old.post("", "/auth/oauth/globex/link", json!({})).await;
        let sent = old.visit(asked.json()["location"].as_str().unwrap()).await;
        let back = stage
            .globex
            .authorize(sent.location(), person("20", "x@example.com"));
        welcome(&old.follow(&back).await, "/");
        let back = stage
            .visit_from(&mut old, "", &path, "globex", person("20", "x@example.com"))
            .await;
        welcome(&old.follow(&back).await, "/");
        assert_eq!(stage.world.members("acme").await.len(), 3);
    }
}

/// The token of an invitation for a viewer.
async fn invite(stage: &Stage, owner: &str, email: &str) -> String {
    let body = json!({ "email": email, "roles": ["viewer"] });
    let path = "/api/invitations";
    let (status, answer) = stage
        .world
        .send("POST", "acme", path, Some(owner), Some(body))
        .await;
    assert_eq!(status, 201, "{answer}");
    let sql = "SELECT payload FROM outbox WHERE tenant_id = $1 ORDER BY id DESC";
    let bodies: Vec<String> = stage.world.column("acme", sql).await;
    let token = bodies.first().unwrap().split("token=").nth(1).unwrap();
    let known = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    token.chars().take_while(|c| known(*c)).collect()
}
