//! Nobody migrates who does not see every tenant's rows.

use super::*;

const MADE: Migration = Migration {
    version: 1,
    name: "init",
    sql: "CREATE TABLE notes (tenant_id uuid, size bigint);
          ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
          ALTER TABLE notes FORCE ROW LEVEL SECURITY;
          CREATE POLICY tenant ON notes USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
          CREATE POLICY migration ON notes TO CURRENT_USER USING (true) WITH CHECK (true);
          INSERT INTO notes VALUES (gen_random_uuid(), 7);",
};
const CHECKED: Migration = Migration {
    version: 2,
    name: "small",
    sql: "-- check: notes are too big\nSELECT size FROM notes WHERE size > 1;\nALTER TABLE notes DROP COLUMN size;\n",
};

/// After `harm`, done by a superuser, the owner does not migrate; the SQL that the refusal prints
/// mends it, and then the owner sees what is in the way.
async fn refuses(harm: &str, remedy: &str) {
    let server = Server::new().await;
    let owner = server.owner_role();
    let url = server.owner_url();
    apply(&url, &both(&[MADE]), None).await.unwrap();
    let named = |text: &str| text.replace("{owner}", &owner);
    server.as_superuser(&named(harm)).await;

    // Where nothing is to be done, it does not matter.
    assert!(apply(&url, &both(&[MADE]), None).await.unwrap().is_empty());
    let refused = refusal(&url, both(&[MADE, CHECKED])).await;
    let begins =
        format!("row-level security hides rows of notes from the migrating role {owner}, so ");
    assert!(refused.starts_with(&begins), "{refused}");
    assert!(refused.ends_with(&named(remedy)), "{refused}");

    let (_, mend) = refused.split_once("superuser:\n").unwrap();
    server.as_superuser(&mend.replace('…', "narrow")).await;
    let refused = refusal(&url, both(&[MADE, CHECKED])).await;
    assert!(refused.contains("notes are too big\n  7"), "{refused}");
}

#[tokio::test]
async fn a_role_without_a_policy_is_refused() {
    refuses(
        "DROP POLICY migration ON notes",
        "CREATE POLICY migration ON notes TO {owner} USING (true) WITH CHECK (true);",
    )
    .await;
}

/// As after a dump that another role restored.
#[tokio::test]
async fn a_policy_for_another_role_does_not_count() {
    refuses(
        "ALTER POLICY migration ON notes TO gatewright_platform",
        "ALTER POLICY migration ON notes TO {owner} USING (true) WITH CHECK (true);",
    )
    .await;
}

#[tokio::test]
async fn a_policy_that_narrows_is_refused() {
    refuses(
        "CREATE POLICY narrow ON notes AS RESTRICTIVE USING (size < 5)",
        "DROP POLICY … ON notes;  -- each of narrow",
    )
    .await;
}

#[tokio::test]
async fn a_superuser_sees_everything() {
    let server = Server::new().await;
    apply(&server.owner_url(), &both(&[MADE]), None)
        .await
        .unwrap();
    server.as_superuser("DROP POLICY migration ON notes").await;
    let refused = refusal(&server.url_of("postgres"), both(&[MADE, CHECKED])).await;
    assert!(refused.contains("notes are too big\n  7"), "{refused}");
}
